from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import QuerySet
from django.utils import timezone

from dsp_platform.admin.roles import STEWARD
from dsp_platform.approval.contract import kinds
from dsp_platform.approval.errors import AlreadyPending, NobodyCanApprove
from dsp_platform.approval.models import WAITS, Proposal
from dsp_platform.web.errors import NotApproved

WAITING = (Proposal.State.PROPOSED, Proposal.State.APPROVED)


def pending_proposals_about(kind: str, subject: str) -> list[Proposal]:
    """What waits for a second person or for its day, about this row."""
    about = Proposal.objects.filter(kind=kind, subject=subject, state__in=WAITING)
    return list(about.select_related("proposed_by").order_by("effective_from", "pk"))


def last_refusal(kind: str, *subjects: str) -> Proposal | None:
    """The last that was proposed about this row, if it was refused: whoever proposes again reads why."""
    about = Proposal.objects.filter(kind=kind, subject__in=subjects)
    last = about.select_related("decided_by").order_by("pk").last()
    return last if last is not None and last.state == Proposal.State.REFUSED else None


def count_waiting_for(user: AbstractBaseUser) -> int:
    """How many this steward may approve, in three queries."""
    since = timezone.now() - WAITS
    others = Proposal.objects.filter(state=Proposal.State.PROPOSED, proposed_at__gte=since)
    waiting = list(others.exclude(proposed_by=user.pk).only("kind", "act", "subject"))
    number = 0
    for code in {proposal.kind for proposal in waiting}:
        own = [proposal for proposal in waiting if proposal.kind == code]
        barred = kinds[code].barred(own)
        number += sum(user.pk not in barred.get(proposal.subject, ()) for proposal in own)
    return number


def halves_for(user: AbstractBaseUser) -> list[Proposal]:
    """Approved proposals of this user with a half of a code that the user can hand over now."""
    since = timezone.now() - WAITS
    done = Proposal.objects.filter(
        state=Proposal.State.CARRIED_OUT, proposed_by=user.pk, closed_at__gte=since
    )
    return [proposal for proposal in done.order_by("pk") if kinds[proposal.kind].for_proposer(proposal)]


def reason_blocked(kind: str, subject: str) -> NotApproved | None:
    """Why nothing can be proposed about it now, for a form that keeps what was typed."""
    if pending_proposal(kind, subject):
        return AlreadyPending()
    return None if joined_stewards()[:2].count() > 1 else NobodyCanApprove()


def joined_stewards() -> QuerySet[AbstractBaseUser]:
    """Those who can sign in: who have joined and are not waiting for new credentials.

    Joining sets password and second factor together, and resetting clears both.
    """
    stewards = get_user_model()._default_manager.filter(role=STEWARD, is_active=True)
    return stewards.exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def pending_proposal(kind: str, subject: str) -> Proposal | None:
    return Proposal.objects.filter(kind=kind, subject=subject, state=Proposal.State.PROPOSED).first()
