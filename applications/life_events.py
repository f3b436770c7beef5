"""What becomes of applications when something happens to the applicant or the household."""

from django.db.models import F, QuerySet

from applications import services
from applications.models import Application
from applications.workflow import application_workflow
from dsp_platform.exchange.ledger import services as exchange
from registry.eligibility.verdict import judge
from registry.life_events.events import Announcement, Effect, EventKind, LifeEvent
from registry.models import Household, lives_in


def _announcement(closed: list[Application]) -> Announcement:
    def announce() -> None:
        for application in closed:
            application_workflow.send_text(application, "application_closed")

    return announce


def close_of_the_dead(event: LifeEvent) -> Announcement:
    closed = services.close(Application.objects.filter(person=event.someone), "close")
    for application in closed:  # the head of the household is told
        application.person = event.someone
    return _announcement(closed)


def hand_over(event: LifeEvent) -> None:
    """To the record that remains, which may have applied for the same."""
    own = Application.objects.filter(person=event.someone)
    theirs = Application.objects.filter(person=event.merged_into, state__in=Application.OPEN_STATES)
    services.close(own.filter(programme__in=theirs.values("programme")), "close_double")
    moved = list(own.values_list("pk", flat=True))
    own.update(person=event.merged_into, version=F("version") + 1)
    _announce_to_operators(moved)


def close_without_consent(event: LifeEvent) -> Announcement:
    """Those that the operator can decide no more, but for a support that it has approved before."""
    waiting = _of_household(event.home).select_related("programme")
    ends = [one.pk for one in services.closed_without_consent(event.operator_code, waiting)]
    return _announcement(services.close(Application.objects.filter(pk__in=ends), "close_consent"))


def judge_anew(event: LifeEvent) -> None:
    """The reviewer sees the verdict that is stored."""
    changed = []
    for one in _of_household(event.home).select_related("programme", "person"):
        verdict = judge(one.programme, one.person)
        if (one.verdict, one.missing_facts) != (verdict.outcome, list(verdict.missing)):
            Application.objects.filter(pk=one.pk).update(
                verdict=verdict.outcome,
                missing_facts=list(verdict.missing),
                rule_version=one.programme.rule_version,
                version=F("version") + 1,
            )
            changed.append(one.pk)
    _announce_to_operators(changed)


def _of_household(household: Household) -> QuerySet[Application]:
    return Application.objects.filter(lives_in([household], of="person__"), state__in=Application.OPEN_STATES)


def _announce_to_operators(keys: list[int]) -> None:
    rows = Application.objects.filter(pk__in=keys)
    exchange.announce(kind="application", subjects=list(rows.values_list("pk", "version")))


_OWN = (
    "They are the person's own and go along. Where the operator lacks a consent of the new household, the "
    "page says so, promises no day, and leads to the consents."
)
EFFECTS = {
    EventKind.DIED: Effect(
        "Open ones are closed, and the head of the household is told. Nothing is decided any more.",
        close_of_the_dead,
    ),
    EventKind.DEATH_UNDONE: Effect("Those that the death closed stay closed: the person can apply again."),
    EventKind.LEFT_FOR_OWN: Effect(_OWN),
    EventKind.LEFT_ELSEWHERE: Effect(_OWN),
    EventKind.JOINED: Effect(_OWN),
    EventKind.MOVED: Effect("They stay: the operator decides, wherever the person lives."),
    EventKind.MERGED: Effect(
        "They pass to the record that remains; of two open ones for one programme the other is closed.",
        hand_over,
    ),
    EventKind.CONSENT_WITHDRAWN: Effect(
        "Open ones at that operator are closed and the applicants told, as the page said before; one whose "
        "support was approved before goes on.",
        close_without_consent,
    ),
    EventKind.LEVEL_EXPIRED: Effect("Open ones are judged anew, without the level.", judge_anew),
    EventKind.CLOSED: Effect("They stay: they went with each member who left."),
}
