from tests.exchange.conftest import family_package_db as family_package_db
from tests.exchange.conftest import operator_databases as operator_databases
from tests.exchange.conftest import people as people
