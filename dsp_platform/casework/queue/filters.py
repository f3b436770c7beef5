"""What narrows a tab of a work queue."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from dsp_platform.casework.assignment import FILTERS, assigned
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.tabs import (
    DECIDED,
    LATE,
    SOON,
    TAB,
    TABS,
    TO_DECIDE,
    TODAY,
    due,
    states_of_tab,
)


def tab_of(request: HttpRequest) -> str:
    asked = request.GET.get(TAB, "")
    return asked if asked in TABS else TO_DECIDE


class StateFilter(admin.SimpleListFilter):
    """The states of the tab, where it has several."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        model = model_admin.model
        states = states_of_tab(tab_of(request), model_admin.deciders, model)
        return [(value, label) for value, label in model.State.choices if value in states]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() else queryset


class DueFilter(admin.SimpleListFilter):
    title = gettext_lazy("deadline")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        if tab_of(request) == DECIDED:
            return []
        return [
            (LATE, gettext_lazy("late")),
            (TODAY, gettext_lazy("today")),
            (SOON, gettext_lazy("due soon")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return due(queryset, str(self.value())) if self.value() in (LATE, TODAY, SOON) else queryset


class AssigneeFilter(admin.SimpleListFilter):
    title = gettext_lazy("assignee")
    parameter_name = "assignee"

    deciders: Deciders[Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.deciders = model_admin.deciders
        return FILTERS

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return assigned(queryset, staff(request), self.value() or "", self.deciders)
