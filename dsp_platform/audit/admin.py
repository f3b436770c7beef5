from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.keyset import KeysetChangeList
from dsp_platform.admin.lists import FixedValuesFilter, staff_name
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.audit import actions
from dsp_platform.audit.models import AuditEvent
from dsp_platform.audit.retention_admin import RetentionAdmin as RetentionAdmin
from dsp_platform.khmer.digits import latin_digits


class ActionFilter(FixedValuesFilter):
    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return sorted(actions.known_actions(), key=lambda known: known[1])


class SubjectFilter(FixedValuesFilter):
    title = _("kind")
    parameter_name = "subject_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        tables = [model._meta for model in model_admin.admin_site._registry]
        known = {str(table.model_name): str(table.verbose_name) for table in tables}
        return sorted({**known, **dict(actions.known_subjects())}.items(), key=lambda one: one[1])


@admin.register(AuditEvent)
class AuditEventAdmin(RoleAdmin, admin.ModelAdmin):
    """Read only; the database itself refuses to change or delete a row.

    Only auditors see what stewards and auditors did: nobody can see how they are being audited.
    """

    view_roles = (STEWARD, AUDITOR)
    list_display = ("at", "actor_name", "action_shown", "subject_shown", "subject_id", "reason_shown")
    list_filter = (ActionFilter, SubjectFilter)
    list_select_related = ("actor",)
    date_hierarchy = "at"
    search_help_text = _("The user name of the actor, or the number of what it is about")
    search_fields = ("subject_id",)
    ordering = ("-at", "-id")
    sortable_by = ()
    fields = (
        "at", "actor_name", "action_shown", "subject_shown", "subject_id", "reason_shown",
        "assisted_session_id", "details_shown", "chain", "sequence",
    )  # fmt: skip

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        events = super().get_queryset(request)
        if getattr(request.user, "role", "") == AUDITOR:
            return events
        return events.exclude(actor__role__in=(STEWARD, AUDITOR))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent], search_term: str
    ) -> tuple[QuerySet[AuditEvent], bool]:
        """By number or by user name, each with its index: a search for both would scan the table."""
        typed = latin_digits(search_term).strip()
        if not typed:
            return queryset, False
        if typed.isdecimal():
            number = int(typed[:18])  # a longer number does not fit the column
            return queryset.filter(subject_id=number, subject_kind__in=actions.subject_kinds()), False
        actors = get_user_model().objects.filter(username=search_term.strip()).values_list("pk", flat=True)
        return queryset.filter(actor_id__in=list(actors)), False

    @admin.display(description=_("actor"))
    def actor_name(self, event: AuditEvent) -> str:
        return staff_name(event.actor)

    @admin.display(description=_("action"))
    def action_shown(self, event: AuditEvent) -> str:
        return actions.action_label(event.action)

    @admin.display(description=_("kind"))
    def subject_shown(self, event: AuditEvent) -> str:
        return actions.subject_label(event.subject_kind)

    @admin.display(description=_("reason"))
    def reason_shown(self, event: AuditEvent) -> str:
        of_access = actions.access_reason(event)
        return of_access or actions.reason_label(event.action, event.reason) or "–"

    @admin.display(description=_("details"))
    def details_shown(self, event: AuditEvent) -> str | SafeString:
        lines = actions.detail_label(event.action, event.details).splitlines()
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines)) or "–"
