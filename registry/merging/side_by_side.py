"""Two records in one table, as a steward compares them: what is written, what was written before, what
hangs on each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dsp_platform.database.history import history_of
from dsp_platform.translations.label import Label
from registry.fields.table import FIELDS
from registry.merging.concerned import persons_concerned
from registry.merging.contract import Pair
from registry.merging.fields import columns_of_detail, detail_words, differences, label_of
from registry.merging.homes import level_words
from registry.merging.selectors import enrolled_in
from registry.models import Area, IdentityDocument, Membership, Person
from registry.models.person_columns import DETAILS
from registry.persons.origins import ALL_OTHERS
from registry.persons.scope import COMMUNE
from registry.persons.writer import unsaved_person

SHOWN_SIGNS = 3
"""Of a document's number: enough to see that two are not the same."""
EARLIER = 5
"""How many earlier values of one detail are shown, the latest ones."""
EVENTS = 200
"""How many changes of both are looked through for them."""
ALWAYS = ("name", "latin_name", "sex", "born", "phone")
"""Shown also where neither record says anything."""
WITH_EARLIER = ("name", "latin_name", "sex", "born", "phone")


@dataclass(frozen=True, slots=True)
class Row:
    label: Label
    first: Sequence[str]
    second: Sequence[str]
    differs: bool = False
    earlier_first: Sequence[str] = ()
    earlier_second: Sequence[str] = ()


def _row(label: Label, words: Sequence[Sequence[str]], *, differs: bool = False) -> Row:
    first, second = words
    return Row(label, first, second, differs)


def rows_of(one: Person, other: Person) -> list[Row]:
    """What identifies them, then where they live, then what hangs on them."""
    return [
        *_identity(one, other),
        _documents(one, other),
        *_home(one, other),
        *_hanging(one, other),
    ]


def _identity(one: Person, other: Person) -> Iterator[Row]:
    earlier = _earlier(one, other)
    differing = {found.detail for found in differences(one, other)}
    yield Row(FIELDS["spid"].label, [one.spid_grouped], [other.spid_grouped])
    for detail in DETAILS:
        words = [detail_words(person, detail) for person in (one, other)]
        before = [earlier[person.pk].get(detail, ()) for person in (one, other)]
        if any(words) or any(before) or detail in ALWAYS:
            first, second = ([text] if text else [] for text in words)
            yield Row(label_of(detail), first, second, detail in differing, *before)


def _earlier(*persons: Person) -> dict[int, dict[str, list[str]]]:
    """By person and detail, what stood there before, in words."""
    found: dict[int, dict[str, list[str]]] = {person.pk: {} for person in persons}
    now = {person.pk: person for person in persons}
    columns = [column for detail in WITH_EARLIER for column in columns_of_detail(detail)]
    events = history_of(Person).filter(pgh_obj__in=found).order_by("-pgh_id")
    for event in events.values("pgh_obj", *columns)[:EVENTS]:
        key = event.pop("pgh_obj")
        then = unsaved_person(event)
        for detail in WITH_EARLIER:
            words, text = found[key].setdefault(detail, []), detail_words(then, detail)
            if text and text not in (detail_words(now[key], detail), *words) and len(words) < EARLIER:
                words.append(text)
    return found


def _documents(one: Person, other: Person) -> Row:
    by_person: dict[int, list[IdentityDocument]] = {one.pk: [], other.pk: []}
    for row in IdentityDocument.objects.filter(person__in=(one, other)).order_by("type", "pk"):
        by_person[row.person_id].append(row)
    first, second = by_person[one.pk], by_person[other.pk]
    same_type = [(mine, theirs) for mine in first for theirs in second if mine.type == theirs.type]
    return Row(
        _("Documents"),
        [_document(row, second) for row in first],
        [_document(row, first) for row in second],
        differs=any(not _is_same(*pair) for pair in same_type),
    )


def _is_same(one: IdentityDocument, other: IdentityDocument) -> bool:
    return (one.type, bytes(one.digest)) == (other.type, bytes(other.digest))


def _document(row: IdentityDocument, others: Iterable[IdentityDocument]) -> str:
    alike = [other for other in others if other.type == row.type]
    if any(_is_same(row, other) for other in alike):
        return f"{row.get_type_display()} …{str(row.number)[-SHOWN_SIGNS:]} = {_('same number')}"
    shown = shown_number(str(row.number), [str(other.number) for other in alike])
    return f"{row.get_type_display()} {shown}"


