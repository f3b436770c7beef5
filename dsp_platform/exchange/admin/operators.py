from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.exchange import services
from dsp_platform.exchange.admin.base import ExchangeAdmin
from dsp_platform.exchange.models import Operator, Outstanding

# Older than this means that something is wrong even if nothing failed.
LATE = timedelta(minutes=15)


def _outstanding(*, held: bool) -> QuerySet[Outstanding, Any]:
    return Outstanding.objects.filter(operator=OuterRef("pk"), held=held).order_by().values("operator")


@admin.register(Operator)
class OperatorAdmin(ExchangeAdmin):
    list_display = (
        "code", "name", "condition", "due", "held", "oldest_due", "problem", "last_success_at",
    )  # fmt: skip
    list_filter = ("active",)
    actions = ("pause", "resume")
    hidden = ("name_km", "name_en", "system_km", "system_en")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        due, held = _outstanding(held=False), _outstanding(held=True)
        return (
            super()
            .get_queryset(request)
            .annotate(
                due_rows=Subquery(due.annotate(rows=Count("pk")).values("rows")),
                held_rows=Subquery(held.annotate(rows=Count("pk")).values("rows")),
                oldest=Subquery(due.annotate(oldest=Min("since")).values("oldest")),
            )
        )

    @admin.display(description=gettext_lazy("condition"))
    def condition(self, operator: Operator) -> str:
        if not operator.active:
            return _("not active")
        if operator.paused_at:
            return _("paused")
        if operator.retry_at and operator.retry_at > timezone.now():
            return _("waiting after a failure")
        return _("running")

    @admin.display(description=gettext_lazy("due"))
    def due(self, operator: Any) -> SafeString:
        return self._count(operator, "due", operator.due_rows or 0)

    @admin.display(description=gettext_lazy("held"))
    def held(self, operator: Any) -> SafeString:
        return self._count(operator, "held", operator.held_rows or 0)

    def _count(self, operator: Operator, state: str, rows: int) -> SafeString:
        address = reverse("admin:exchange_ledgerentry_changelist")
        return format_html(
            '<a href="{}?state__exact={}&amp;operator__code__exact={}">{}</a>',
            address, state, operator.code, f"{rows:,}",
        )  # fmt: skip

    @admin.display(description=gettext_lazy("oldest due"))
    def oldest_due(self, operator: Any) -> str:
        oldest: datetime | None = operator.oldest
        if oldest is None:
            return "–"
        age = timesince(oldest)
        return format_html("<strong>{}</strong>", age) if timezone.now() - oldest > LATE else age

    @admin.display(description=gettext_lazy("last error"))
    def problem(self, operator: Operator) -> str:
        return ", ".join(filter(None, (operator.last_error, operator.pull_error))) or "–"

    @admin.action(description=gettext_lazy("Pause delivery to the selected operators"))
    def pause(self, request: HttpRequest, queryset: QuerySet[Operator]) -> None:
        for operator in queryset:
            services.pause(operator=operator, actor=request.user)  # type: ignore[arg-type]
        self._told(request, queryset.count(), paused=True)

    @admin.action(description=gettext_lazy("Resume delivery to the selected operators"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Operator]) -> None:
        for operator in queryset:
            services.resume(operator=operator, actor=request.user)  # type: ignore[arg-type]
        self._told(request, queryset.count(), paused=False)

    def _told(self, request: HttpRequest, number: int, *, paused: bool) -> None:
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
