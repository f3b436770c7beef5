"""What waits in the work queues of a member of staff, for the home of the admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dsp_platform.casework.admin import WorkQueueAdmin
from dsp_platform.casework.assignment import MINE
from dsp_platform.casework.load_pages import PERSON, SECOND
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.filters import DueFilter
from dsp_platform.casework.queue.lists import COUNTED
from dsp_platform.casework.queue.tabs import (
    LATE,
    SOON,
    TAB,
    TO_DECIDE,
    TODAY,
    UNASSIGNED,
    due,
    rows_of_tab,
)
from dsp_platform.database.counts import counts_up_to, in_words


@dataclass(frozen=True, slots=True)
class Waiting:
    label: str
    count: str
    link: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class QueueToDo:
    title: str
    link: str
    waiting: list[Waiting]
    load_link: str
    """Of the page on which a supervisor shares out the work; empty for everybody else."""


def to_do_now(request: HttpRequest) -> list[QueueToDo]:
    """Of each work queue that its reader may open. One statement for each."""
    return [_of(request, page) for page in _queues(request)]


def _queues(request: HttpRequest) -> Iterator[WorkQueueAdmin]:
    for page in admin.site._registry.values():
        if isinstance(page, WorkQueueAdmin) and page.has_view_permission(request):
            yield page


def _of(request: HttpRequest, page: WorkQueueAdmin) -> QueueToDo:
    user, queue = staff(request), page.queue(staff(request))
    tabs = {tab: rows_of_tab(tab, queue, user, page.deciders) for tab in (TO_DECIDE, MINE, UNASSIGNED)}
    to_decide, by_day = tabs[TO_DECIDE], str(DueFilter.parameter_name)
    parts = [
        (_("Late"), due(to_decide, LATE), {TAB: TO_DECIDE, by_day: LATE}),
        (_("Due today"), due(to_decide, TODAY), {TAB: TO_DECIDE, by_day: TODAY}),
        # The reminder of a deadline is for whoever has it, else for all who may take it.
        (_("Mine, due soon"), due(tabs[MINE], SOON), {TAB: MINE, by_day: SOON}),
        (_("Unassigned, due soon"), due(tabs[UNASSIGNED], SOON), {TAB: UNASSIGNED, by_day: SOON}),
        (_("Mine"), tabs[MINE], {TAB: MINE}),
        (_("Unassigned"), tabs[UNASSIGNED], {TAB: UNASSIGNED}),
        (str(page.tab_labels[TO_DECIDE]), to_decide, {TAB: TO_DECIDE}),
    ]
    link = reverse(page.url_name("changelist"))
    if user.is_supervisor:
        of_team = page.parts_of_team(queue, user)
        parts += [of_team[key] for key in (SECOND, PERSON) if key in of_team]
    counts = counts_up_to(COUNTED, [rows for _label, rows, _filters in parts])
    load_link = reverse(page.url_name("load")) if user.is_supervisor else ""
    waiting = [
        Waiting(
            label,
            in_words(count, COUNTED),
            f"{link}?{urlencode(filters)}" if filters else load_link,
            filters.get(by_day) == LATE,
        )
        for (label, _rows, filters), count in zip(parts, counts, strict=True)
        if count
    ]
    return QueueToDo(capfirst(str(page.opts.verbose_name_plural)), link, waiting, load_link)
