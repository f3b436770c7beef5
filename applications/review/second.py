"""Which decisions another reviewer must agree to, as the programme asks."""

from django.utils.crypto import salted_hmac

from applications import errors
from applications.models import Application, HeldDecision
from applications.workflow import DECIDING
from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff.inviters import is_new, may_be_one_person
from dsp_platform.casework.errors import MayBeOnePerson, StepRefused
from registry.models import Programme
from registry.programmes.selectors import amounts_of

Second = HeldDecision.Second


def second_asked(application: Application, decision: str) -> str:
    """One of ``HeldDecision.Second``, or "" where the reviewer decides alone."""
    if decision not in DECIDING:
        return ""
    programme = application.programme
    if decision == "approve" and _is_above(programme):
        return Second.AMOUNT
    return Second.SHARE if _is_drawn(application, programme.second_review_share) else ""


def second_foreseen(application: Application, decision: str) -> str:
    """As ``second_asked``, as far as a reviewer may know before deciding: not whether this one is drawn, only
    that it could be. Otherwise whoever had something to hide would keep back those that are drawn."""
    if decision not in DECIDING:
        return ""
    if decision == "approve" and _is_above(application.programme):
        return Second.AMOUNT
    return Second.SHARE if application.programme.second_review_share else ""


def _is_above(programme: Programme) -> bool:
    most = programme.second_review_above
    return most is not None and any((one.amount or 0) > most for one in amounts_of(programme).gives)


def _is_drawn(application: Application, percent: int) -> bool:
    """The same each time for one application, so that undoing and deciding again draws nothing anew; and
    nobody can tell beforehand who does not know the secret."""
    digest = salted_hmac("applications.second_review", application.reference, algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big") % 100 < percent


def why_not_second(user: User, held: HeldDecision) -> StepRefused | None:
    """Why this reviewer is not the second one beside who decided; None if they are."""
    if held.decided_by_id == user.pk:
        return errors.SecondIsAnother()
    if is_new(user):
        return errors.SecondTooNew()
    return MayBeOnePerson() if may_be_one_person(user, held.decided_by) else None