def shown_number(number: str, others: Iterable[str]) -> str:
    """Its last signs. Where another one ends in the same, also the last sign in which they differ."""
    shown = set(range(1, SHOWN_SIGNS + 1))
    for other in others:
        longer = max(len(number), len(other))
        pairs = zip(number[::-1].ljust(longer), other[::-1].ljust(longer), strict=True)
        shown.add(next((place for place, (own, theirs) in enumerate(pairs, 1) if own != theirs), 1))
    most = min(max(shown), len(number))
    signs = "".join(number[-place] if place in shown else "•" for place in range(most, 0, -1))
    return signs if most == len(number) else f"…{signs}"


def _home(one: Person, other: Person) -> Iterator[Row]:
    communes = Area.objects.in_bulk({str(person.village_id)[:COMMUNE] for person in (one, other)})

    def place(person: Person) -> str:
        commune = communes.get(str(person.village_id)[:COMMUNE])
        return ", ".join(area.name for area in (person.village, commune) if area)

    yield Row(FIELDS["village"].label, [place(one)], [place(other)], one.village_id != other.village_id)
    found = _living_in(one, other)
    shown = (_household(*found[person.pk]) for person in (one, other))
    numbers, addresses, levels, relations, beside = zip(*shown, strict=True)
    yield _row(FIELDS["household_number"].label, numbers, differs=all(numbers) and numbers[0] != numbers[1])
    yield _row(FIELDS["address"].label, addresses, differs=all(addresses) and addresses[0] != addresses[1])
    yield _row(FIELDS["poverty_level"].label, levels, differs=levels[0] != levels[1])
    differs = all(relations) and relations[0] != relations[1]
    yield _row(FIELDS["relationship"].label, relations, differs=differs)
    yield _row(_("Lives with"), beside)


Living = tuple[Membership | None, list[Membership]]
"""Where a person lives, and with whom."""


def _living_in(*persons: Person) -> dict[int, Living]:
    rows = Membership.objects.current().select_related("household", "person").order_by("pk")
    lives = {row.person_id: row for row in rows.filter(person__in=persons)}
    mates = list(rows.filter(household__in={row.household_id for row in lives.values()}))
    found: dict[int, Living] = {person.pk: (None, []) for person in persons}
    for pk, row in lives.items():
        others = (mate for mate in mates if mate.household_id == row.household_id and mate.person_id != pk)
        found[pk] = row, list(others)
    return found


def _household(row: Membership | None, mates: list[Membership]) -> tuple[list[str], ...]:
    """Its number, address and poverty level, how the person is related to its head, and the others."""
    if row is None:
        return [], [], [], [], []
    home = row.household
    said = ([text] if text else [] for text in (home.address, level_words(home)))
    return [home.number], *said, [row.get_relationship_display()], [_member(mate) for mate in mates]


def _member(row: Membership) -> str:
    return f"{row.person.name}, {row.get_relationship_display()}, {row.person.born.written}"


def persons_shown(one: int, other: int) -> list[int]:
    """Keys of both and of the others of both households, all of whom the table names."""
    found = persons_concerned({None: Pair(one, other)})[None]
    return [one, other, *sorted(found - {one, other})]


def _hanging(one: Person, other: Person) -> Iterator[Row]:
    enrolled = enrolled_in(one, other)
    programmes = [
        [f"{row.programme.name}, {row.get_state_display()}, {_day(row.since)}" for row in enrolled[person.pk]]
        for person in (one, other)
    ]
    yield _row(_("Enrolled in"), programmes)
    accounts = [[_("yes") if person.account_id else _("no")] for person in (one, other)]
    yield _row(_("Has an account"), accounts)
    registered = [[_day(localtime(person.created_at))] for person in (one, other)]
    yield _row(FIELDS["registered_at"].label, registered)
    yield _row(_("Came by"), [[door_of(person)] for person in (one, other)])
    checked = [[str(person.get_verification_display())] for person in (one, other)]
    yield _row(FIELDS["verification"].label, checked)


def _day(day: object) -> str:
    return str(date_format(day, "SHORT_DATE_FORMAT"))  # type: ignore[arg-type]


def door_of(person: Person) -> str:
    """By which door a record came, and for an import from which source."""
    if source := person.origins.get(ALL_OTHERS):
        return _("an import: %(source)s") % {"source": source}
    by = person.registered_by
    if by is None:
        return _("not known")
    if by.is_citizen:
        return _("an own account")
    return _("the office: %(official)s") % {"official": by.staff_name}
