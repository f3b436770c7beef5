from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.exchange import services
from dsp_platform.exchange.admin.base import ExchangeAdmin
from dsp_platform.exchange.models import Attempt, LedgerEntry


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ExchangeAdmin):
    list_display = (
        "id", "operator", "kind", "subject_id", "state", "reason", "wanted_version", "delivered_version",
        "attempts", "announced_at", "delivered_at",
    )  # fmt: skip
    list_filter = ("state", "operator", "kind")
    list_select_related = ("operator",)
    search_fields = ("=subject_id", "=reason")
    ordering = ("-id",)
    actions = ("retry",)

    @admin.action(description=gettext_lazy("Release and try again now"))
    def retry(self, request: HttpRequest, queryset: QuerySet[LedgerEntry]) -> None:
        changed = services.retry_entries(entries=queryset, actor=request.user)  # type: ignore[arg-type]
        text = ngettext(
            "%(number)s delivery is tried again.", "%(number)s deliveries are tried again.", changed
        )
        self.message_user(request, text % {"number": changed}, messages.SUCCESS)


@admin.register(Attempt)
class AttemptAdmin(ExchangeAdmin):
    list_display = (
        "at", "operator", "kind", "subject_id", "version", "withdrawal", "outcome", "reason",
    )  # fmt: skip
    list_filter = ("outcome", "operator", "kind")
    list_select_related = ("operator",)
    search_fields = ("=subject_id",)
    ordering = ("-id",)
    hidden = ("digest",)
