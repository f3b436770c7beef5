from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from dsp_platform.audit.models import AuditEvent
from dsp_platform.roles import AUDITOR, STEWARD, RoleAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(RoleAdmin, admin.ModelAdmin):
    """To read only; the database itself refuses to change or delete a row.

    What stewards and auditors did is for auditors alone, so that nobody reads how they are watched.
    """

    view_roles = (STEWARD, AUDITOR)
    list_display = ("at", "actor", "action", "subject_kind", "subject_id", "reason")
    list_filter = ("action", "subject_kind")
    list_select_related = ("actor",)
    date_hierarchy = "at"
    search_fields = ("subject_id__exact", "actor__username__exact")
    ordering = ("-at", "-id")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        events = super().get_queryset(request)
        if getattr(request.user, "role", "") == AUDITOR:
            return events
        return events.exclude(actor__role__in=(STEWARD, AUDITOR))
