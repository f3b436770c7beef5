"""The page of a work queue on which a supervisor shares out its work."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.casework.assignment import COLLEAGUE, colleagues_of
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.load import load_of
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.lists import COUNTED
from dsp_platform.casework.queue.tabs import (
    MINE,
    TAB,
    TO_DECIDE,
    UNASSIGNED,
    WAITING,
    in_tab,
    rows_of_tab,
)
from dsp_platform.database.counts import counts_up_to, in_words
from dsp_platform.web.forms import row_number

Part = tuple[str, QuerySet[Any], dict[str, str]]
TAKEN, NOBODYS, SECOND, PERSON = "taken", "nobodys", "second", "person"
"""Whom a part waits for."""
SHOWN = 10
"""Of what waits for a second reviewer."""


class ColleagueFilter(admin.SimpleListFilter):
    """What one colleague has: for supervisors."""

    title = gettext_lazy("colleague")
    parameter_name = COLLEAGUE

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        user = staff(request)
        if not user.is_supervisor:
            return []
        return [(str(one.pk), one.staff_name) for one in colleagues_of(user, and_self=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = row_number(self.value() or "")
        return queryset if chosen is None else queryset.filter(assignee=chosen)


class LoadPage:
    """Mixin for ``WorkQueueAdmin``."""

    deciders: Deciders[Any]
    model: Any
    opts: Any

    def second_awaited(self, queue: QuerySet[Any]) -> QuerySet[Any] | None:
        """Those of the queue that are decided but for the second reviewer, the oldest first; None for a kind
        without."""
        return None

    def parts_of_team(self, queue: QuerySet[Any], user: User) -> dict[str, Part]:
        """What waits for whom, by key: in words, the rows, and the filters of the list with them; none where
        no list is of these alone."""
        nobodys = rows_of_tab(UNASSIGNED, queue, user, self.deciders)
        taken = queue.filter(assignee__in=colleagues_of(user, and_self=True))
        colleagues = in_tab(taken, TO_DECIDE, self.deciders)
        second = self.second_awaited(queue)
        if second is not None:
            colleagues = colleagues.exclude(pk__in=second.order_by().values("pk"))
        parts: dict[str, Part] = {
            TAKEN: (_("Waits for whoever has it"), colleagues, {}),
            NOBODYS: (_("Waits for somebody to take it"), nobodys, {TAB: UNASSIGNED}),
        }
        if second is not None:
            parts[SECOND] = (_("Waits for the second reviewer"), second, {})
        if self.deciders.workflow.awaiting_answer():
            waiting = rows_of_tab(WAITING, queue, user, self.deciders)
            parts[PERSON] = (_("Waits for the person"), waiting, {TAB: WAITING})
        return parts

    def load_view(self, request: HttpRequest) -> HttpResponse:
        user = staff(request)
        if not (self.has_view_permission(request) and user.is_supervisor):  # type: ignore[attr-defined]
            raise PermissionDenied
        page: Any = self
        queue = page.queue(user)
        parts = list(self.parts_of_team(queue, user).values())
        counts = counts_up_to(COUNTED, [rows for _label, rows, _filters in parts])
        second = self.second_awaited(queue)
        title = _("Who has what: %(queue)s") % {"queue": self.opts.verbose_name_plural}
        context = {
            **page_context(page, request, title),
            "list_url": reverse(page.url_name("changelist")),
            "loads": [(one, _list_of(one.colleague, user)) for one in load_of(queue, user)],
            "parts": [
                (label, in_words(count, COUNTED), urlencode(filters))
                for (label, _rows, filters), count in zip(parts, counts, strict=True)
            ],
            "second": list(second.values_list("pk", "reference")[:SHOWN]) if second is not None else [],
            "change_name": page.url_name("change"),
        }
        return TemplateResponse(request, "admin/load.html", context)


def _list_of(colleague: User, user: User) -> str:
    """Query string of the list with what the colleague has."""
    if colleague == user:
        return urlencode({TAB: MINE})
    return urlencode({TAB: TO_DECIDE, COLLEAGUE: colleague.pk})
