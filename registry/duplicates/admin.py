"""The stewards' desk: records that are likely of one person, side by side, and what is decided about them."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import STEWARD
from dsp_platform.audit import services as audit
from dsp_platform.casework.admin import WorkQueueAdmin
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.columns import assigned_to
from dsp_platform.casework.queue.filters import StateFilter
from dsp_platform.casework.queue.lists import TabbedList
from dsp_platform.casework.queue.tabs import WAITING
from dsp_platform.web.forms import row_number
from dsp_platform.web.shown import digest_of, is_sent_as_shown
from registry.duplicates import bulk, services
from registry.duplicates.deciders import duplicate_deciders
from registry.duplicates.evidence import all_lines, summary
from registry.duplicates.forms import NEXT_KEY, SAVE_KEY, DecideForm
from registry.duplicates.households import registered_twice
from registry.duplicates.identical import identical
from registry.duplicates.papers import changes_with_photos
from registry.duplicates.remaining import suggested_home, suggested_of
from registry.duplicates.selectors import PREFIX, merge_of, queue_of
from registry.duplicates.timeline import timeline
from registry.duplicates.workflow import announced
from registry.identity.spid import clean_spid
from registry.merging.approvals import merge_subjects
from registry.merging.selectors import consequences
from registry.merging.side_by_side import persons_shown, rows_of
from registry.models import DuplicateCase

IDENTICAL = "identical"
CONFIRMED = "confirmed"
MERGED = "merged"
"""How many were merged by the presses of the button before."""


def _merged_words(count: int) -> str:
    return ngettext("%(count)s pair was merged.", "%(count)s pairs were merged.", count) % {
        "count": number_format(count, force_grouping=True)
    }


class IdenticalFilter(admin.SimpleListFilter):
    title = _("identical records")
    parameter_name = IDENTICAL

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("nothing differs"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return identical(queryset) if self.value() else queryset


@admin.register(DuplicateCase)
class DuplicateCaseAdmin(WorkQueueAdmin[DuplicateCase]):
    view_roles = (STEWARD,)
    listed_as = ("duplicatecase", "pk")
    list_display = (
        "reference", "weight", "evidence_shown", "villages", "state_shown", "found_at", assigned_to,
    )  # fmt: skip
    list_filter = (StateFilter, IdenticalFilter)
    sortable_by = ("weight", "found_at")
    tab_labels: ClassVar = {**WorkQueueAdmin.tab_labels, WAITING: _("Waiting for the commune")}
    actions: Any = ("merge_identical", *WorkQueueAdmin.actions)
    prefix = PREFIX
    search_help_text = _("Reference, or SPID of one of the two")
    step = "decide"
    step_form = DecideForm
    page = "admin/registry/duplicatecase/pair.html"
    beside = (
        "first__village",
        "second__village",
        "first__registered_by",
        "second__registered_by",
        "proposal",
    )
    access_reason = "duplicate"
    deciders = duplicate_deciders
    assignment = services.assignment

    @admin.display(description=_("evidence"))
    def evidence_shown(self, row: DuplicateCase) -> str:
        return "" if row.is_unread else summary(row)

    @admin.display(description=_("village"))
    def villages(self, row: DuplicateCase) -> str:
        if row.is_unread:
            return ""
        return " / ".join(dict.fromkeys(one.village.name for one in (row.first, row.second)))

    @admin.display(description=_("state"))
    def state_shown(self, row: DuplicateCase) -> str:
        words = self.state_in_words(row)
        if not row.answer or row.state != DuplicateCase.State.WAITING or row.is_unread:
            return words
        return _("%(state)s; the commune answered: %(answer)s") % {
            "state": words,
            "answer": row.get_answer_display(),
        }

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TabbedList]:
        """Counted and sorted: records that are identical are ticked together."""
        return TabbedList

    def _consequences(self, row: DuplicateCase) -> list[str]:
        """As if the suggested record remained."""
        if not row.is_open:
            return []
        kept, merged = suggested_of(row)
        return consequences(kept, merged, suggested_home(kept, merged))

    @admin.action(description=_("Merge identical records"))
    def merge_identical(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """A page with their number, examples, and what is left and why; done only as it was shown, a few at
        each press of the button."""
        if CONFIRMED in request.POST:  # also those that an earlier press took out of this tab of the list
            asked = map(row_number, request.POST.getlist(ACTION_CHECKBOX_NAME))
            queryset = self.get_queryset(request).filter(pk__in=[pk for pk in asked if pk])
        user, ticked = staff(request), list(queryset.values_list("pk", flat=True)[: bulk.TICKED])
        more = queryset.count() - len(ticked)
        found = bulk.checked(ticked, actor=user)
        merged = row_number(request.POST.get(MERGED, "")) or 0
        confirmed = CONFIRMED in request.POST and is_sent_as_shown(request, digest_of(*bulk.shown_of(found)))
        if confirmed and found.cases:
            outcome = bulk.merge_identical(found.cases, actor=user)
            merged += outcome.merged
            done = {one.pk for one in found.cases}
            ticked = [pk for pk in ticked if pk not in done]
            found = bulk.checked(ticked, actor=user)
            found.left = outcome.refused + found.left
        if merged and not (found.cases or found.left):
            self.message_user(request, _merged_words(merged), messages.SUCCESS)
            return None
        return self._identical_page(request, found, ticked=ticked, more=more, merged=merged)

    def _identical_page(
        self, request: HttpRequest, found: bulk.Checked, *, ticked: list[int], more: int, merged: int
    ) -> HttpResponse:
        examples = found.cases[: bulk.EXAMPLES]
        context = {
            **page_context(self, request, _("Merge identical records")),
            "ticked": ticked,
            "more": more,
            "found": found,
            "examples": [(one, rows_of(one.first, one.second)) for one in examples],
            "merged": merged,
            "merged_words": _merged_words(merged) if merged else "",
            "digest": digest_of(*bulk.shown_of(found)),
            "confirmed": CONFIRMED,
            "list_url": request.get_full_path(),
        }
        for one in examples:
            self._log_look(request, one)
        return TemplateResponse(request, "admin/registry/duplicatecase/identical.html", context)

    def _log_look(self, request: HttpRequest, case: DuplicateCase) -> None:
        for pk in persons_shown(case.first_id, case.second_id):
            audit.record(
                actor=staff(request),
                action="view",
                subject_kind="person",
                subject_id=pk,
                reason=self.access_reason,
            )

    def queue(self, user: User) -> QuerySet[DuplicateCase]:
        return queue_of(user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DuplicateCase], search_term: str
    ) -> tuple[QuerySet[DuplicateCase], bool]:
        if spid := clean_spid(search_term):
            return queryset.filter(Q(first__spid=spid) | Q(second__spid=spid)), False
        return super().get_search_results(request, queryset, search_term)

    def kind_in_words(self, row: DuplicateCase) -> str:
        return str(self.opts.verbose_name)

    def state_in_words(self, row: DuplicateCase) -> str:
        return str(_("waiting for a second steward")) if row.waits_for_second else row.get_state_display()

    def take_step(self, user: User, row: DuplicateCase, form: StepForm) -> DuplicateCase:
        return services.decide_case(case=row, actor=user, **form.values())

    def after_step(self, request: HttpRequest, row: DuplicateCase) -> HttpResponse:
        """The next one, so that nobody goes back to the list for each."""
        if self._own(request, row.pk).waits_for_second:
            words = _("It waits for a second person. Until then everything holds as it stands.")
            messages.info(request, words)
        found = self.next_of(request, row.pk)
        return redirect(self.url(request, "change", found.pk) if found else self.url(request, "changelist"))

    def show(self, request: HttpRequest, row: DuplicateCase) -> tuple[dict[str, Any], list[Any]]:
        shown = {
            "case": row,
            "state_words": self.state_in_words(row),
            "rows": rows_of(row.first, row.second),
            "evidence": all_lines(row),
            "records": [(one, changes_with_photos(one)) for one in (row.first, row.second)],
            "consequences": self._consequences(row),
            "announced": announced(row, staff(request)) if row.is_open else [],
            "twice": registered_twice(row) if row.is_open else None,
            "events": timeline(row),
            "subjects": merge_subjects(row.first_id, row.second_id),
            "merge": merge_of(row),
            "save_key": SAVE_KEY,
            "next_key": NEXT_KEY,
        }
        return shown, [("person", pk) for pk in persons_shown(row.first_id, row.second_id)]
