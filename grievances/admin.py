"""The desk of those who answer: the queue, one grievance, one step."""

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

from dsp_platform.accounts.models import User
from dsp_platform.accounts.roles import REVIEWER, STEWARD, RoleAdmin
from dsp_platform.audit import services as audit
from dsp_platform.references import clean_reference
from grievances import pins, services, workflow
from grievances.errors import AlreadyChanged, GrievanceError
from grievances.forms import HandleForm
from grievances.models import Grievance
from grievances.selectors import queue_of
from registry.models import Person


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("to be answered")), *Grievance.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Grievance]) -> QuerySet[Grievance]:
        if self.value() == "open":
            return queryset.filter(state__in=workflow.OPEN)
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Grievance)
class GrievanceAdmin(RoleAdmin, admin.ModelAdmin):
    view_roles = (REVIEWER, STEWARD)
    list_display = ("reference", "category", "operator", "state", "reported_at")
    list_filter = (StateFilter, "category")
    search_fields = ("reference",)
    search_help_text = gettext_lazy("Reference")
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grievance]:
        return queue_of(_user(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Grievance], search_term: str
    ) -> tuple[QuerySet[Grievance], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(reference=clean_reference(search_term, pins.PREFIX)), False

    def get_urls(self) -> list[URLPattern]:
        handle = self.admin_site.admin_view(self.handle_view)
        return [path("<int:pk>/handle/", handle, name="grievances_grievance_handle"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        grievance = self._own(request, object_id)
        return self._page(request, grievance, HandleForm(grievance=grievance))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        self._own(request, object_id)
        return redirect("admin:grievances_grievance_change", object_id)

    def handle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        grievance = self._own(request, pk)
        if request.method != "POST":
            return redirect("admin:grievances_grievance_change", pk)
        form = HandleForm(request.POST, grievance=grievance)
        if form.is_valid():
            try:
                return self._handle(request, grievance, form)
            except AlreadyChanged as error:
                messages.warning(request, str(error))
                grievance = self._own(request, pk)
                form = HandleForm(grievance=grievance, note=form.cleaned_data["note"])
            except GrievanceError as error:
                form.add_error(None, str(error))
        return self._page(request, grievance, form)

    def _handle(self, request: HttpRequest, grievance: Grievance, form: HandleForm) -> HttpResponse:
        handled = services.handle_grievance(
            grievance=grievance,
            step=form.cleaned_data["step"],
            actor=_user(request),
            expected_version=form.cleaned_data["version"],
            note=form.cleaned_data["note"],
            operator=form.cleaned_data["operator"],
        )
        words = {"reference": handled.reference, "state": handled.get_state_display()}
        messages.success(request, _("Saved: %(reference)s is now “%(state)s”.") % words)
        return redirect("admin:grievances_grievance_change", handled.pk)

    def _own(self, request: HttpRequest, pk: object) -> Grievance:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("person", "area", "application__programme")
        found = rows.filter(pk=str(pk)).first() if str(pk).isdecimal() else None
        if found is None:
            raise Http404
        return found

    def _page(self, request: HttpRequest, grievance: Grievance, form: HandleForm) -> HttpResponse:
        person = _reporter_shown_to(request, grievance)
        looked_at = [("grievance", grievance.pk)] + ([("person", person.pk)] if person else [])
        for kind, subject in looked_at:
            audit.record(
                actor=_user(request), action="view", subject_kind=kind, subject_id=subject, reason="answer"
            )
        sides = [workflow.HANDLER, workflow.STEWARD] if _user(request).is_steward else [workflow.HANDLER]
        waiting = queue_of(_user(request)).filter(state__in=workflow.OPEN)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": grievance.reference,
            "grievance": grievance,
            "person": person,
            "events": _events(grievance),
            "form": form.offered(*sides),
            "next": waiting.exclude(pk=grievance.pk).first(),
        }
        return render(request, "admin/grievances/grievance/handle.html", context)


def _reporter_shown_to(request: HttpRequest, grievance: Grievance) -> Person | None:
    """A complaint about staff or money does not tell the operator's own staff who complained."""
    sensitive = grievance.category in workflow.SENSITIVE
    return None if sensitive and not _user(request).is_steward else grievance.person


def _events(grievance: Grievance) -> list[dict[str, Any]]:
    """Newest first; unlike the reporter, staff read which colleague it was."""
    rows = grievance.events.select_related("actor").order_by("-at", "-pk")
    return [
        {"title": workflow.STEPS[row.step].title, "at": row.at, "text": row.note, "actor": row.actor}
        for row in rows
    ]
