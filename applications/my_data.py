"""Applications in the download of one's own data, and those that the withdrawal of a consent affects."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import workflow
from applications.agreements import rests_on_consent
from applications.documents import APPLICATION
from applications.models import Application
from applications.services import has_approved_support
from applications.timeline import apply_again
from dsp_platform.uploads.models import Upload
from dsp_platform.uploads.selectors import uploads_of
from registry.models import Household
from registry.my_data.sections import DataSubject, MyDataSection
from registry.persons.conflicts import listed_for
from registry.persons.households import with_household


def applications(about: DataSubject) -> list[dict[str, Any]]:
    """Of this person only; other members download their own."""
    rows = Application.objects.filter(person=about.person).select_related("programme").order_by("pk")
    found = list(rows.prefetch_related("events"))
    return [
        {
            "reference": row.reference,
            "programme": row.programme.code,
            "programme_name": row.programme.name,
            "state": row.state,
            "submitted_at": row.submitted_at.isoformat(),
            "events": [
                {
                    "at": event.at.isoformat(),
                    "step": event.step,
                    "reason": event.reason or None,
                    "note": event.note or None,
                }
                for event in row.events.all()
            ],
            "sent_documents": [
                {
                    "document": sent.title,
                    "at": sent.created_at.isoformat(),
                    "file": sent.state,
                    "pages": len(sent.pages.all()),
                }
                for sent in uploads_of(APPLICATION, str(row.pk))
            ],
        }
        for row in listed_for(about.assisted_session, with_household(about.person), found, "submitted_by")
    ]


def subjects(about: DataSubject) -> dict[int, str]:
    rows = Application.objects.filter(person__in=about.members).select_related("programme")
    return {row.pk: f"{row.programme.name} {row.reference}" for row in rows}


def affected(household: Household, operator_code: str) -> list[str]:
    """Open applications: closed by it, or gone on with where the support was approved before."""
    closes = rests_on_consent(operator_code)
    rows = Application.objects.filter(
        person__memberships__household=household,
        person__memberships__ended_on=None,
        programme__operator_id=operator_code,
        state__in=Application.OPEN_STATES,
    )
    return [
        _effect(row, closes and not has_approved_support(row))
        for row in rows.select_related("programme", "person").order_by("pk")
    ]


def _effect(application: Application, is_closed: bool) -> str:
    what = {"reference": application.reference, "programme": application.programme.name}
    if not is_closed:
        return _("The application %(reference)s for %(programme)s is not decided yet.") % what
    closed = _("The application %(reference)s for %(programme)s is closed.") % what
    return " ".join(filter(None, (closed, apply_again(application, consent_ended=True))))


SECTION = MyDataSection(
    name="applications",
    title=gettext_lazy("Applications"),
    build=applications,
    listed_less_to_kin_of=lambda about: with_household(about.person),
    values=lambda: {
        "state": dict(Application.State.choices),
        "step": {name: step.title for name, step in workflow.STEPS.items()},
        "reason": workflow.REASONS,
        "file": dict(Upload.State.choices),
    },
    subjects={"application": subjects},
    affected=affected,
)
