from tests.exchange.conftest import family_package, people

__all__ = ["family_package", "people"]
