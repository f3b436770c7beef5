"""The lists of work queues in the admin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from dsp_platform.admin.keyset import KeysetChangeList
from dsp_platform.admin.lists import RestrictedChangeList
from dsp_platform.admin.roles import RoleAdmin
from dsp_platform.casework.deadlines.reminders import due_soon_among, with_due_soon
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.filters import DueFilter, StateFilter, tab_of
from dsp_platform.casework.queue.tabs import LEAVING, TAB, TABS, TO_DECIDE, WAITING, rows_of_tab
from dsp_platform.casework.selectors import oldest_due_first
from dsp_platform.database.counts import counts_up_to, in_words
from dsp_platform.translations.label import Label

COUNTED = 1_000
OF_ONE_TAB = {str(one.parameter_name) for one in (StateFilter, DueFilter)}
"""Filters that another tab does not have, or not alike."""


@dataclass(frozen=True, slots=True)
class Tab:
    label: Label
    link: str
    count: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """What a queue is searched by, in words."""

    by: Sequence[Label]
    not_by: Sequence[Label] = ()
    """What its operator has not been given."""
    note: Label = ""


class WorkList(RestrictedChangeList):
    """Of an item that its reader may not read it shows no more than reference, kind, state and dates."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        cast(WorkListAdmin, self.model_admin).prepare(request, rows)
        self.result_list: Any = rows


class TabbedList(WorkList):
    """One tab of the queue, or what is searched for in all of them."""

    tab = TO_DECIDE

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        self.read_search(request)
        for words in (self.params, self.filter_params):
            words.pop(TAB, None)
        self.tab, self.reader, self.whole_queue = tab_of(request), staff(request), self.root_queryset
        self.root_queryset = oldest_due_first(self.whole_queue) if self.query else self._rows(self.tab)
        return super().get_queryset(request, exclude_parameters)

    def _rows(self, tab: str) -> QuerySet[Any]:
        return rows_of_tab(tab, self.whole_queue, self.reader, self._deciders)

    @property
    def _deciders(self) -> Deciders[Any]:
        return cast(WorkListAdmin, self.model_admin).deciders

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """With the tab, which is none of the filters."""
        return super().get_query_string({TAB: self.tab, **(new_params or {})}, remove)

    def tabs(self, request: HttpRequest) -> list[Tab]:
        offered = [one for one in TABS if self._has(one)]
        counts = self._counts(request, offered)
        labels = cast(Any, self.model_admin).tab_labels
        return [
            Tab(
                labels[one],
                self.get_query_string({**dict.fromkeys(OF_ONE_TAB), TAB: one}),
                counts.get(one, ""),
                one == self.tab and not self.query,
            )
            for one in offered
        ]

    def _counts(self, request: HttpRequest, tabs: Sequence[str]) -> dict[str, str]:
        """In words. None beside what was searched for, which is in all tabs."""
        if self.query:
            return {}
        counts = counts_up_to(COUNTED, [self._narrowed(request, one) for one in tabs])
        return {tab: in_words(count, COUNTED) for tab, count in zip(tabs, counts, strict=True)}

    def _has(self, tab: str) -> bool:
        if tab == WAITING:
            return bool(self._deciders.workflow.awaiting_answer())
        return tab != LEAVING or self._deciders.leaving(self.whole_queue) is not None

    def _narrowed(self, request: HttpRequest, tab: str) -> QuerySet[Any]:
        """By the filters that all tabs have."""
        rows = self._rows(tab)
        for spec in self.filter_specs:
            if not OF_ONE_TAB.issuperset(map(str, spec.expected_parameters())):
                narrowed = spec.queryset(request, rows)
                rows = rows if narrowed is None else narrowed
        return rows


class QueueList(TabbedList, KeysetChangeList):
    """Of a queue that grows with the country."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        return with_due_soon(super().get_queryset(request, exclude_parameters))


class RowsOfList(TabbedList, KeysetChangeList):
    """Its filters alone: nothing is counted, and no page of it is read."""

    def get_results(self, request: HttpRequest) -> None:
        pass


class WorkListAdmin(RoleAdmin, admin.ModelAdmin):
    deciders: Deciders[Any]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RestrictedChangeList]:
        return WorkList

    def prepare(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """What the columns of these rows need that no field holds."""
        unread = self.deciders.unread_among(staff(request), rows)
        # Those of a queue have brought it.
        soon = due_soon_among([row for row in rows if "is_due_soon" not in vars(row)])
        for row in rows:
            row.is_unread = row.pk in unread
            row.is_due_soon = row.is_due_soon or row.pk in soon
