"""The history of one subject with every operator, and the search for it.

The search term may be a SPID, so it is sent by POST and is in no address, no log and no audit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.admin.pages import page_context
from dsp_platform.audit import services as audit
from dsp_platform.exchange.admin_base import log_access, steward_of
from dsp_platform.exchange.contract import find_subjects, name_of, registered
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry, Operator, StatusReport
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.web.forms import LAST_NUMBER

# The newest of one subject.
MOST_ATTEMPTS = 500
MOST_REPORTS = 50

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class AttemptRow:
    attempt: Attempt
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    entry: LedgerEntry
    reason: str
    advice: str
    since: datetime | None
    not_before: datetime | None
    in_flight: bool


def subject(page: admin.ModelAdmin[Any]) -> View:
    def view(request: HttpRequest, kind: str, subject: int) -> HttpResponse:
        if not page.has_view_permission(request):
            raise PermissionDenied
        if kind not in registered.kinds or subject > LAST_NUMBER:
            raise Http404
        entries = LedgerEntry.objects.filter(kind=kind, subject_id=subject).order_by("operator_id")
        attempts = Attempt.objects.filter(kind=kind, subject_id=subject).order_by("-at", "-pk")
        newest = list(attempts.select_related("operator", "agreement__operator")[:MOST_ATTEMPTS])
        log_access(steward_of(request), kind, subject)
        context = {
            **page_context(
                page,
                request,
                _("History of %(kind)s %(number)s") % {"kind": name_of(kind), "number": subject},
            ),
            "entries": [
                _entry_row(entry)
                for entry in entries.select_related("operator", "agreement__operator", "outstanding")
            ],
            "attempts": [
                AttemptRow(
                    attempt, reasons.outcome_in_words(attempt.outcome), reasons.in_words(attempt.reason)
                )
                for attempt in reversed(newest)
            ],
            "more": len(newest) == MOST_ATTEMPTS,
            "most": MOST_ATTEMPTS,
        }
        return TemplateResponse(request, "admin/exchange/ledgerentry/subject.html", context)

    return view


def _entry_row(entry: LedgerEntry) -> EntryRow:
    waiting = getattr(entry, "outstanding", None)
    return EntryRow(
        entry=entry,
        reason=reasons.in_words(entry.reason),
        advice=reasons.advice(entry.reason) if waiting and waiting.held else "",
        since=waiting.since if waiting else None,
        not_before=waiting.not_before if waiting and not waiting.held else None,
        in_flight=Lease.objects.filter(operator=entry.operator_id, entries__contains=[entry.pk]).exists(),
    )


class FindForm(forms.Form):
    """A term that is too long for any of these numbers costs no query."""

    number = forms.CharField(max_length=64)


def find(page: admin.ModelAdmin[Any]) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        if not page.has_view_permission(request):
            raise PermissionDenied
        form = FindForm(request.POST if request.method == "POST" else None)
        typed = form.cleaned_data["number"] if form.is_valid() else ""
        found: list[tuple[str, int]] = []
        reports: list[StatusReport] = []
        if typed:
            found = _subjects(typed)
            # By the operator's reference; held ones also by their subject. Both have an index.
            of_reference = Q(operator__in=Operator.objects.values("pk"), reference=typed)
            held = Q(state=StatusReport.State.HELD, subject=typed)
            rows = StatusReport.objects.filter(of_reference | held).select_related("operator")
            reports = list(rows.order_by("-pk")[:MOST_REPORTS])
            audit.record(
                actor=steward_of(request),
                action="search",
                subject_kind="ledger",
                details={"found": len(found)},
            )
        if len(found) == 1 and not reports:
            return HttpResponseRedirect(reverse("admin:exchange_ledgerentry_subject", args=found[0]))
        context = {
            **page_context(page, request, _("Find a delivery")),
            "found": [(kind, number, name_of(kind)) for kind, number in found],
            "reports": reports,
            "submitted": form.is_bound,
        }
        return TemplateResponse(request, "admin/exchange/ledgerentry/find.html", context)

    return view


def _subjects(typed: str) -> list[tuple[str, int]]:
    """By any number of a subject, or by our own id."""
    found = find_subjects(typed)
    digits = latin_digits(typed)
    if digits.isascii() and digits.isdecimal() and len(digits) < 12:
        known = LedgerEntry.objects.filter(subject_id=int(digits)).order_by()
        found |= set(known.values_list("kind", "subject_id").distinct())
    return sorted(found)
