"""Details of a minimal household, and the phone numbers and officials of the cast."""

from dataclasses import replace
from datetime import date
from typing import Any

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from registry.facts.table import CIRCUMSTANCES
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.plausible import findings_of

CONSENT = "ខ្ញុំយល់ព្រមឱ្យរក្សាទុកព័ត៌មានគ្រួសាររបស់ខ្ញុំ"
OWN_SIM = "+85516999001"
MALY_PHONE = "+85512777001"
HEAD_PHONE = "+85512777000"
BOPHA_BORN = date(1992, 3, 8)


def person_details(**changes: Any) -> PersonDetails:
    """Circumstances are given by name, as the other details are. ``date_of_birth`` is a day."""
    circumstances = {name: changes.pop(name) for name in CIRCUMSTANCES.keys() & changes.keys()}
    if "date_of_birth" in changes:
        changes["born"] = PartialDate(changes.pop("date_of_birth"))
    details = PersonDetails(
        family_name="សុខ",
        given_name="ស៊ុខា",
        latin_family_name="Sok",
        latin_given_name="Sokha",
        sex="female",
        born=PartialDate(date(1984, 4, 14)),
        relationship="head",
        circumstances=circumstances,
    )
    return replace(details, **changes)


def child_details(**changes: Any) -> PersonDetails:
    child = {"given_name": "បុប្ផា", "latin_given_name": "Bopha", "relationship": "child"}
    return person_details(**{**child, "born": PartialDate(date(2019, 9, 2)), **changes})


def household_details(*members: PersonDetails, **changes: Any) -> HouseholdDetails:
    details = HouseholdDetails(
        village_code="01020101",
        address="ផ្ទះលេខ ៤",
        members=members or (person_details(), child_details()),
        consent_text=CONSENT,
    )
    return replace(details, **changes)


def said_right(details: HouseholdDetails) -> HouseholdDetails:
    """All that is rare in it is confirmed."""
    return replace(details, confirmed=tuple(one.fact for one in findings_of(details)))


def details_of_one() -> HouseholdDetails:
    """What the answers of `pages.HEAD` say: a woman with a card and a phone, and IDPoor may know of her."""
    head = person_details(
        given_name="សុខា",
        born=PartialDate(date(1985, 3, 27)),
        document_type="identity_card",
        document_number="010203045",
        phone="012 345 678",
    )
    return household_details(head, operators=("idpoor",))


def official(username: str, area: str, **extra) -> User:
    return User.objects.create_staff(
        username=username, password="only-for-tests-9182", role="official", area_code=area, **extra
    )
