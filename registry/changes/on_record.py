"""What is recorded now: compared with what it was when a change was asked for, and shown beside what replaces
it."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from registry.fields.table import FIELDS
from registry.models import Household, Person
from registry.persons.told_apart import name_at_home

Basis = Callable[[Household | None, Person | None], dict[str, Any]]
Rows = list[tuple[str, str]]
Recorded = Callable[[Household | None, Person | None], Rows]


def nothing(_household: Household | None, _person: Person | None) -> dict[str, Any]:
    return {}


def of_person(*fields: str) -> Basis:
    def basis(_household: Household | None, person: Person | None) -> dict[str, Any]:
        return {field: str(getattr(person, field)) for field in fields}

    return basis


def of_household(*fields: str) -> Basis:
    def basis(home: Household | None, _person: Person | None) -> dict[str, Any]:
        return {field: str(getattr(home, field) or "") for field in fields}

    return basis


def no_rows(_household: Household | None, _person: Person | None) -> Rows:
    return []


def rows_of_person(rows: Callable[[Person], Rows]) -> Recorded:
    return lambda _household, person: rows(person) if person else []


def rows_of_home(rows: Callable[[Household], Rows]) -> Recorded:
    return lambda household, _person: rows(household) if household else []


def labelled(**shown: str) -> Rows:
    return [(str(FIELDS[key].label), words) for key, words in shown.items()]


def documents(person: Person) -> Rows:
    types = [str(one.get_type_display()) for one in person.documents.order_by("pk")]
    return [(str(_("Documents")), ", ".join(types) or str(_("None")))]


def payee(home: Household) -> Rows:
    return [(str(_("Receives the money")), name_at_home(home.payee) if home.payee else str(_("None")))]
