"""The work queue of those who answer grievances, each with the form of the next step."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.who_may import who_may_decide
from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import REVIEWER, STEWARD
from dsp_platform.casework.admin import WorkQueueAdmin
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.load_pages import ColleagueFilter
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.columns import (
    area_name,
    assigned_to,
    due_date,
    hidden_where_unread,
    person_name,
)
from dsp_platform.casework.queue.filters import DueFilter, StateFilter
from dsp_platform.casework.queue.lists import Searched
from dsp_platform.casework.queue.tabs import DECIDED, TO_DECIDE
from dsp_platform.templatetags.site_tags import PageContent
from dsp_platform.web.forms import unvalidated
from dsp_platform.web.request_cache import remember
from grievances import pins, services
from grievances.about import RELATIONS, lines
from grievances.actors import looked_at
from grievances.attachments.subject import remember_grievance
from grievances.deciders import grievance_deciders
from grievances.forms import HandleForm
from grievances.linked import linked
from grievances.models import Grievance
from grievances.queue import describe, found
from grievances.routing import admin as routing
from grievances.secrecy import TOLD_IN_SECRET, opens
from grievances.selectors import may_handle, queue_of
from grievances.timeline import staff_timeline
from grievances.workflow import STEPS


def _would_be_left_to_nobody(row: Grievance) -> bool:
    """An appeal that cannot be overturned without somebody new at the operator."""
    if not row.is_open or row.decision_id is None or row.application is None:
        return False
    return next(who_may_decide(row.application), None) is None


__all__ = ["GrievanceAdmin", "routing"]


operator = hidden_where_unread("operator", gettext_lazy("operator"))
late = hidden_where_unread("late", gettext_lazy("after the last day"), boolean=True)


@admin.register(Grievance)
class GrievanceAdmin(WorkQueueAdmin[Grievance]):
    view_roles = (REVIEWER, STEWARD)
    list_display = (
        "reference", due_date, person_name, "category", operator, area_name, assigned_to, "state", late,
        "reported_at",
    )  # fmt: skip
    list_filter = (StateFilter, DueFilter, "category", ColleagueFilter)
    search_help_text = gettext_lazy("Reference, SPID, phone number, or name in either script")
    tab_labels: ClassVar = {
        **WorkQueueAdmin.tab_labels,
        TO_DECIDE: gettext_lazy("To be answered"),
        DECIDED: gettext_lazy("Answered"),
    }
    prefix = pins.PREFIX
    step = "handle"
    step_form = HandleForm
    page = "admin/grievances/grievance/handle.html"
    beside = RELATIONS
    access_reason = "answer"
    deciders = grievance_deciders
    assignment = services.assignment
    never_exported = TOLD_IN_SECRET

    def queue(self, user: User) -> QuerySet[Grievance]:
        return queue_of(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grievance]:
        return super().get_queryset(request).select_related("person", "area")

    def prepare(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        super().prepare(request, rows)
        describe([row for row in rows if not row.is_unread])

    def listed(self, rows: Sequence[Any]) -> Iterable[tuple[str, int]]:
        yield from (("grievance", row.pk) for row in rows)
        for row in rows:
            yield from looked_at(row) if row.shown_name else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Grievance], search_term: str
    ) -> tuple[QuerySet[Grievance], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=found(staff(request), queryset, search_term)), False

    def left_out_in_words(self, count: int) -> str:
        return ngettext(
            "%(count)s sensitive report is not in the file.",
            "%(count)s sensitive reports are not in the file.",
            count,
        ) % {"count": count}

    def searched(self, user: User) -> Searched:
        note = _("What is sensitive is found by its reference alone.")
        return replace(super().searched(user), note=note)

    def kind_in_words(self, row: Grievance) -> str:
        return row.get_category_display()

    def before_step(self, request: HttpRequest, row: Grievance, form: StepForm) -> HttpResponse | None:
        """The page that says who would read what is sensitive now."""
        if not form.is_valid():
            return None
        sent = form.cleaned_data
        if "change" in request.POST:
            return self._page(request, row, unvalidated(form))
        if sent["confirmed"] or sent["step"] != "recategorise" or not opens(row, sent["category"]):
            return None
        if (
            not sent["note"]
            or sent["version"] != row.version
            or self.deciders.why_barred(staff(request), row)
        ):
            return None  # ``take_step`` is refused for the same reason
        context = page_context(self, request, _("Confirm: %(step)s") % {"step": STEPS[sent["step"]].button})
        context |= {
            "page_content": PageContent(has_main_form=True),
            "grievance": row,
            "category": Grievance.Category(sent["category"]).label,
            "form": form,
            "step_url": self.url(request, self.step, row.pk),
            "back_url": self.url(request, "change", row.pk),
            "list_url": self.url(request, "changelist"),
        }
        return render(request, "admin/grievances/grievance/confirm.html", context)

    def take_step(self, user: User, row: Grievance, form: StepForm) -> Grievance:
        return services.handle_grievance(grievance=row, actor=user, **form.values())

    def show(self, request: HttpRequest, row: Grievance) -> tuple[dict[str, Any], list[Any]]:
        remember_grievance(row)
        remember(may_handle, True, staff(request), row)  # read from the queue
        user = staff(request)
        read = linked(user, row)
        shown = {
            "grievance": row,
            "lines": lines(row, user, lambda one: self.url(request, "change", one.pk)),
            "events": staff_timeline(row),
            "left_to_nobody": _would_be_left_to_nobody(row),
            "linked": read,
        }
        accessed = [*looked_at(row), *(read.seen if read else ())]
        return shown, list(dict.fromkeys(accessed))
