from datetime import date

import pytest

from registry.persons.households import members_of
from registry.registration import services
from tests.registry.cast import child_details, household_details, person_details


@pytest.fixture
def family(areas, operators, agreements, sokha):
    """Sokha, her daughter of seven and her grown son; IDPoor has their consent."""
    son = child_details(given_name="ពិសិដ្ឋ", sex="male", date_of_birth=date(2004, 1, 5))
    return services.register_household(
        actor=sokha,
        details=household_details(person_details(), child_details(), son, operators=("idpoor",)),
    )


@pytest.fixture
def people(family):
    return {one.person.given_name: one.person for one in members_of(family)}


@pytest.fixture
def second_clerk(django_user_model):
    return django_user_model.objects.create_staff(
        username="clerk.two", password="only-for-tests-9182", role="official", area_code="010201"
    )
