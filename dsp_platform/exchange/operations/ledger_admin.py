"""The lists of outstanding entries and of attempts. Settled entries are found by their subject."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.admin.lists import FixedValuesFilter
from dsp_platform.exchange.admin_base import ByKind, ByOperator, ExchangeAdmin, steward_of
from dsp_platform.exchange.contract import name_of
from dsp_platform.exchange.delivery import release
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Attempt, LedgerEntry
from dsp_platform.exchange.operations import history_admin as history
from dsp_platform.web.forms import row_number

# The newest attempts are listed; older ones are in the history of their subject.
NEWEST = 100_000


class ListsSubjects:
    """Mixin: showing a row in a list is logged as access to its subject."""

    def listed(self, rows: Sequence[LedgerEntry | Attempt]) -> Iterable[tuple[str, int]]:
        return [(row.kind, row.subject_id) for row in rows]


class ByState(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("due", gettext_lazy("due")),
            ("fill", gettext_lazy("due from a first fill")),
            ("held", gettext_lazy("held for a person")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "due":
                return queryset.filter(outstanding__held=False, outstanding__backlog=False)
            case "fill":
                return queryset.filter(outstanding__held=False, outstanding__backlog=True)
            case "held":
                return queryset.filter(outstanding__held=True)
        return queryset


class OfOperator(ByOperator):
    path = "outstanding__operator"


class ByReason(FixedValuesFilter):
    """Chosen on the operator's page; no filter before that."""

    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        chosen = request.GET.get("reason", "")
        return [(chosen, reasons.in_words(chosen))] if chosen else []


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ListsSubjects, ExchangeAdmin):
    change_list_template = "admin/exchange/ledgerentry/change_list.html"
    list_display = (
        "subject", "operator", "state", "why", "wanted_version", "delivered_version", "attempts", "since",
        "next_try",
    )  # fmt: skip
    list_display_links = None
    list_filter = (ByState, OfOperator, ByKind, ByReason)
    list_select_related = ("operator", "outstanding")
    sortable_by = ()
    ordering = ("-id",)
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).filter(outstanding__isnull=False)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("find/", wrap(history.find(self)), name="exchange_ledgerentry_find"),
            path(
                "subject/<slug:kind>/<int:subject>/",
                wrap(history.subject(self)),
                name="exchange_ledgerentry_subject",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Redirects to the history of the subject."""
        number = row_number(object_id)
        entry = None if number is None else LedgerEntry.objects.filter(pk=number).first()
        if entry is None or not self.has_view_permission(request, entry):
            return super().change_view(request, object_id, form_url, extra_context)
        return HttpResponseRedirect(_history_of(entry))

    @admin.display(description=gettext_lazy("subject"))
    def subject(self, entry: LedgerEntry) -> SafeString:
        return format_html(
            '<a href="{}">{} {}</a>', _history_of(entry), name_of(entry.kind), entry.subject_id
        )

    @admin.display(description=gettext_lazy("reason"))
    def why(self, entry: LedgerEntry) -> str:
        return reasons.in_words(entry.reason) or "–"

    @admin.display(description=gettext_lazy("since"))
    def since(self, entry: LedgerEntry) -> Any:
        return entry.outstanding.since

    @admin.display(description=gettext_lazy("not before"))
    def next_try(self, entry: LedgerEntry) -> Any:
        return None if entry.outstanding.held else entry.outstanding.not_before

    @admin.action(description=gettext_lazy("Release and try again now"))
    def retry(self, request: HttpRequest, queryset: QuerySet[LedgerEntry]) -> None:
        changed = release.retry_entries(entries=queryset, actor=steward_of(request))
        text = ngettext(
            "%(number)s delivery is tried again.", "%(number)s deliveries are tried again.", changed
        )
        self.message_user(request, text % {"number": changed}, messages.SUCCESS)


def _history_of(row: LedgerEntry | Attempt) -> str:
    return reverse("admin:exchange_ledgerentry_subject", args=[row.kind, row.subject_id])


class ByOutcome(FixedValuesFilter):
    title = gettext_lazy("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return reasons.OUTCOMES.items()


@admin.register(Attempt)
class AttemptAdmin(ListsSubjects, ExchangeAdmin):
    change_list_template = "admin/exchange/ledgerentry/change_list.html"
    list_display = ("at", "subject", "operator", "version", "what", "result", "why")
    list_filter = (ByOutcome, ByOperator, ByKind)
    list_select_related = ("operator",)
    sortable_by = ()
    ordering = ("-id",)
    hidden = ("digest", "subject_id", "withdrawal")
    in_words: ClassVar[dict[str, str]] = {"kind": "subject", "outcome": "result", "reason": "why"}
    subject = LedgerEntryAdmin.subject

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        newest = Attempt.objects.aggregate(last=Max("pk"))["last"] or 0
        return super().get_queryset(request).filter(pk__gt=newest - NEWEST)

    @admin.display(description=gettext_lazy("what"))
    def what(self, attempt: Attempt) -> str:
        return _("withdrawal") if attempt.withdrawal else _("record")

    @admin.display(description=gettext_lazy("outcome"))
    def result(self, attempt: Attempt) -> str:
        return reasons.outcome_in_words(attempt.outcome)

    @admin.display(description=gettext_lazy("reason"))
    def why(self, attempt: Attempt) -> str:
        return reasons.in_words(attempt.reason) or "–"
