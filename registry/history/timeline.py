"""What changed when, why, by whom and by which door: entries of a page, the newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from pghistory.models import Context

from dsp_platform.accounts.models import User
from dsp_platform.database.days import start_of
from dsp_platform.exchange.models import Operator
from registry.history import events as history
from registry.history.events import Event, Rows
from registry.history.reasons import BY_ITSELF, DOORS, OTHER, REASONS
from registry.history.words import NOT_SHOWN, Change, Names, Part, label_of, part_of, title_of, value_in_words
from registry.models import Household, ImportSource, Person
from registry.persons.offices import Offices

PAGE = 20
# Of each kind of rows. Where there are more, the page ends before what was not read.
MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    why: str
    door: str
    """Counter, online, report of an operator, import of a source."""

    who: str
    request: str
    """The reference of the request; empty where there was none."""

    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Known:
    """A row as it was known on a day."""

    title: str
    values: list[Change]


def rows_of_person(person: Person) -> list[Rows]:
    return [
        Rows(history.PERSON, "pgh_obj_id", person.pk),
        Rows(history.DOCUMENT, "person_id", person.pk),
        Rows(history.MEMBERSHIP, "person_id", person.pk),
        Rows(history.ENROLMENT, "person_id", person.pk),
    ]


def rows_of_household(household: Household, *, since: datetime | None = None) -> list[Rows]:
    return [
        Rows(history.HOUSEHOLD, "pgh_obj_id", household.pk, since),
        Rows(history.MEMBERSHIP, "household_id", household.pk, since),
        Rows(history.CONSENT, "household_id", household.pk, since),
    ]


def page_of(
    rows: Sequence[Rows], *, before: datetime | None = None, reader: Person | None = None
) -> tuple[list[Entry], datetime | None]:
    """The entries, and the moment before which there are more; None on the last page.

    ``reader``: the person themselves, who reads for which office somebody acted instead of their name.
    """
    before = before or datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
    found: dict[tuple[str, int], Event] = {}
    read_to: datetime | None = None
    for events in history.events_of(rows, before=before, most=MOST):
        found |= {(event.kind.name, event.number): event for event in events}
        if len(events) == MOST:  # what was written in the same transaction as the last may be cut off
            read_to = max(read_to or events[-1].at, events[-1].at)
    newest_first = sorted(found.values(), key=lambda one: (one.at, str(one.context)), reverse=True)
    groups = [
        (at, list(events))
        for (at, _context), events in groupby(newest_first, key=lambda one: (one.at, one.context))
        if read_to is None or at > read_to or newest_first[0].at == read_to
    ]
    shown, more = _cut(groups, read_to)
    entries = _entries(shown, reader)
    return entries, more


def _cut(groups: list[Any], read_to: datetime | None) -> tuple[list[Any], datetime | None]:
    """What was written at one moment stays on one page."""
    if len(groups) <= PAGE:
        return groups, groups[-1][0] if read_to and groups else None
    last = groups[PAGE - 1][0]
    shown = [group for group in groups if group[0] >= last]
    return shown, last if len(shown) < len(groups) or read_to else None


def _entries(groups: list[tuple[datetime, list[Event]]], reader: Person | None) -> list[Entry]:
    events = [event for _at, of_group in groups for event in of_group]
    names = Names(events)
    contexts = Context.objects.in_bulk({event.context for event in events if event.context})
    told: dict[UUID | None, dict[str, Any]] = {pk: one.metadata or {} for pk, one in contexts.items()}
    doors, numbers = _Doors(list(told.values()), reader), _numbers(told.values())
    entries = []
    for at, of_group in groups:
        of_group.sort(key=lambda one: one.number)
        parts = [part for one in of_group if (part := part_of(one, names, full_phones=reader is None))]
        if parts:
            facts = told.get(of_group[0].context, {})
            entries.append(
                Entry(
                    at=at,
                    why=_why(facts, numbers),
                    door=doors.door(facts),
                    who=doors.who(facts),
                    request=facts.get("request", ""),
                    parts=parts,
                )
            )
    return entries


def _numbers(contexts: Collection[dict[str, Any]]) -> dict[str, str]:
    """Of the records that were made one, or two again: SPID by key. No query where there are none."""
    keys = {facts[side] for facts in contexts for side in ("kept", "merged") if side in facts}
    rows = Person.objects.in_bulk([int(key) for key in keys]) if keys else {}
    return {str(pk): one.spid_grouped for pk, one in rows.items()}


def _why(facts: dict[str, Any], numbers: dict[str, str]) -> str:
    """With both numbers, where two records were made one or two again."""
    why = str(REASONS.get(facts.get("why", ""), OTHER))
    kept, merged = (numbers.get(facts.get(side, "")) for side in ("kept", "merged"))
    if kept is None or merged is None:
        return why
    words = _("%(why)s: SPID %(merged)s and SPID %(kept)s")
    return words % {"why": why, "merged": merged, "kept": kept}


class _Doors:
    """By which door, and by whom, in words. A query each for users, areas, operators, sources."""

    def __init__(self, contexts: list[dict[str, Any]], reader: Person | None) -> None:
        self._reader = reader
        self._users = User.objects.in_bulk({pk for facts in contexts if (pk := _actor(facts))})
        self._offices = Offices(self._users.values())
        sources = ImportSource.objects.filter(
            code__in=[one["source"] for one in contexts if one.get("source")]
        )
        self._sources = {one.code: one.name for one in sources}
        self._operators = Operator.objects.in_bulk(
            {facts["operator"] for facts in contexts if facts.get("operator")}
        )

    def door(self, facts: dict[str, Any]) -> str:
        if source := facts.get("source"):
            return _("by an import of %(source)s") % {"source": self._sources.get(source, source)}
        if operator := facts.get("operator"):
            named = self._operators.get(operator, operator)
            return _("by a report of %(operator)s") % {"operator": named}
        user = self._users.get(_actor(facts))
        return str(DOORS[user.role]) if user else str(BY_ITSELF)

    def who(self, facts: dict[str, Any]) -> str:
        user = self._users.get(_actor(facts))
        if user is None:
            return ""
        if user.is_citizen:
            own = self._reader is not None and self._reader.account_id == user.pk
            return _("the person themselves") if own else str(user.get_role_display())
        office = self._offices(user)
        role = str(user.get_role_display())
        named = role if self._reader is not None else f"{user.staff_name}, {role}"
        return f"{named}, {office}" if office else named


def _actor(facts: dict[str, Any]) -> Any:
    return facts.get("actor") or facts.get("user")


def known_on(rows: Sequence[Rows], day: date) -> list[Known]:
    """At the end of the day; rows that were removed by then, or not recorded yet, are left out."""
    end = start_of(day + timedelta(days=1))
    states = history.states_at(rows, end)
    names = Names(states)
    known = []
    for state in states:
        kind = state.kind
        keys = [key for key in kind.columns if key not in NOT_SHOWN and key not in kind.facts]
        shown = [(key, value_in_words(key, state.values, names)) for key in keys]
        values = [Change(label_of(key), "", words) for key, words in shown if words]
        known.append(Known(title_of(state, names), values))
    return known
