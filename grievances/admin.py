"""The work queue of those who answer grievances, each with the form of the next step."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from applications.workflow import reason_words
from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import REVIEWER, STEWARD
from dsp_platform.casework.admin import (
    AssigneeFilter,
    OpenFilter,
    WorkQueueAdmin,
    assigned_to,
    hidden_where_unread,
)
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.timeline import Entry
from dsp_platform.templatetags.site_tags import runs
from grievances import pins, services, workflow
from grievances.deciders import grievance_deciders
from grievances.forms import HandleForm
from grievances.models import Grievance
from grievances.routing import admin as routing
from grievances.selectors import queue_of
from grievances.timeline import rating_in_words
from registry.models import Payment

PAYMENTS_SHOWN = 6


def _last_payments(row: Grievance) -> list[Payment]:
    """Of the support that it is about."""
    return list(row.enrolment.payments.order_by("-paid_on")[:PAYMENTS_SHOWN]) if row.enrolment else []


__all__ = ["GrievanceAdmin", "routing"]


class StateFilter(OpenFilter):
    open_label = gettext_lazy("to be answered")


operator = hidden_where_unread("operator", gettext_lazy("operator"))
late = hidden_where_unread("late", gettext_lazy("after the last day"), boolean=True)


@admin.register(Grievance)
class GrievanceAdmin(WorkQueueAdmin[Grievance]):
    view_roles = (REVIEWER, STEWARD)
    listed_as = ("grievance", "pk")
    list_display = ("reference", "category", operator, "state", late, "reported_at", assigned_to)
    list_filter = (StateFilter, "category", AssigneeFilter)
    prefix = pins.PREFIX
    step = "handle"
    step_form = HandleForm
    page = "admin/grievances/grievance/handle.html"
    beside = (
        "person",
        "area",
        "team",
        "application__programme",
        "decision",
        "programme",
        "enrolment",
        "repeat_of",
    )
    access_reason = "answer"
    deciders = grievance_deciders
    assignment = services.assignment

    def queue(self, user: User) -> QuerySet[Grievance]:
        return queue_of(user)

    def kind_in_words(self, row: Grievance) -> str:
        return row.get_category_display()

    def take_step(self, user: User, row: Grievance, form: StepForm) -> Grievance:
        return services.handle_grievance(grievance=row, actor=user, **form.values())

    def show(self, request: HttpRequest, row: Grievance) -> tuple[dict[str, Any], list[Any]]:
        person = row.person
        # Unlike the reporter, staff read which colleague it was.
        events = [
            Entry(
                str(workflow.STEPS[one.step].title),
                one.at,
                one.note or rating_in_words(one),
                runs(one.actor.staff_name) if one.actor and one.actor.is_staff else "",
            )
            for one in row.events.select_related("actor").order_by("-at", "-pk")
        ]
        shown = {
            "grievance": row,
            "person": person,
            "events": events,
            "payments": _last_payments(row),
            "repeats": list(row.repeats.order_by("pk")),
            "decision_reason": reason_words(row.decision.reason) if row.decision else "",
        }
        return shown, [("person", person.pk)] if person else []
