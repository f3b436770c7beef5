"""The reviewers' work queue: applications to their own operator, each with its decision form."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from applications import services
from applications.deciders import application_deciders
from applications.dossier import dossier
from applications.forms import DecisionForm
from applications.models import Application
from applications.review.desk import ReviewDesk
from applications.review.known import doubles, missing_in_words, past
from applications.review.told import in_short
from applications.selectors import queue_of, state_in_words, with_closed
from applications.timeline import conversation, events_of, timeline
from applications.workflow import STEPS
from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import REVIEWER
from dsp_platform.casework.admin import AssigneeFilter, OpenFilter, assigned_to, staff
from registry.programmes.selectors import published

CLOSED = "closed"


class StateFilter(OpenFilter):
    open_label = gettext_lazy("to be decided")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*super().lookups(request, model_admin), (CLOSED, STEPS["close"].title)]

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
        own = published().filter(operator_id=staff(request).operator_code or None)
        return [(programme.pk, str(programme)) for programme in own]


@admin.register(Application)
class ApplicationAdmin(ReviewDesk):
    view_roles = (REVIEWER,)
    listed_as = ("application", "pk")
    list_display = ("reference", "programme", "state_in_words", "submitted_at", "decided_at", assigned_to)
    list_filter = (StateFilter, ("programme", ByProgramme), AssigneeFilter)
    prefix = services.PREFIX
    step = "decide"
    step_form = DecisionForm
    page = "admin/applications/application/review.html"
    beside = ("programme__operator", "submitted_by")
    access_reason = "review"
    deciders = application_deciders
    assignment = services.assignment

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, row: Application) -> str:
        """And the decision that has not left yet, for whoever may read it."""
        words, held = state_in_words(row), getattr(row, "held_now", [])
        return f"{words} – {in_short(held[0])}" if held and not row.is_unread else words

    def kind_in_words(self, row: Application) -> str:
        return str(row.programme)

    def queue(self, user: User) -> QuerySet[Application]:
        return queue_of(user)

    def show(self, request: HttpRequest, row: Application) -> tuple[dict[str, Any], list[Any]]:
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
