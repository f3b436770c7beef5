"""What a reviewer's queue shows of applicants and is searched by: no more than the operator may hold."""

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from applications.deciders import application_deciders
from applications.models import Application
from applications.services import PREFIX
from dsp_platform.accounts.models import User
from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger.selectors import agreement_with
from dsp_platform.exchange.models import Agreement
from dsp_platform.translations.label import Label
from dsp_platform.web.request_cache import cached_per_request
from registry.models import Area, Membership, Person, lives_in
from registry.persons.query_kinds import QueryKind, kinds_of
from registry.persons.search import NAME, PHONE, SPID, of_phone, persons_among

KHMER, LATIN = {"full_name"}, {"latin_name"}
SEARCHED = (QueryKind.SPID, QueryKind.PHONE, QueryKind.KHMER_NAME, QueryKind.LATIN_NAME)
IN_PARTS = {"family_name", "given_name"}


def describe(operator: str, rows: Sequence[Application]) -> None:
    """Sets name and area of each applicant whose record, or that of their household, the operator may hold,
    as far as its agreements name these fields."""
    if not rows:
        return
    of_person = agreement_with(operator, "person")
    persons = _held(of_person, [row.person_id for row in rows])
    fields = _fields(of_person)
    for row in rows:
        if row.person_id in persons:
            row.shown_name = _name(row.person, fields)
            row.shown_area = _area(row.person.village, fields)
    nowhere = [row for row in rows if not row.shown_area]
    homes = _homes(operator, nowhere)
    for row in nowhere:
        row.shown_area = homes.get(row.person_id, "")


def searched_by(operator: str) -> list[QueryKind]:
    """What the applicants of an operator are found by, besides the reference of an application."""
    person, household = agreement_with(operator, "person"), agreement_with(operator, "household")
    fields = _fields(person)
    found = {
        QueryKind.SPID: "spid" in fields,
        QueryKind.PHONE: "phone" in fields | _fields(household),
        QueryKind.KHMER_NAME: bool(fields & KHMER) or fields >= IN_PARTS,
        QueryKind.LATIN_NAME: bool(fields & LATIN),
    }
    return [kind for kind, is_agreed in found.items() if is_agreed]


def search_words(operator: str) -> tuple[list[Label], list[Label]]:
    """What applicants are searched by, and what no agreement gives this operator."""
    by = searched_by(operator)
    is_heads = "phone" not in _fields(agreement_with(operator, "person"))
    heads = {QueryKind.PHONE: _("phone number of the head of household")} if is_heads else {}
    return [heads.get(one, one.label) for one in by], [one.label for one in SEARCHED if one not in by]


def found(user: User, rows: QuerySet[Application], typed: str) -> list[int]:
    """Keys of those of the rows that are meant by a reference, an SPID, a phone number or a name."""
    if reference := clean_reference(typed, PREFIX):
        own = rows.filter(reference=reference).values_list("pk", flat=True)
        if keys := list(own):
            return keys
    asked = {*searched_by(user.operator_code)} & {*kinds_of(typed)}
    if not asked:
        return []
    rows = rows.select_related(None).prefetch_related(None)
    meant = rows.filter(person__in=_persons(user.operator_code, rows, typed))
    items = {one.pk: one for one in meant}
    if QueryKind.PHONE in asked:
        homes = _homes_called(user.operator_code, typed)
        # A condition on memberships of its own: one that lives in two of them is found once.
        called = rows.filter(person__in=Person.objects.filter(lives_in(homes))) if homes else rows.none()
        items |= {one.pk: one for one in called}
    return list(items.keys() - application_deciders.unread_among(user, list(items.values())))


def _persons(operator: str, rows: QuerySet[Application], typed: str) -> Collection[int]:
    """Those of the applicants of whose record the operator may hold what was typed."""
    agreement = agreement_with(operator, "person")
    fields, kinds = _fields(agreement), {*searched_by(operator)} & {*kinds_of(typed)}
    by = {SPID, PHONE} & fields
    by |= {NAME} if kinds & {QueryKind.KHMER_NAME, QueryKind.LATIN_NAME} else set()
    if not by:
        return set()
    applicants = Person.objects.filter(Exists(rows.filter(person=OuterRef("pk")).values("pk")))
    return _held(agreement, persons_among(applicants, typed, by=by))


def _homes_called(operator: str, typed: str) -> Collection[int]:
    """Households whose head has this phone number, and whose record with it the operator may hold."""
    agreement = agreement_with(operator, "household")
    if "phone" not in _fields(agreement):
        return set()
    called = next(of_phone(typed), None)
    if called is None:
        return set()
    persons = Person.objects.current().filter(pk__in=called)
    heads = Membership.objects.current().filter(relationship=Membership.Relationship.HEAD, person__in=persons)
    return _held(agreement, list(heads.values_list("household", flat=True)))


def _homes(operator: str, rows: Sequence[Application]) -> dict[int, str]:
    """By person, the area of the household whose record the operator may hold."""
    agreement = agreement_with(operator, "household")
    fields = _fields(agreement)
    if not rows or not fields & {"village_code", "commune_code"}:
        return {}
    living = Membership.objects.current().filter(person__in={row.person_id for row in rows})
    lives = list(living.select_related("household__village__parent"))
    held = _held(agreement, [one.household_id for one in lives])
    return {one.person_id: _area(one.household.village, fields) for one in lives if one.household_id in held}


def _held(agreement: Agreement | None, subjects: Sequence[int]) -> frozenset[int]:
    """Those that the agreement and their consent let the operator hold."""
    if agreement is None or not subjects:
        return frozenset()
    return _concerned(agreement, tuple(dict.fromkeys(subjects)))


@cached_per_request
def _concerned(agreement: Agreement, subjects: tuple[int, ...]) -> frozenset[int]:
    return frozenset(registered.kinds[agreement.kind].concerned(agreement, subjects))


def _fields(agreement: Agreement | None) -> set[str]:
    return set(agreement.fields) if agreement else set()


def _area(village: Area, fields: set[str]) -> str:
    """Of the commune alone where the operator may not know the village."""
    if "village_code" in fields:
        return village.name
    return village.parent.name if "commune_code" in fields and village.parent else ""


def _name(person: Person, fields: set[str]) -> str:
    if fields & KHMER or fields >= IN_PARTS:
        return person.name
    return person.latin_name if fields & LATIN else ""
