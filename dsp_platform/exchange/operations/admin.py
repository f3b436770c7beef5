"""The console: the state of delivery to each operator, and what a steward can do about it."""

from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.admin.lists import RestrictedChangeList
from dsp_platform.admin.roles import AUDITOR, STEWARD
from dsp_platform.exchange.admin_base import ExchangeAdmin, steward_of
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.mapping.words import labelled_lines, words_of
from dsp_platform.exchange.models import Incident, Operator, StatusReport
from dsp_platform.exchange.operations import overview
from dsp_platform.exchange.operations import services as operators
from dsp_platform.exchange.operations.overview import Workload, shown
from dsp_platform.exchange.operations.release_page import release_page
from dsp_platform.exchange.reconcile.job import start_reconciliation
from dsp_platform.jobs import labels
from dsp_platform.jobs.kinds import kinds
from dsp_platform.jobs.models import Job

ADAPTERS = {"database": gettext_lazy("tables of its own database"), "camdx": "CamDX"}
NEWEST_JOBS = 5
PACE = ("rate_per_minute", "quiet_from", "quiet_to")


STATUS_PARTS = {
    "table": gettext_lazy("Table of the operator"),
    "cursor": gettext_lazy("Column of the row's number"),
    "reference": gettext_lazy("Reference"),
    "kind": gettext_lazy("Kind of report"),
    "subject": gettext_lazy("Whom it is about"),
    "status": gettext_lazy("Status"),
    "occurred_at": gettext_lazy("When it happened"),
    "values": gettext_lazy("What else is read"),
}


class ConsoleList(RestrictedChangeList):
    """Gives each operator of the page its workload, counted by one query for all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        workloads = overview.workloads()
        for operator in self.result_list:
            operator.workload = workloads.get(operator.pk, Workload())
            operator.opens_lists = may_open_lists(request)


class PaceForm(ModelForm):
    """Shows errors of the pace at the field that is wrong."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                operators.check_pace(**{name: cleaned.get(name) for name in PACE})
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned


@admin.register(Operator)
class OperatorAdmin(ExchangeAdmin):
    about_people = False
    view_roles = (STEWARD, AUDITOR)
    change_roles = (STEWARD,)
    form = PaceForm
    change_list_template = "admin/exchange/operator/change_list.html"
    change_form_template = "admin/exchange/operator/change_form.html"
    list_display = (
        "__str__", "condition", "due", "backlog", "in_flight", "held", "oldest_due", "rate", "problem",
        "last_success_at", "reconciled_at",
    )  # fmt: skip
    sortable_by = ()
    actions = ("pause", "resume", "compare")
    in_words: ClassVar[dict[str, str]] = {
        "adapter": "reached_by", "last_error": "problem_of_delivery", "pull_error": "problem_of_reports",
        "address": "address_in_words", "status_mapping": "status_table",
    }  # fmt: skip
    hidden = ("name_km", "name_en", "system_km", "system_en")

    def get_urls(self) -> list[URLPattern]:
        release_all = self.admin_site.admin_view(partial(release_page, self))
        return [path("release/", release_all, name="exchange_operator_release"), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RestrictedChangeList]:
        return ConsoleList

    def get_readonly_fields(self, request: HttpRequest, obj: Operator | None = None) -> list[str]:
        return [name for name in super().get_readonly_fields(request, obj) if name not in PACE]

    def get_fields(self, request: HttpRequest, obj: Operator | None = None) -> list[Any]:
        return [*PACE, *(name for name in super().get_fields(request, obj) if name not in PACE)]

    def save_model(self, request: HttpRequest, obj: Operator, form: ModelForm, change: bool) -> None:
        pace = {name: form.cleaned_data[name] for name in PACE}
        operators.set_pace(operator=obj, actor=steward_of(request), **pace)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        incidents = Incident.objects.filter(ended_at=None).select_related("operator").order_by("started_at")
        context = {"incidents": list(incidents), "opens_lists": may_open_lists(request)}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        operator = self.get_object(request, object_id)
        context = (
            _console(operator, linked=may_open_lists(request))
            if operator and self.has_view_permission(request, operator)
            else {}
        )
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    @admin.display(description=gettext_lazy("condition"))
    def condition(self, operator: Operator) -> str:
        return condition_of(operator)

    @admin.display(description=gettext_lazy("adapter"))
    def reached_by(self, operator: Operator) -> str:
        return str(ADAPTERS.get(operator.adapter, operator.adapter))

    @admin.display(description=gettext_lazy("address"))
    def address_in_words(self, operator: Operator) -> str:
        return words_of(operator.address) or "–"

    @admin.display(description=gettext_lazy("status table"))
    def status_table(self, operator: Operator) -> SafeString | str:
        mapping = operator.status_mapping
        parts = [(str(label), words_of(mapping.get(part))) for part, label in STATUS_PARTS.items()]
        return labelled_lines(parts)

    @admin.display(description=gettext_lazy("last error"))
    def problem_of_delivery(self, operator: Operator) -> str:
        return reasons.in_words(operator.last_error) or "–"

    @admin.display(description=gettext_lazy("last error when reading reports"))
    def problem_of_reports(self, operator: Operator) -> str:
        return reasons.in_words(operator.pull_error) or "–"

    @admin.display(description=gettext_lazy("due"))
    def due(self, operator: Any) -> SafeString:
        return _count(operator, "due", operator.workload.due, linked=operator.opens_lists)

    @admin.display(description=gettext_lazy("first fill"))
    def backlog(self, operator: Any) -> SafeString:
        return _count(operator, "fill", operator.workload.backlog, linked=operator.opens_lists)

    @admin.display(description=gettext_lazy("held"))
    def held(self, operator: Any) -> SafeString:
        return _count(
            operator, "held", operator.workload.held, overview.MOST_HELD, linked=operator.opens_lists
        )

    @admin.display(description=gettext_lazy("in flight"))
    def in_flight(self, operator: Any) -> str:
        return shown(operator.workload.in_flight)

    @admin.display(description=gettext_lazy("oldest due"))
    def oldest_due(self, operator: Any) -> str:
        return _age(operator.workload.oldest)

    @admin.display(description=gettext_lazy("a minute"))
    def rate(self, operator: Any) -> str:
        return _rate(operator.workload)

    @admin.display(description=gettext_lazy("last error"))
    def problem(self, operator: Operator) -> str:
        errors = dict.fromkeys(filter(None, (operator.last_error, operator.pull_error)))
        return " ".join(map(reasons.in_words, errors)) or "–"

    @admin.action(description=gettext_lazy("Pause delivery to the selected operators"))
    def pause(self, request: HttpRequest, queryset: QuerySet[Operator]) -> None:
        for operator in queryset:
            operators.pause(operator=operator, actor=steward_of(request))
        self._confirm(request, queryset.count(), paused=True)

    @admin.action(description=gettext_lazy("Resume delivery to the selected operators"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Operator]) -> None:
        for operator in queryset:
            operators.resume(operator=operator, actor=steward_of(request))
        self._confirm(request, queryset.count(), paused=False)

    @admin.action(description=gettext_lazy("Compare the selected operators with the delivery ledger"))
    def compare(self, request: HttpRequest, queryset: QuerySet[Operator]) -> None:
        actor = steward_of(request)
        started = [
            start_reconciliation(operator=operator, actor=actor) for operator in queryset.filter(active=True)
        ]
        text = ngettext(
            "%(number)s operator is being compared; what is missing will be delivered.",
            "%(number)s operators are being compared; what is missing will be delivered.",
            len(started),
        )
        self.message_user(request, text % {"number": len(started)}, messages.SUCCESS)

    def _confirm(self, request: HttpRequest, number: int, *, paused: bool) -> None:
        if paused:
            text = ngettext(
                "Delivery to %(number)s operator is paused.",
                "Delivery to %(number)s operators is paused.",
                number,
            )
        else:
            text = ngettext(
                "Delivery to %(number)s operator goes on.",
                "Delivery to %(number)s operators goes on.",
                number,
            )
        self.message_user(request, text % {"number": number}, messages.SUCCESS)


