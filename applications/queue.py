"""What a reviewer's queue shows of applicants and is searched by: no more than the operator may hold."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from applications.deciders import application_deciders
from applications.models import Application
from applications.services import PREFIX
from dsp_platform.accounts.models import User
from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger.selectors import agreement_with
from dsp_platform.exchange.models import Agreement
from registry.models import Person
from registry.persons.search import NAME, PHONE, SPID, persons_among

KHMER, LATIN = {"full_name"}, {"latin_name"}
PLACE = {"village_code", "commune_code", "address"}


def describe(operator: str, rows: Sequence[Application]) -> None:
    """Sets name and area of each applicant whose record the operator may hold, as far as its agreement names
    these fields."""
    agreement = _agreement(operator)
    if agreement is None or not rows:
        return
    fields = set(agreement.fields)
    shown = _held(agreement, [row.person_id for row in rows])
    for row in rows:
        if row.person_id in shown:
            row.shown_name = _name(row.person, fields)
            row.shown_area = row.person.village.name if fields & PLACE else ""


def found(user: User, rows: QuerySet[Application], typed: str) -> list[int]:
    """Keys of those of the rows that are meant by a reference, an SPID, a phone number or a name."""
    if reference := clean_reference(typed, PREFIX):
        own = rows.filter(reference=reference).values_list("pk", flat=True)
        if keys := list(own):
            return keys
    agreement = _agreement(user.operator_code)
    by = _searched_by(set(agreement.fields)) if agreement else set()
    if agreement is None or not by:
        return []
    own_applicants = Person.objects.filter(Exists(rows.filter(person=OuterRef("pk")).values("pk")))
    persons = _held(agreement, persons_among(own_applicants, typed, by=by))
    items = list(rows.filter(person__in=persons).select_related(None))
    unread = application_deciders.unread_among(user, items)
    return [one.pk for one in items if one.pk not in unread]


def _agreement(operator: str) -> Agreement | None:
    return agreement_with(operator, "person")


def _held(agreement: Agreement, persons: Sequence[int]) -> set[int]:
    """Those that the agreement and their consent let the operator hold."""
    kind = registered.kinds["person"]
    return kind.concerned(agreement, list(dict.fromkeys(persons))) if persons else set()


def _searched_by(fields: set[str]) -> set[str]:
    by = {SPID} & fields | {PHONE} & fields
    return by | {NAME} if _shows_name(fields) else by


def _shows_name(fields: set[str]) -> bool:
    return bool(fields & (KHMER | LATIN)) or fields >= {"family_name", "given_name"}


def _name(person: Person, fields: set[str]) -> str:
    if fields & KHMER or fields >= {"family_name", "given_name"}:
        return person.name
    return person.latin_name if fields & LATIN else ""
