import pytest

from dsp_platform.accounts.models import User
from registry.models import AwaitingMatch, DuplicateCase, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.duplicates.cast import case_of


@built_once
def home(areas, operators, commune_clerk):
    return register_at_office(commune_clerk, household_details(person_details(), child_details()))


@built_once
def elsewhere(home, other_clerk):
    """Registered again at another office, under her married name."""
    details = household_details(person_details(family_name="ចាន់"), village_code="01020201")
    return register_at_office(other_clerk, details)


def register_at_office(clerk: User, details):
    found = register_household(actor=clerk, details=details)
    # By an import of long ago: nobody's own work.
    Person.objects.filter(memberships__household=found).update(registered_by=None)
    AwaitingMatch.objects.all().delete()
    return found


@pytest.fixture
def first(elsewhere) -> Person:
    return Person.objects.select_related("village").get(family_name="សុខ", given_name="ស៊ុខា")


@pytest.fixture
def second(elsewhere) -> Person:
    return Person.objects.select_related("village").filter(family_name="ចាន់").earliest("pk")


@pytest.fixture
def case(first, second) -> DuplicateCase:
    return case_of(first, second)
