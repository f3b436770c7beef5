from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.exchange import services
from dsp_platform.exchange.admin.base import ExchangeAdmin
from dsp_platform.exchange.models import StatusReport


@admin.register(StatusReport)
class StatusReportAdmin(ExchangeAdmin):
    """Without the values: a note of the operator may speak of the person."""

    list_display = (
        "id", "operator", "kind", "subject", "status", "state", "reason", "received_at", "handled_at",
    )  # fmt: skip
    list_filter = ("state", "operator", "kind")
    list_select_related = ("operator",)
    search_fields = ("=subject", "=reference")
    ordering = ("-id",)
    actions = ("retry",)
    hidden = ("values",)

    @admin.action(description=gettext_lazy("Handle again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[StatusReport]) -> None:
        changed = services.retry_reports(reports=queryset, actor=request.user)  # type: ignore[arg-type]
        text = ngettext(
            "%(number)s report is handled again.", "%(number)s reports are handled again.", changed
        )
        self.message_user(request, text % {"number": changed}, messages.SUCCESS)
