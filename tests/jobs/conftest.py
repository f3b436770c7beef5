from tests.exchange.conftest import family_package, family_package_db, operator_databases, people

__all__ = ["family_package", "family_package_db", "operator_databases", "people"]
