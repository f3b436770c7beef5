"""A victim with an account in another commune, a household of the attacker, and officials at every level."""

from datetime import date

import pgtrigger
import pytest

from dsp_platform.accounts.models import User
from registry.models import Person
from registry.registration import services
from tests.registry.cast import child_details, household_details, person_details
from tests.roles import as_owner

OWN_SIM = "+85516999001"
MALY_PHONE = "+85512777001"
HEAD_PHONE = "+85512777000"
BOPHA_BORN = date(1992, 3, 8)


def official(username: str, area: str, **extra) -> User:
    return User.objects.create_staff(
        username=username, password="only-for-tests-9182", role="official", area_code=area, **extra
    )


@pytest.fixture
def second_clerk(db):
    return official("clerk.two", "010201", full_name="ទី ពីរ")


@pytest.fixture
def district(db):
    return official("district.mongkol", "0102", full_name="ស្រុក មង្គល")


@pytest.fixture
def family(areas, operators, sokha):
    """The household that asks, in the commune of ``commune_clerk``."""
    return services.register_household(actor=sokha, details=household_details(person_details()))


@pytest.fixture
def maly(areas, operators):
    """Spouse in a household of Bat Trang; her own phone stands on her record."""
    head = User.objects.create_citizen(phone=HEAD_PHONE)
    wife = person_details(
        given_name="ម៉ាលី",
        latin_given_name="Maly",
        relationship="spouse",
        date_of_birth=BOPHA_BORN,
        phone=MALY_PHONE,
    )
    child = child_details(given_name="រិទ្ធ", latin_given_name="Rith")
    services.register_household(
        actor=head,
        details=household_details(
            person_details(given_name="ហេង", phone=HEAD_PHONE), wife, child, village_code="01020201"
        ),
    )
    return Person.objects.get(given_name="ម៉ាលី")


@pytest.fixture
def heng(maly):
    """The account of her household's head."""
    return User.objects.get(phone=HEAD_PHONE)


@pytest.fixture
def maly_at_home(maly):
    """Her own account; she does not lead the household."""
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    return maly.account


@pytest.fixture
def rith(maly):
    """Her child, who has no phone."""
    return Person.objects.get(given_name="រិទ្ធ")


@pytest.fixture
def phoneless(maly):
    """As Maly, but with no number on record."""
    events = Person.events.rel.related_model
    Person.objects.filter(pk=maly.pk).update(phone="")
    with as_owner(), pgtrigger.ignore():
        events.objects.filter(pgh_obj=maly).update(phone="")
    maly.refresh_from_db()
    return maly
