from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.admin.roles import AUDITOR, STEWARD
from dsp_platform.exchange.admin_base import ByKind, ByOperator, ExchangeAdmin, log_access, steward_of
from dsp_platform.exchange.contract import find_subjects, name_of, registered, status_name
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Incident, StatusReport
from dsp_platform.exchange.reports.services import retry_reports


class ByReportKind(ByKind):
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, name_of(kind)) for kind in registered.reports]


@admin.register(StatusReport)
class StatusReportAdmin(ExchangeAdmin):
    """Without the values: a note of the operator may describe the person."""

    list_display = (
        "id", "operator", "kind_name", "subject", "status_name", "state", "why", "received_at", "handled_at",
    )  # fmt: skip
    list_filter = ("state", ByOperator, ByReportKind)
    list_select_related = ("operator",)
    ordering = ("-id",)
    sortable_by = ()
    actions = ("retry",)
    hidden = ("values",)
    in_words: ClassVar[dict[str, str]] = {"kind": "kind_name", "status": "status_name", "reason": "why"}

    def listed(self, rows: Sequence[StatusReport]) -> Iterable[tuple[str, int]]:
        """The subjects that the reports are about, as far as they are ours."""
        return set().union(*(find_subjects(row.subject) for row in rows))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        report = self.get_object(request, object_id)
        if report is not None and self.has_view_permission(request, report):
            for kind, subject in sorted(find_subjects(report.subject)):
                log_access(steward_of(request), kind, subject)
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=gettext_lazy("kind"))
    def kind_name(self, report: StatusReport) -> str:
        return name_of(report.kind)

    @admin.display(description=gettext_lazy("status"))
    def status_name(self, report: StatusReport) -> str:
        return status_name(report.kind, report.status)

    @admin.display(description=gettext_lazy("reason"))
    def why(self, report: StatusReport) -> str:
        return reasons.in_words(report.reason) or "–"

    @admin.action(description=gettext_lazy("Handle again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[StatusReport]) -> None:
        changed = retry_reports(reports=queryset, actor=steward_of(request))
        text = ngettext(
            "%(number)s report is handled again.", "%(number)s reports are handled again.", changed
        )
        self.message_user(request, text % {"number": changed}, messages.SUCCESS)


@admin.register(Incident)
class IncidentAdmin(ExchangeAdmin):
    """Alerts, with beginning and end."""

    about_people = False
    view_roles = (STEWARD, AUDITOR)
    list_display = ("code", "operator", "why", "figure", "started_at", "ended_at")
    list_filter = ("code", ByOperator)
    list_select_related = ("operator",)
    ordering = ("-id",)
    hidden = ("posted",)
    in_words: ClassVar[dict[str, str]] = {"reason": "why"}

    @admin.display(description=gettext_lazy("reason"))
    def why(self, incident: Incident) -> str:
        return reasons.in_words(incident.reason) or "–"
