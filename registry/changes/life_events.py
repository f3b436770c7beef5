"""What becomes of requests for a change when something happens to whom they hang on."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from registry.changes.kinds import DEATHS, KINDS
from registry.changes.questions import NAMING_MEMBER
from registry.changes.workflow import (
    ASKER_DIED,
    ASKER_LEFT,
    ENDED,
    FOLLOWS,
    HOUSEHOLD_CLOSED,
    MEMBER_LEFT,
    MERGED,
    MOVED,
    OTHER_MEMBERS,
    change_workflow,
)
from registry.life_events.events import Announcement, Effect, EventKind, LifeEvent
from registry.models import ChangeRequest, Household, Membership
from registry.persons.households import members_now
from registry.phones.selectors import numbers_of


def _open(event: LifeEvent) -> QuerySet[ChangeRequest]:
    """One that is decided at this moment is skipped: that transaction waits for the household's lock, and
    then finds out by itself."""
    rows = ChangeRequest.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    opened = rows.filter(state__in=ChangeRequest.OPEN_STATES).select_related("asked_for__account", "asked_by")
    return opened.exclude(pk=event.request.pk) if event.request else opened


def _end(requests: Iterable[ChangeRequest], step: str, event: LifeEvent) -> None:
    for one in requests:
        _take_step(one, step, event)


def _follow(requests: Iterable[ChangeRequest], household: Household, event: LifeEvent) -> None:
    """Decided by the commune where the person or household lives now."""
    for one in requests:
        one.household, one.village_id = household, household.village_id
        _take_step(one, FOLLOWS, event, "household", "village")


def _take_step(request: ChangeRequest, step: str, event: LifeEvent, *fields: str) -> None:
    change_workflow.take_step(request, step, actor=event.actor, fields=fields)


def end_of_former_member(event: LifeEvent) -> Announcement:
    """What they asked for the household ends, and what others asked that names them; both sides are told."""
    home = event.household
    if home and Household.objects.filter(pk=home.pk).exclude(closed_on=None).exists():
        return _end_of_former_member(event, HOUSEHOLD_CLOSED, HOUSEHOLD_CLOSED)
    return _end_of_former_member(event, ASKER_LEFT, MEMBER_LEFT)


def _end_of_former_member(event: LifeEvent, own: str, naming: str) -> Announcement:
    """The steps of what they asked themselves and of what names them."""
    died = event.kind == EventKind.DIED
    # A death is true whoever told of it, and wherever whoever died has gone since.
    deaths = Q(kind__in=DEATHS)
    kept = deaths & ~Q(person=event.someone) if died else deaths
    here = _open_at_home(event).exclude(kept)
    _end(here.filter(asked_for=event.someone), own, event)
    others = here.exclude(asked_for=event.someone)
    named = [one for one in others if event.someone.spid in _named(one)]
    _end(named, naming, event)
    end_of_other_members(event)

    def announce() -> None:
        for one in named:
            if KINDS[one.kind].corrects:
                change_workflow.send_text(one, "change_about_ended", numbers_of(event.someone))

    return announce


def _open_at_home(event: LifeEvent) -> QuerySet[ChangeRequest]:
    """Of everybody in the household; of somebody without one their own, for nobody asks of anybody else."""
    home = event.household
    if home is None:
        return _open(event).filter(household=None, asked_for=event.someone)
    return _open(event).filter(household=home)


def end_of_other_members(event: LifeEvent) -> None:
    """What tells how all members are related to a new head ends when they are others: it is told anew. A
    death is not tied to that."""
    homes = {one.pk: one for one in (event.household, event.new_household) if one is not None}
    members = {pk: {one.person.spid for one in members_now(home)} for pk, home in homes.items()}
    asked = _open(event).filter(household__in=homes).exclude(kind__in=DEATHS)
    led = [one for one in asked if "head" in one.answers]
    others = [one for one in led if _related(one) != members[one.household_id or 0]]
    _end(others, OTHER_MEMBERS, event)


def _related(request: ChangeRequest) -> set[str]:
    """The members as they were when this was asked: the new head, who is related to them, and who leaves."""
    leaves = {request.person.spid} if request.person else set()
    return {request.answers["head"]["person"], *request.answers.get("relationships", {}), *leaves}


def go_along(event: LifeEvent) -> Announcement:
    """Corrections of their own record and a report of their death go on in the new household; the rest
    ends."""
    new = event.new_household
    if new is None:
        return end_of_former_member(event)
    own = _open(event).filter(asked_for=event.someone, person=event.someone)
    _follow([one for one in own if KINDS[one.kind].corrects], new, event)
    _follow(_open(event).filter(person=event.someone, kind__in=DEATHS), new, event)
    _leaves_from(_open(event).filter(mover=event.someone), new)
    return end_of_former_member(event)


def end_of_the_dead(event: LifeEvent) -> Announcement:
    """Also what would move them to another household."""
    announcement = _end_of_former_member(event, ASKER_DIED, MEMBER_LEFT)
    _end(_open(event).filter(mover=event.someone), ENDED, event)
    return announcement


def end_of_the_merged(event: LifeEvent) -> None:
    """Asked for, about or moving a record that is no more: it can be asked for again by the other number."""
    theirs = Q(asked_for=event.someone) | Q(person=event.someone)
    _end(_open(event).filter(theirs), MERGED, event)
    # Whoever asked may not know who would move.
    _end(_open(event).filter(mover=event.someone), ENDED, event)
    others = _open_at_home(event).exclude(asked_for=event.someone).exclude(kind__in=DEATHS)
    _end([one for one in others if event.someone.spid in _named(one)], MERGED, event)
    end_of_other_members(event)


def follow_household(event: LifeEvent) -> None:
    """The new commune decides; another move that somebody asked for is not what it was asked from."""
    here = list(_open(event).filter(household=event.home))
    _end([one for one in here if KINDS[one.kind].moves_home], MOVED, event)
    _follow([one for one in here if not KINDS[one.kind].moves_home], event.home, event)
    members = Membership.objects.current().filter(household=event.home)
    _leaves_from(_open(event).filter(mover__in=members.values("person")), event.home)


def end_of_closed(event: LifeEvent) -> None:
    """A death of somebody who left it before is still to be decided."""
    _end(_open(event).filter(household=event.home).exclude(kind__in=DEATHS), HOUSEHOLD_CLOSED, event)


def _leaves_from(requests: Iterable[ChangeRequest], household: Household) -> None:
    """The commune that the mover leaves is heard: it is the one where they live now."""
    for one in requests:
        one.old_village_id = household.village_id
        one.save(update_fields=["old_village"])


def _named(request: ChangeRequest) -> set[str]:
    return {request.answers[step]["person"] for step in NAMING_MEMBER if step in request.answers}


_OTHERS = " What tells how the members are related to a new head ends: they are others now."
_GOES_ALONG = Effect(
    "Corrections of their own record, and a report of their death, go on in the new household. What else "
    "they asked ends, but for reports of a death, and so does what others asked that names them; both sides "
    "are told. A move asked for them by another household stays: the commune where they live now is heard."
    + _OTHERS,
    go_along,
)
_NOT_CONCERNED = "They stay: no request rests on "
EFFECTS = {
    EventKind.DIED: Effect(
        "What they asked ends, and what names or would move them; whoever asked is told. The death of "
        "another member stays, whoever told of it." + _OTHERS,
        end_of_the_dead,
    ),
    EventKind.DEATH_UNDONE: Effect(
        "Those that the death ended stay ended: they can be asked for again." + _OTHERS, end_of_other_members
    ),
    EventKind.LEFT_FOR_OWN: _GOES_ALONG,
    EventKind.LEFT_ELSEWHERE: Effect(
        "What they asked ends, but for reports of a death, and so does what others asked that names them; "
        "both sides are told. A report of their own death stays: the commune where they lived last decides."
        + _OTHERS,
        end_of_former_member,
    ),
    EventKind.JOINED: _GOES_ALONG,
    EventKind.MOVED: Effect(
        "They follow the household: the commune where it lives now decides. Another move ends. A move asked "
        "for a member by another household stays: the commune where they live now is heard.",
        follow_household,
    ),
    EventKind.MERGED: Effect("They end, and whoever asked is told.", end_of_the_merged),
    EventKind.CONSENT_WITHDRAWN: Effect(_NOT_CONCERNED + "a consent."),
    EventKind.LEVEL_EXPIRED: Effect(_NOT_CONCERNED + "the poverty level."),
    EventKind.CLOSED: Effect("All end, but for reports of a death.", end_of_closed),
}
