"""The reviewer's desk: the queue of the own operator, one application, one decision."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import services
from applications.dossier import dossier
from applications.errors import AlreadyChanged, ApplicationError
from applications.forms import DecisionForm
from applications.models import Application
from applications.selectors import queue_of
from applications.timeline import timeline
from dsp_platform.accounts.models import User
from dsp_platform.accounts.roles import REVIEWER, RoleAdmin
from dsp_platform.audit import services as audit
from dsp_platform.references import clean_reference


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("to be decided")), *Application.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        if self.value() == "open":
            return queryset.filter(state__in=Application.OPEN_STATES)
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Application)
class ApplicationAdmin(RoleAdmin, admin.ModelAdmin):
    view_roles = (REVIEWER,)
    list_display = ("reference", "programme", "state", "submitted_at", "decided_at")
    list_filter = (StateFilter, ("programme", admin.RelatedOnlyFieldListFilter))
    search_fields = ("reference",)
    search_help_text = gettext_lazy("Reference")
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return queue_of(_user(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Application], search_term: str
    ) -> tuple[QuerySet[Application], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(reference=clean_reference(search_term, services.PREFIX)), False

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide_view)
        return [
            path("<int:pk>/decide/", decide, name="applications_application_decide"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        application = self._own(request, object_id)
        return self._page(request, application, DecisionForm(application=application))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        self._own(request, object_id)
        return redirect("admin:applications_application_change", object_id)

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self._own(request, pk)
        if request.method != "POST":
            return redirect("admin:applications_application_change", pk)
        form = DecisionForm(request.POST, application=application)
        if form.is_valid():
            try:
                return self._decide(request, application, form)
            except AlreadyChanged as error:
                messages.warning(request, str(error))
                application = self._own(request, pk)
                form = DecisionForm(application=application, note=form.cleaned_data["note"])
            except ApplicationError as error:
                form.add_error(None, str(error))
        return self._page(request, application, form)

    def _decide(self, request: HttpRequest, application: Application, form: DecisionForm) -> HttpResponse:
        decided = services.decide(
            application=application,
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            actor=_user(request),
            expected_version=form.cleaned_data["version"],
        )
        words = {"reference": decided.reference, "state": decided.get_state_display()}
        messages.success(request, _("Saved: %(reference)s is now “%(state)s”.") % words)
        return redirect("admin:applications_application_change", decided.pk)

    def _own(self, request: HttpRequest, pk: object) -> Application:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("programme__operator", "submitted_by")
        found = rows.filter(pk=str(pk)).first() if str(pk).isdecimal() else None
        if found is None:
            raise Http404
        return found

    def _page(self, request: HttpRequest, application: Application, form: DecisionForm) -> HttpResponse:
        seen = dossier(application)
        audit.record(
            actor=_user(request),
            action="view",
            subject_kind="application",
            subject_id=application.pk,
            reason="review",
        )
        for kind, subject in seen.shown:
            audit.record(
                actor=_user(request), action="view", subject_kind=kind, subject_id=subject, reason="review"
            )
        waiting = queue_of(_user(request)).filter(state__in=Application.OPEN_STATES)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": application.reference,
            "application": application,
            "dossier": seen,
            "events": timeline(application),
            "form": form.offered(),
            "own": application.submitted_by_id == _user(request).pk,
            "next": waiting.exclude(pk=application.pk).first(),
        }
        return render(request, "admin/applications/application/review.html", context)
