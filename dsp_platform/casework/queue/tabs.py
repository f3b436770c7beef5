"""The tabs of a work queue."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast

from django.db.models import QuerySet, Value
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.casework.assignment import MINE, NOBODYS, assigned, free_for
from dsp_platform.casework.deadlines.reminders import due_soon
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.selectors import latest_closed_first, oldest_due_first
from dsp_platform.database.days import start_of

Item = TypeVar("Item", bound=WorkItem)

TAB = "tab"
TO_DECIDE, UNASSIGNED, WAITING, DECIDED = "to_decide", "unassigned", "waiting", "decided"
LEAVING = "leaving"
TABS = (TO_DECIDE, MINE, UNASSIGNED, WAITING, LEAVING, DECIDED)
NEXT_LOOKED_AT = 20
"""How many are looked at for the next one: whoever may decide none of so many is best served by the list."""
LATE, TODAY, SOON = "late", "today", "soon"
"""What is due, as the filter and the home of the admin name it."""


def rows_of_tab(tab: str, rows: QuerySet[Item], user: User, deciders: Deciders[Item]) -> QuerySet[Item]:
    """Those of a work queue, in the order of the tab."""
    if tab == DECIDED:
        return latest_closed_first(rows.exclude(state__in=rows.model.OPEN_STATES))
    if tab == LEAVING:
        leaving = deciders.leaving(rows)
        rows = rows.none() if leaving is None else leaving
    if tab in (TO_DECIDE, MINE, UNASSIGNED):
        rows = deciders.to_be_decided(rows, user)
    if tab == MINE:
        rows = assigned(rows, user, MINE, deciders)
    if tab == UNASSIGNED:
        rows = assigned(rows, user, NOBODYS, deciders)
    return oldest_due_first(in_tab(rows, tab, deciders))


def in_tab(rows: QuerySet[Item], tab: str, deciders: Deciders[Any]) -> QuerySet[Item]:
    """By state. Most open items are in most tabs, which the planner knows only where it is told which open
    ones are not: else it reads all items in those states of all offices to narrow the queue of one."""
    states, open_states = states_of_tab(tab, deciders, rows.model), rows.model.OPEN_STATES
    others = [state for state in open_states if state not in states]
    if tab == WAITING or not others:
        return rows.filter(state__in=states)
    return rows.filter(state__in=open_states).exclude(state__in=others)


def states_of_tab(tab: str, deciders: Deciders[Any], model: type[WorkItem]) -> Sequence[str]:
    """One's own ones are also those that wait for an answer: whoever asked goes on with it."""
    open_states, awaited = model.OPEN_STATES, deciders.workflow.awaiting_answer()
    if tab == WAITING:
        return awaited
    if tab in (MINE, LEAVING):
        return open_states
    if tab == DECIDED:
        return [state for state in cast(Any, model).State.values if state not in open_states]
    return [state for state in open_states if state not in awaited]


def due(rows: QuerySet[Item], when: str) -> QuerySet[Item]:
    """Of open items in the order of ``oldest_due_first`` those that are late, due today, or due soon: of
    which whoever has them is reminded."""
    if when == SOON:
        return due_soon(rows)
    now = timezone.now()
    if when == LATE:
        # The first condition is the one that the index of the queue is read by.
        return rows.filter(queue_at__lt=now, due_at__lt=now)
    end = start_of(timezone.localdate(now) + timedelta(days=1))
    return rows.filter(queue_at__gte=now, queue_at__lt=end, due_at__gte=now, due_at__lt=end)


def next_to_do(rows: QuerySet[Item], user: User, deciders: Deciders[Item]) -> Item | None:
    """In the order of ``oldest_due_first`` the first of their own that they may decide, or of those that
    nobody has. None that waits for an answer: it would come next again and again."""
    rows = oldest_due_first(in_tab(rows, TO_DECIDE, deciders))
    keys = _next_keys(rows, user, deciders)
    # Whoever entered it is asked for of each.
    rows = rows.select_related("assignee", *filter(None, [deciders.entered_by]), *deciders.reads)
    # Nearly always it is the first.
    for some in (keys[:1], keys[1:]):
        found = {one.pk: one for one in rows.filter(pk__in=some)} if some else {}
        for one in filter(None, map(found.get, some)):
            if deciders.why_barred(user, one) is None:
                return one
    return None


def _next_keys(rows: QuerySet[Item], user: User, deciders: Deciders[Item]) -> list[int]:
    """In one statement, of which each half is read by the index of the queue."""
    own = rows.filter(assignee=user).annotate(is_others=Value(False))
    free = free_for(rows, user, deciders).annotate(is_others=Value(True))
    halves = [half.values_list("is_others", "queue_at", "pk")[:NEXT_LOOKED_AT] for half in (own, free)]
    found = sorted(halves[0].union(halves[1], all=True))
    return list(dict.fromkeys(pk for *_order, pk in found))
