"""Invented families, as the fields of the roster take them. None of their numbers is looked up anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dsp_platform.accounts.models import User
from registry.areas.selectors import villages_within
from registry.models import Area
from registry.registration.counter_wizard import CounterWizard
from registry.registration.roster.roster import apply_roster

Member = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    address: str
    members: tuple[Member, ...]


def _member(family_name: str, given_name: str, sex: str, born: str, **more: str) -> Member:
    named = {"family_name": family_name, "given_name": given_name, "sex": sex, "born": born}
    return named | {"document_type": "none"} | more


FAMILIES = (
    Family(
        "ផ្ទះលេខ 12",
        (
            _member(
                "ចាន់", "ស្រីពៅ", "female", "27/3/1985",
                document_type="identity_card", document_number="010203045", phone="012 345 678",
            ),
            _member("ហេង", "ពិសី", "male", "2/11/1982", relationship="spouse"),
            _member("ហេង", "ម៉ារី", "female", "14/6/2012", relationship="child"),
            _member("ហេង", "រតនា", "male", "2016", relationship="child"),
            _member("ចាន់", "យន", "female", "1956", relationship="parent"),
        ),
    ),
    Family(
        "ផ្ទះលេខ 47",
        (
            _member(
                "លី", "សំណាង", "male", "9/1/1990",
                document_type="identity_card", document_number="020304056", phone="012 456 789",
            ),
            _member("ទេព", "ចន្ធូ", "female", "5/1993", relationship="spouse"),
            _member("លី", "ដារ៉ា", "male", "30/8/2018", relationship="child"),
        ),
    ),
    Family(
        "ជិតវត្ត",
        (
            _member("អ៊ុក", "សុភាព", "female", "1961", phone="012 567 890"),
            _member("អ៊ុក", "វណ្ណា", "male", "12/12/1988", relationship="child"),
            _member("អ៊ុក", "លក្ខិណា", "female", "3/2/2014", relationship="grandchild"),
            _member("អ៊ុក", "សុវណ្ណ", "male", "19/10/2017", relationship="grandchild"),
        ),
    ),
)  # fmt: skip


def village_of(official: User) -> Area | None:
    """Where the invented families live: the first village of the official's own area."""
    return next(iter(villages_within(official.area_code)), None)


def as_written(family: Family, official: User) -> dict[str, Any]:
    """The answers of a draft in which the family is written without a mistake: by the forms themselves."""
    village = village_of(official)
    sent = {"village_code": village.code if village else "", "address": family.address}
    for number, member in enumerate(family.members, 1):
        sent |= {f"m{number}-{name}": value for name, value in member.items()} | {
            f"m{number}-row": str(number)
        }
    wizard = CounterWizard({})
    apply_roster(wizard, sent, official=official)
    return wizard.answers
