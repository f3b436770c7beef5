"""The reviewers' work queue: applications to their own operator, each with its decision form."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import services
from applications.deciders import application_deciders
from applications.documents import remember_application
from applications.dossier import dossier
from applications.forms import DecisionForm
from applications.models import Application
from applications.numbers.pages import NumbersPage
from applications.queue import describe, found, search_words
from applications.review.desk import ReviewDesk
from applications.review.known import doubles, missing_in_words, past
from applications.review.selectors import awaiting_second
from applications.review.told import in_short
from applications.selectors import queue_of, state_in_words, with_closed
from applications.timeline import conversation, events_of, timeline
from applications.workflow import STEPS
from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import REVIEWER
from dsp_platform.casework.load_pages import ColleagueFilter
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.columns import area_name, assigned_to, due_date, person_name
from dsp_platform.casework.queue.filters import DueFilter, StateFilter
from dsp_platform.casework.queue.lists import Searched
from registry.programmes.selectors import name_programmes, programmes

CLOSED = "closed"


class ApplicationStateFilter(StateFilter):
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        states = super().lookups(request, model_admin)
        ended = any(value == Application.State.WITHDRAWN for value, _label in states)
        return [*states, (CLOSED, STEPS["close"].title)] if ended else states

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """An application closed by a death is stored as withdrawn."""
        if self.value() in (CLOSED, Application.State.WITHDRAWN):
            ended = with_closed(queryset).filter(state=Application.State.WITHDRAWN)
            return ended.filter(Q(closed_by__isnull=self.value() != CLOSED))
        return super().queryset(request, queryset)


class ByProgramme(admin.RelatedFieldListFilter):
    """Programmes of the reviewer's own operator: to list only those with applications would read all
    applications."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own = staff(request).operator_code
        return [(one.pk, str(one)) for one in programmes() if own and one.operator_id == own]


@admin.register(Application)
class ApplicationAdmin(NumbersPage, ReviewDesk):
    view_roles = (REVIEWER,)
    list_display = (
        "reference", due_date, person_name, "programme", area_name, assigned_to, "state_in_words",
        "submitted_at",
    )  # fmt: skip
    list_filter = (ApplicationStateFilter, DueFilter, ("programme", ByProgramme), ColleagueFilter)
    prefix = services.PREFIX
    step = "decide"
    step_form = DecisionForm
    page = "admin/applications/application/review.html"
    beside = ("programme__operator", "submitted_by")
    access_reason = "review"
    deciders = application_deciders
    assignment = services.assignment

    def prepare(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        super().prepare(request, rows)
        name_programmes(rows)
        describe(staff(request).operator_code, [row for row in rows if not row.is_unread])

    def listed(self, rows: Sequence[Any]) -> Iterable[tuple[str, int]]:
        yield from (("application", row.pk) for row in rows)
        yield from (("person", row.person_id) for row in rows if row.shown_name or row.shown_area)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Application], search_term: str
    ) -> tuple[QuerySet[Application], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=found(staff(request), queryset, search_term)), False

    def searched(self, user: User) -> Searched:
        by, not_by = search_words(user.operator_code)
        note = _("Applicants whose household has not agreed to share are found by the reference alone.")
        return Searched([self.search_help_text, *by], not_by, note)

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, row: Application) -> str:
        """And the decision that has not left yet, for whoever may read it."""
        words, held = state_in_words(row), getattr(row, "held_now", [])
        return f"{words} – {in_short(held[0])}" if held and not row.is_unread else words

    def kind_in_words(self, row: Application) -> str:
        return str(row.programme)

    def queue(self, user: User) -> QuerySet[Application]:
        return queue_of(user)

    def second_awaited(self, queue: QuerySet[Application]) -> QuerySet[Application]:
        return awaiting_second(queue)

    def show(self, request: HttpRequest, row: Application) -> tuple[dict[str, Any], list[Any]]:
        remember_application(row)
        seen = dossier(row)
        events = events_of(row)
        shown = {
            "application": row,
            "dossier": seen,
            "events": timeline(row, events),
            "conversation": conversation(row, events),
            "missing": missing_in_words(row),
            "past": past(row) if seen.applicant else None,
            "doubles": doubles(row) if seen.applicant else None,
            "held_url": self.url(request, "held", row.pk),
            **self.held_context(staff(request), row),
        }
        return shown, list(seen.shown)