def condition_of(operator: Operator) -> str:
    now = timezone.now()
    if not operator.active:
        return _("not active")
    if operator.paused_at:
        return _("paused")
    if operator.retry_at and operator.retry_at > now:
        return _("waiting after a failure")
    if overview.contactable_since(operator, now) is None:
        return _("quiet hours")
    return _("running")


def _list_of(operator: Operator, state: str, **more: str) -> str:
    query = urlencode({"state": state, "operator": operator.pk, **more})
    return f"{reverse('admin:exchange_ledgerentry_changelist')}?{query}"


def may_open_lists(request: HttpRequest) -> bool:
    """The rows of the ledger have numbers of people, which auditors do not see."""
    return steward_of(request).is_steward


def _count(
    operator: Operator, state: str, rows: int, most: int = overview.MOST, *, linked: bool
) -> SafeString:
    if not linked:
        return format_html("{}", shown(rows, most))
    return format_html('<a href="{}">{}</a>', _list_of(operator, state), shown(rows, most))


def _rate(workload: Workload) -> str:
    return f"{workload.per_minute:,.0f}" if workload.per_minute >= 10 else f"{workload.per_minute:.1f}"


def _age(oldest: datetime | None) -> str:
    if oldest is None:
        return "–"
    age = timesince(oldest)
    late = timezone.now() - oldest > settings.EXCHANGE_ALERT_AFTER
    return format_html("<strong>{}</strong>", age) if late else age


def _console(operator: Operator, *, linked: bool) -> dict[str, Any]:
    workload = overview.workloads(operator.pk).get(operator.pk, Workload())
    reports = StatusReport.objects.filter(operator=operator, state=StatusReport.State.HELD).count()
    errors = dict.fromkeys(filter(None, (operator.last_error, operator.pull_error)))
    return {
        "condition": condition_of(operator),
        "workload": workload,
        "due": _count(operator, "due", workload.due, linked=linked),
        "backlog": _count(operator, "fill", workload.backlog, linked=linked),
        "held": _count(operator, "held", workload.held, overview.MOST_HELD, linked=linked),
        "in_flight": shown(workload.in_flight),
        "oldest": _age(workload.oldest),
        "rate": _rate(workload),
        "held_reports": reports,
        "jobs": [
            (job, str(kinds.of(job.kind).title), labels.about(job), labels.problem(job), labels.bar(job))
            for job in Job.objects.filter(parameters__operator=operator.pk).order_by("-pk")[:NEWEST_JOBS]
        ],
        "problems": [(reasons.in_words(code), reasons.advice(code)) for code in errors],
        "reasons": [
            {
                "code": row.reason,
                "text": reasons.in_words(row.reason),
                "advice": reasons.advice(row.reason),
                "rows": shown(row.rows, overview.MOST_HELD),
                "age": timesince(row.oldest),
                "list": _list_of(operator, "held", reason=row.reason),
            }
            for row in overview.held_by_reason(operator.pk)
        ],
    }
