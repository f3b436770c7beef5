"""Maly is registered twice: as a wife in a household of Bat Trang, and as the head of one of her own."""

import pgtrigger
import pytest

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from registry.models import Consent, Person, Programme
from registry.persons.households import members_of
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import BOPHA_BORN, household_details, person_details
from tests.roles import as_owner

OTHER_PHONE = "+85512777009"
IMPORTED_PHONE = "+85512777010"


@built_once
def other_maly(areas, operators, agreements):
    """By an account of her own, in Ou Thum, without a name in Latin letters. IDPoor has her consent."""
    account = User.objects.create_citizen(phone=OTHER_PHONE)
    details = person_details(
        given_name="ម៉ាលី",
        latin_family_name="",
        latin_given_name="",
        born=PartialDate.parse(str(BOPHA_BORN.year)),
        phone=OTHER_PHONE,
    )
    household = register_household(actor=account, details=household_details(details, operators=("idpoor",)))
    return Person.objects.get(pk=members_of(household)[0].person_id)


@built_once
def imported(areas, operators, agreements):
    """Maly again, alone in a household as an import leaves it: nobody has an account, nobody was asked."""
    details = person_details(
        given_name="ម៉ាលី", latin_given_name="Maly", born=PartialDate(BOPHA_BORN), phone=IMPORTED_PHONE
    )
    account = User.objects.create_citizen(phone=IMPORTED_PHONE)
    household = register_household(actor=account, details=household_details(details, village_code="01020201"))
    with as_owner(), pgtrigger.ignore():
        Consent.objects.filter(household=household).delete()
        Person.objects.filter(account=account).update(account=None)
    return Person.objects.get(pk=members_of(household)[0].person_id)


@built_once
@as_owner()  # not created by two people
def programmes(operators):
    """Each of another operator: a consent for one is none for the others."""
    codes = {"health": "nssf", "school": "pmrs", "pension": "nsaf"}
    return {
        code: Programme.objects.create(
            code=code,
            operator=operators[operator],
            name_km=code,
            name_en=code,
            state="open",
            rule="age >= 18",
        )
        for code, operator in codes.items()
    }


@pytest.fixture
def two(steward, second_steward):
    """Who decides, and who approves."""
    return {"actor": steward, "approved_by": second_steward}
