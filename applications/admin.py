"""The reviewers' work queue: applications to their own operator, each with its decision form."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import services
from applications.dossier import dossier
from applications.forms import DecisionForm
from applications.models import Application
from applications.selectors import queue_of, state_in_words, with_closed
from applications.timeline import timeline
from applications.workflow import STEPS
from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import REVIEWER
from dsp_platform.casework.admin import OpenFilter, WorkQueueAdmin, staff
from registry.programmes.selectors import published

CLOSED = "closed"


class StateFilter(OpenFilter):
    open_label = gettext_lazy("to be decided")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*super().lookups(request, model_admin), (CLOSED, STEPS["close"].title)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What a death closed is stored like what was withdrawn."""
        if self.value() in (CLOSED, Application.State.WITHDRAWN):
            ended = with_closed(queryset).filter(state=Application.State.WITHDRAWN)
            return ended.filter(Q(is_closed=self.value() == CLOSED))
        return super().queryset(request, queryset)


class ByProgramme(admin.RelatedFieldListFilter):
    """Those of the own operator: which have applications would be read from all of these."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own = published().filter(operator_id=staff(request).operator_code or None)
        return [(programme.pk, str(programme)) for programme in own]


@admin.register(Application)
class ApplicationAdmin(WorkQueueAdmin[Application]):
    view_roles = (REVIEWER,)
    listed_as = ("application", "pk")
    list_display = ("reference", "programme", "state_in_words", "submitted_at", "decided_at")
    list_filter = (StateFilter, ("programme", ByProgramme))
    prefix = services.PREFIX
    step = "decide"
    page = "admin/applications/application/review.html"
    beside = ("programme__operator", "submitted_by")
    look_reason = "review"

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, application: Application) -> str:
        return state_in_words(application)

    def queue(self, user: User) -> QuerySet[Application]:
        return queue_of(user)

    def form_for(self, row: Application, data: Any = None, note: str = "") -> forms.Form:
        return DecisionForm(data, application=row, note=note)

    def take_step(self, user: User, row: Application, form: forms.Form) -> Application:
        return services.decide(
            application=row,
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            actor=user,
            expected_version=form.cleaned_data["version"],
        )

    def show(
        self, request: HttpRequest, row: Application, form: forms.Form
    ) -> tuple[dict[str, Any], list[Any]]:
        seen = dossier(row)
        own = row.submitted_by_id == staff(request).pk
        shown = {
            "application": row,
            "dossier": seen,
            "events": timeline(row),
            "form": cast(DecisionForm, form).offered(),
            "barred": _("You filed this application yourself, so somebody else must decide it.")
            if own
            else "",
        }
        return shown, list(seen.shown)
