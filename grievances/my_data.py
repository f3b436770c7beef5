"""Grievances in the download of one's own data: those reported by name.

Unnamed ones cannot be attributed, and those told in secret are reached by reference and
PIN only. An official reads none about their own office for the person.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from grievances.categories import NEVER_DELIVERED
from grievances.models import Grievance
from grievances.selectors import grievances_of
from registry.my_data.sections import DataSubject, MyDataSection
from registry.persons.conflicts import listed_for
from registry.persons.households import with_household


def _reader(about: DataSubject) -> User | None:
    return about.assisted_session.official if about.assisted_session else None


def grievances(about: DataSubject) -> list[dict[str, Any]]:
    rows = grievances_of(about.person, _reader(about)).select_related("operator").order_by("pk")
    found = list(rows.prefetch_related("events"))
    return [
        {
            "reference": row.reference,
            "category": row.category,
            "operator": row.operator_id,
            "operator_name": str(row.operator) if row.operator else None,
            "state": row.state,
            "reported_at": row.reported_at.isoformat(),
            "text": row.text,
            "answers": [
                {"at": event.at.isoformat(), "note": event.note} for event in row.events.all() if event.note
            ],
        }
        for row in listed_for(about.assisted_session, with_household(about.person), found, "reported_by")
    ]


def subjects(about: DataSubject) -> dict[int, str]:
    """Of what an operator may have a copy."""
    rows = listed_for(
        about.assisted_session,
        with_household(about.person),
        list(grievances_of(about.person, _reader(about)).exclude(category__in=NEVER_DELIVERED)),
        "reported_by",
    )
    return {row.pk: f"{row.get_category_display()} {row.reference}" for row in rows}


SECTION = MyDataSection(
    name="grievances",
    title=_("Grievances"),
    build=grievances,
    listed_less_to_kin_of=lambda about: with_household(about.person),
    labels={
        "category": _("About"),
        "reported_at": _("Reported on"),
        "text": _("What happened"),
        "answers": _("Answers"),
    },
    subjects={"grievance": subjects},
    values=lambda: {
        "state": dict(Grievance.State.choices),
        "category": dict(Grievance.Category.choices),
    },
)
