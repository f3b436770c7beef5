"""Held decisions, as the queue and the page of an application show them."""

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from applications.models import Application, HeldDecision
from dsp_platform.accounts.models import User

State = HeldDecision.State
UNSEEN = 5
"""How many that did not leave are told at once."""


def with_held(rows: QuerySet[Application]) -> QuerySet[Application]:
    """With ``held_now``: the decision that has not left yet, or was undone though it was drawn, in a list of
    one or none."""
    held = HeldDecision.objects.filter(Q(state=State.HELD) | _undone_though_drawn())
    held = held.select_related("decided_by", "ended_by")
    return rows.prefetch_related(Prefetch("held_decisions", held, to_attr="held_now"))


def not_held(rows: QuerySet[Application]) -> QuerySet[Application]:
    held = HeldDecision.objects.filter(state=State.HELD)
    return rows.exclude(pk__in=held.values("application"))


def awaiting_second(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Those decided by one reviewer that another must agree to, the oldest first; also undone ones that were
    drawn, so that nobody learns by trying which of their decisions another one sees."""
    held = Q(state=State.HELD, agreed_by=None) & ~Q(second="")
    waits = HeldDecision.objects.filter(held | _undone_though_drawn())
    return rows.filter(pk__in=waits.values("application")).order_by("pk")


def _undone_though_drawn() -> Q:
    """And nothing was decided since."""
    later = HeldDecision.objects.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
    drawn = Q(state=State.UNDONE, second=HeldDecision.Second.SHARE, agreed_by=None)
    return drawn & Q(version=F("application__version")) & Q(~Exists(later))


def last_held(application: Application) -> HeldDecision | None:
    """The one that is held, or was last."""
    rows = application.held_decisions.select_related("decided_by", "agreed_by", "ended_by")
    return rows.last()


def unseen_of(user: User) -> QuerySet[HeldDecision]:
    """Their decisions that were sent back or could not leave, and which they have not read yet."""
    rows = HeldDecision.objects.filter(
        decided_by=user, state__in=[State.RETURNED, State.CANCELLED], seen_at=None
    )
    return rows.select_related("application").order_by("ended_at")[:UNSEEN]
