"""Households of the demonstration, registered at the counter. Safe to run again."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.khmer.dates import PartialDate
from registry.claims.services import Identity, begin_claim
from registry.facts.circumstances import DIFFICULTIES
from registry.models import Person, Programme
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.reported import set_poverty_level
from registry.registration.services import register_household

CITIZEN = "+85512345678"
CONSENT = "ខ្ញុំយល់ព្រមឱ្យរក្សាទុកព័ត៌មានគ្រួសាររបស់ខ្ញុំ និងចែករំលែកជាមួយប្រតិបត្តិករដែលខ្ញុំបានជ្រើសរើស។"
WELL: dict[str, Any] = {difficulty.name: 1 for difficulty in DIFFICULTIES}


FAMILY = HouseholdDetails(
    village_code="01020101",
    address="ផ្ទះលេខ 12",
    consent_text=CONSENT,
    members=(
        PersonDetails(
            family_name="ចាន់",
            given_name="ស៊ុខា",
            latin_family_name="Chan",
            latin_given_name="Sokha",
            sex="female",
            born=PartialDate(date(1988, 4, 17)),
            relationship="head",
            phone=CITIZEN,
            document_type="identity_card",
            document_number="010456123",
            circumstances={**WELL, "pregnant": False, "studying": False, "working": True},
        ),
        PersonDetails(
            family_name="កែវ",
            given_name="វិបុល",
            latin_family_name="Keo",
            latin_given_name="Vibol",
            sex="male",
            born=PartialDate(date(1985, 1, 1), "year"),
            relationship="spouse",
            circumstances={**WELL, "walking": 3, "studying": False, "working": True},
        ),
        PersonDetails(
            family_name="កែវ",
            given_name="បុប្ផា",
            latin_family_name="Keo",
            latin_given_name="Bopha",
            sex="female",
            born=PartialDate(date(2014, 9, 3)),
            relationship="child",
            circumstances={**WELL, "studying": True},
        ),
        PersonDetails(
            family_name="កែវ",
            given_name="រតនា",
            latin_family_name="Keo",
            latin_given_name="Rattana",
            sex="male",
            born=PartialDate(date(2025, 6, 21)),
            relationship="child",
        ),
    ),
)

ALONE = HouseholdDetails(
    village_code="01020102",
    consent_text=CONSENT,
    members=(
        PersonDetails(
            family_name="យឹម",
            given_name="សុផល",
            latin_family_name="Yim",
            latin_given_name="Sophal",
            sex="female",
            born=PartialDate(date(1949, 1, 1), "year"),
            relationship="head",
            circumstances={
                **WELL,
                "seeing": 3,
                "walking": 2,
                "pregnant": False,
                "studying": False,
                "working": False,
            },
        ),
    ),
)

NEIGHBOURS = HouseholdDetails(
    village_code="01020201",
    consent_text=CONSENT,
    members=(
        PersonDetails(
            given_name="ដារ៉ា",
            latin_given_name="Dara",
            sex="male",
            born=PartialDate(date(1979, 11, 1), "month"),
            relationship="head",
            circumstances={"working": True},
        ),
        PersonDetails(
            family_name="ហ៊ុន",
            given_name="ចិន្តា",
            latin_family_name="Hun",
            latin_given_name="Chenda",
            sex="female",
            born=PartialDate(date(2004, 2, 11)),
            relationship="child",
            document_type="identity_card",
            document_number="010987321",
        ),
    ),
)

# Two of them once more, otherwise spelled and with a slip in the date: what stewards find on their desk.
AGAIN = HouseholdDetails(
    village_code="01020201",
    consent_text=CONSENT,
    members=(
        PersonDetails(
            family_name="ហ៊ុន",
            given_name="ចិន្ដា",
            latin_family_name="Hun",
            latin_given_name="Chinda",
            sex="female",
            born=PartialDate(date(2004, 11, 2)),
            relationship="head",
            circumstances={"working": True},
        ),
    ),
)
ALONE_AGAIN = HouseholdDetails(
    village_code="01020102",
    consent_text=CONSENT,
    members=(
        PersonDetails(
            family_name="យឹម",
            given_name="សុផល",
            latin_family_name="Yim",
            latin_given_name="Sophol",
            sex="female",
            born=PartialDate(date(1949, 1, 1), "year"),
            relationship="head",
            circumstances={"working": False},
        ),
    ),
)

# The official who registers them, and the level reported by IDPoor; empty where it is not assessed yet.
HOUSEHOLDS = (
    ("clerk.banteay", FAMILY, "level2"),
    ("clerk.banteay", ALONE, "level1"),
    ("clerk.bat-trang", NEIGHBOURS, ""),
    ("clerk.bat-trang", AGAIN, ""),
    ("clerk.banteay", ALONE_AGAIN, ""),
)
CARDS_END = date(2029, 12, 31)
# Examples: no public source has these numbers, so outside the demonstration they are empty.
EXAMPLE_DAYS = {"expected_days": 30, "appeal_days": 30}


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("These people are made up: not in production.")
        clerks = User.objects.filter(username__in=[name for name, *_rest in HOUSEHOLDS])
        by_name = {clerk.username: clerk for clerk in clerks}
        if len(by_name) < len({name for name, *_rest in HOUSEHOLDS}):
            raise CommandError("Run load_demo_staff first: its officials register these households.")
        if Person.objects.exists():
            return
        # A change of the days to appeal takes two stewards, so the owner of the tables sets them here.
        with database_roles.owner():
            Programme.objects.filter(takes_applications=True, expected_days=None).update(**EXAMPLE_DAYS)
        with transaction.atomic():
            operators = tuple(operator.code for operator in operators_to_consent())
            for name, details, level in HOUSEHOLDS:
                consented = replace(details, operators=operators)
                household = register_household(actor=by_name[name], details=consented)
                if level:
                    set_poverty_level(household=household, level=level, valid_to=CARDS_END)
            citizen = User.objects.filter(phone=CITIZEN).first() or User.objects.create_citizen(phone=CITIZEN)
            person = Person.objects.get(phone=CITIZEN)
            identity = Identity(kind="spid", number=person.spid, born=person.born)
            begin_claim(account=citizen, identity=identity, proved=True)
