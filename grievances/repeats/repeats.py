"""The same matter told twice: a handler marks one as a repeat, and one answer goes to all."""

from dsp_platform.accounts.models import User
from dsp_platform.database.references import clean_reference
from grievances import errors
from grievances.deciders import grievance_deciders, why_unread
from grievances.models import Grievance
from grievances.pins import PREFIX
from grievances.selectors import may_handle
from grievances.workflow import grievance_workflow


def locked_original(typed: str) -> Grievance | None:
    """Locked before its repeat, as an answer locks them."""
    found = Grievance.objects.filter(reference=clean_reference(typed, PREFIX)).first()
    return found and grievance_workflow.lock(found)


def check_original(repeat: Grievance, original: Grievance | None, actor: User) -> Grievance:
    """Raises ``NoOriginal`` for one that the actor does not read and answer, alike for one that does not
    exist; for itself, an appeal or a sensitive one; for one that is answered, or a repeat itself."""
    if original is None or original.pk == repeat.pk:
        raise errors.NoOriginal
    if original.told_in_secret or original.category == Grievance.Category.APPEAL:
        raise errors.NoOriginal
    if not may_handle(actor, original) or why_unread(actor, original):
        raise errors.NoOriginal
    if not original.is_open or original.repeat_of_id is not None or repeat.repeats.exists():
        raise errors.NoOriginal
    return original


def answer_repeats(
    original: Grievance, step: str, *, actor: User | None, note: str, source: str = ""
) -> None:
    """With the same words, in the transaction that answers the original. Each reporter is told.

    Those that the actor, or the operator's own system, may not answer go on by themselves.
    """
    for repeat in original.repeats.filter(state__in=Grievance.OPEN_STATES).order_by("pk"):
        repeat = grievance_workflow.lock(repeat)
        if not repeat.is_open or repeat.repeat_of_id != original.pk:
            continue
        if not _may_answer(actor, repeat, original):
            grievance_workflow.part_repeat(repeat)
            continue
        repeat.answered_by, repeat.answered_at = actor, original.answered_at
        grievance_workflow.take_step(
            repeat, step, actor=actor, note=note, source=source, fields=["answered_by", "answered_at"]
        )


def _may_answer(actor: User | None, repeat: Grievance, original: Grievance) -> bool:
    """As if it were no repeat."""
    if any(one.told_in_secret for one in (repeat, original)):
        return False
    if actor is None:
        return repeat.team_id == original.team_id
    return grievance_deciders.why_barred(actor, repeat) is None
