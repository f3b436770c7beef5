"""What of a written family differs from the card."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.translations.label import Label
from registry.areas.selectors import village
from registry.models import Membership, Person
from registry.persons.labels import document_words, full_name

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    who: str
    """Whom it is about; empty where it is about the whole household."""
    what: Label
    on_card: str
    written: str


def _relationship(member: Answers) -> str:
    return str(Membership.Relationship(member.get("relationship") or "head").label)


def _phone(member: Answers) -> str:
    return local_form(member["phone"]) if member.get("phone") else "–"


DETAILS: tuple[tuple[Label, Callable[[Answers], str]], ...] = (
    (gettext_lazy("Name"), full_name),
    (gettext_lazy("Relationship to the head"), _relationship),
    (gettext_lazy("Sex"), lambda member: str(Person.Sex(member["sex"]).label)),
    (gettext_lazy("Date of birth"), lambda member: PartialDate.parse(member["born"]).written),
    (gettext_lazy("Document"), document_words),
    (gettext_lazy("Phone number"), _phone),
)
"""What the card says of everybody. Names in Latin letters are left to whoever has the time."""


def described(member: Answers) -> list[tuple[Label, str]]:
    return [(label, words(member)) for label, words in DETAILS]


def differences(card: Answers, written: Answers) -> list[Difference]:
    """In the order of the page. Members are compared by their place in it."""
    found = [
        Difference("", label, on_card, now)
        for label, on_card, now in (
            (_("Village"), _village(card), _village(written)),
            (_("Address"), card["place"]["address"], written.get("place", {}).get("address", "")),
        )
        if on_card != now
    ]
    for expected, member in zip_longest(card["members"], written["members"]):
        if member is None:
            found.append(Difference(full_name(expected), _("Person"), full_name(expected), "–"))
        elif expected is None:
            found.append(Difference(full_name(member), _("Person"), "–", full_name(member)))
        else:
            found += _of_member(expected, member)
    return found


def _of_member(expected: Answers, member: Answers) -> list[Difference]:
    pairs = zip(described(expected), described(member), strict=True)
    name = full_name(expected)
    return [
        Difference(name, label, on_card, now) for (label, on_card), (_label, now) in pairs if on_card != now
    ]


def _village(answers: Answers) -> str:
    found = village(answers.get("place", {}).get("village_code", ""))
    return found.name if found else ""
