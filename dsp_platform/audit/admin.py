from django.contrib import admin

from dsp_platform.audit.models import AuditEvent
from dsp_platform.roles import STEWARD, RoleAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(RoleAdmin, admin.ModelAdmin):
    """To read only; the database itself refuses to change or delete a row."""

    view_roles = (STEWARD,)
    list_display = ("at", "actor", "action", "subject_kind", "subject_id", "reason")
    list_filter = ("action", "subject_kind")
    list_select_related = ("actor",)
    date_hierarchy = "at"
    search_fields = ("subject_id__exact", "actor__username__exact")
    ordering = ("-at", "-id")
    show_full_result_count = False
