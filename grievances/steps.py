"""Taking one step: the state changed, the event appended, the text message written."""

from dsp_platform.accounts.models import Case, User
from dsp_platform.audit import services as audit
from dsp_platform.khmer.text import clean_lines
from dsp_platform.notifications import services as notifications
from grievances import errors, workflow
from grievances.models import Grievance, GrievanceEvent
from registry.phones.selectors import contact_phone, numbers_lost

LENGTH = 5000


def cleaned(text: str) -> str:
    return clean_lines(text)[:LENGTH].strip()


def locked(grievance: Grievance) -> Grievance:
    return Grievance.objects.select_for_update(no_key=True).get(pk=grievance.pk)


def take(grievance: Grievance, step: workflow.Step, actor: User | None, text: str) -> None:
    """The caller holds the row's lock and has judged who may. Raises StepNotAllowed, NoteMissing."""
    note = cleaned(text)
    if grievance.state not in step.before:
        raise errors.StepNotAllowed
    if step.needs_note and not note:
        raise errors.NoteMissing
    grievance.state = step.after or grievance.state
    grievance.version += 1
    grievance.save(update_fields=["state", "version", "operator", "answered_by"])
    append(grievance, step, actor, note)


def append(
    grievance: Grievance,
    step: workflow.Step,
    actor: User | None,
    note: str = "",
    case: Case | None = None,
) -> None:
    GrievanceEvent.objects.create(
        grievance=grievance, step=step.name, state=grievance.state, actor=actor, note=note or None
    )
    audit.record(
        actor=actor,
        action=step.name,
        subject_kind="grievance",
        subject_id=grievance.pk,
        # An unnamed or sensitive report must not lead back to the case it was told in.
        case_id=case.pk if case and actor and grievance.category not in workflow.SENSITIVE else None,
    )


def send_text(grievance: Grievance, template: str) -> None:
    phone = _phone_of(grievance)
    if phone:
        notifications.send(
            phone=phone,
            language=grievance.language,
            template=template,
            params={"reference": grievance.reference},
            subject_kind="grievance",
            subject_id=grievance.pk,
        )


def _phone_of(grievance: Grievance) -> str:
    """Of an appeal the applicant's number of today, as the application's own texts: the one of the day it was
    filed may be somebody else's by now.

    Of a report the number that was proved for it, and no other, also where it is about an application: that
    one's texts may go to the head of the household, of whom the report may be. None once it may be in other
    hands: whoever reported has died, or the number is lost. Reference and PIN still show the answer.
    """
    if grievance.decision_id and grievance.application is not None:
        return contact_phone(grievance.application.person)
    if not grievance.phone_confirmed_at or _changed_hands(grievance):
        return ""
    return grievance.phone


def _changed_hands(grievance: Grievance) -> bool:
    person = grievance.person
    if person is None:
        return False
    person = person.merged_into or person
    return person.died_on is not None or grievance.phone in numbers_lost(person)
