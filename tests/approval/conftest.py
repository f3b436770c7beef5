import pytest

from dsp_platform.accounts.models import Role, User
from tests.exchange.conftest import family_package_db as family_package_db
from tests.exchange.conftest import operator_databases as operator_databases
from tests.exchange.conftest import people as people
from tests.roles import as_owner


@pytest.fixture
def third_steward(steward, second_steward):
    with as_owner():
        return User.objects.create_staff(
            username="steward.three",
            password="x",
            role=Role.STEWARD,
            full_name="កែវ មុនី",  # noqa: S106
        )
