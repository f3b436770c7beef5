"""Held decisions, as the queue and the page of an application show them."""

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from applications.models import Application, HeldDecision
from applications.selectors import with_judged_version
from dsp_platform.accounts.models import User
from registry.models import DuplicateCase, Enrolment

State = HeldDecision.State
UNSEEN = 5
"""How many that did not leave are told at once."""


def with_held(rows: QuerySet[Application]) -> QuerySet[Application]:
    """With ``held_now``: the decision that has not left yet, or was undone though it was drawn, in a list of
    one or none."""
    held = HeldDecision.objects.filter(Q(state=State.HELD) | _undone_though_drawn())
    held = held.select_related("decided_by", "ended_by")
    return rows.prefetch_related(Prefetch("held_decisions", held, to_attr="held_now"))


def with_beside(rows: QuerySet[Application]) -> QuerySet[Application]:
    """For the page of one: what it was judged by, its answers, and whether there is what few have and no page
    looks for in vain: a held decision, an earlier application, an enrolment, another record with which the
    person is compared."""
    of_person = Q(first=OuterRef("person")) | Q(second=OuterRef("person"))
    compared = DuplicateCase.objects.filter(of_person, state__in=DuplicateCase.OPEN_STATES)
    held = HeldDecision.objects.filter(application=OuterRef("pk"))
    at_operator = {"person": OuterRef("person"), "programme__operator": OuterRef("programme__operator")}
    others = Application.objects.filter(**at_operator).exclude(pk=OuterRef("pk"))
    shown = with_judged_version(rows).select_related("answers__answers_to")
    return shown.annotate(
        was_held=Exists(held),
        is_held=Exists(held.filter(state=State.HELD)),
        is_compared=Exists(compared),
        applied_before=Exists(others),
        was_enrolled=Exists(Enrolment.objects.filter(**at_operator)),
    )


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
    if not getattr(application, "was_held", True):
        return None
    rows = application.held_decisions.select_related("decided_by", "agreed_by", "ended_by")
    return rows.last()


def unseen_of(user: User) -> QuerySet[HeldDecision]:
    """Their decisions that were sent back or could not leave, and which they have not read yet."""
    rows = HeldDecision.objects.filter(
        decided_by=user, state__in=[State.RETURNED, State.CANCELLED], seen_at=None
    )
    return rows.select_related("application").order_by("ended_at")[:UNSEEN]
