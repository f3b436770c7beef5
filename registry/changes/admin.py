"""The stewards' list of changes: references and states, no names. One opens on the page that decides it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.roles import STEWARD
from dsp_platform.casework.queue.columns import assigned_to, hidden_where_unread
from dsp_platform.casework.queue.filters import AssigneeFilter
from dsp_platform.casework.queue.lists import WorkListAdmin
from dsp_platform.database.references import clean_reference
from registry.changes.deciders import change_deciders
from registry.changes.kinds import KINDS
from registry.changes.selectors import PREFIX, may_decide
from registry.models import ChangeRequest

village = hidden_where_unread("village", _("village"))


@admin.register(ChangeRequest)
class ChangeRequestAdmin(WorkListAdmin):
    view_roles = (STEWARD,)
    deciders = change_deciders
    list_display = ("reference", "what", "state", village, "asked_at", "decided_at", assigned_to)
    list_filter = ("state", AssigneeFilter)
    list_select_related = ("village", "assignee")
    search_fields = ("reference",)
    search_help_text = _("Reference")
    list_per_page = 50
    ordering = ("-asked_at",)
    fields = ("reference", "state")
    actions = None

    @admin.display(description=_("what changes"))
    def what(self, request: ChangeRequest) -> str:
        return str(KINDS[request.kind].title)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ChangeRequest], search_term: str
    ) -> tuple[QuerySet[ChangeRequest], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(reference=clean_reference(search_term, PREFIX)), False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        if found is None:
            return redirect("admin:registry_changerequest_changelist")
        if not may_decide(request.user, found):  # type: ignore[arg-type]
            messages.info(request, _("The commune decides this request."))
            return redirect("admin:registry_changerequest_changelist")
        return redirect("registry:counter_change", found.reference)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.change_view(request, object_id)
