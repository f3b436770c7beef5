"""Applications in the download of one's own data, and those that the withdrawal of a consent affects."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from applications import workflow
from applications.answers.selectors import lines_of
from applications.documents import APPLICATION
from applications.models import Application
from applications.services import closed_without_consent
from applications.timeline import apply_again
from dsp_platform.casework.workflow import reasons_of
from dsp_platform.uploads.models import Upload
from dsp_platform.uploads.selectors import uploads_of
from registry.models import Person, lives_in
from registry.my_data.sections import DataSubject, MyDataSection
from registry.persons.conflicts import listed_for
from registry.persons.households import with_household


def applications(about: DataSubject) -> list[dict[str, Any]]:
    """Of this person only; other members download their own."""
    rows = (
        Application.objects.filter(person=about.person)
        .select_related("programme", "answers__answers_to")
        .order_by("pk")
    )
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
                    "reason": reasons_of(event.reason) or None,
                    "note": event.words(get_language() or "km") or None,
                }
                for event in row.events.all()
            ],
            "answers": [{"question": line.question, "answer": line.answer} for line in lines_of(row)],
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


def affected(about: DataSubject, operator_code: str) -> list[str]:
    """Open applications of all members: closed by it, or gone on with where the support was approved before.

    Those that this reader sees in lists are named, with whose they are; of others only that there is one.
    """
    home = about.household
    if home is None:
        return []
    rows = Application.objects.filter(lives_in([home], of="person__"), state__in=Application.OPEN_STATES)
    if operator_code:
        rows = rows.filter(programme__operator_id=operator_code)
    found = list(rows.select_related("programme", "person").order_by("pk"))
    named = listed_for(about.assisted_session, with_household(about.person), found, "submitted_by")
    closed = {one.pk for one in closed_without_consent(operator_code, found)}
    unnamed = [
        _("The application of another member of the household is closed.")
        for one in found
        if one not in named and one.pk in closed
    ]
    effects = [_effect(one, about.person, is_closed=one.pk in closed) for one in named]
    if operator_code:
        again = {one.pk: apply_again(one, consent_ended=True) for one in named if one.pk in closed}
        effects = [
            " ".join(filter(None, (words, again.get(one.pk, ""))))
            for one, words in zip(named, effects, strict=True)
        ]
    return [*effects, *unnamed]


def _effect(application: Application, reader: Person, *, is_closed: bool) -> str:
    what = {
        "reference": application.reference,
        "programme": application.programme.name,
        "name": application.person.name,
    }
    is_own = application.person == reader
    if not is_closed:
        undecided = (
            _("The application %(reference)s for %(programme)s is not decided yet.")
            if is_own
            else _("The application %(reference)s of %(name)s for %(programme)s is not decided yet.")
        )
        return undecided % what
    closed = (
        _("The application %(reference)s for %(programme)s is closed.")
        if is_own
        else _("The application %(reference)s of %(name)s for %(programme)s is closed.")
    )
    return closed % what


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
