"""The stewards' list of what was rare at registrations, and said to be right: no names, those are shown with
the record of a person."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.admin.roles import STEWARD, RoleAdmin
from registry.models import RareFact
from registry.plausibility.findings import title_of


@admin.register(RareFact)
class RareFactAdmin(RoleAdmin, admin.ModelAdmin):
    view_roles = (STEWARD,)
    actions = None
    list_display = ("household", "what", "by", "confirmed")
    list_select_related = ("household", "confirmed_by")
    list_display_links = None
    list_per_page = 50
    ordering = ("-confirmed_at",)

    @admin.display(description=gettext_lazy("what is rare"))
    def what(self, row: RareFact) -> str:
        return title_of(row.rule)

    @admin.display(description=gettext_lazy("entered by"))
    def by(self, row: RareFact) -> str:
        return _("a citizen") if row.confirmed_by.is_citizen else str(row.confirmed_by)

    @admin.display(description=gettext_lazy("said to be right on"), ordering="confirmed_at")
    def confirmed(self, row: RareFact) -> datetime:
        return row.confirmed_at

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404  # the list shows all fields; the record of the person asks for a reason
