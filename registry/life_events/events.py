"""What happens in the life of a person or household, and what each domain does then.

A domain declares in ``life_events.py`` of its room what it does for each kind of event; where it does
nothing, it says why. ``PersonWriter`` tells of every event that follows from what it writes, so that none can
be forgotten; consents and poverty levels tell of theirs. All effects happen in the transaction of the event.
``docs/reference/events.md`` is the same table for readers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from dsp_platform.accounts.models import User
from registry.models import ChangeRequest, Household, Person


class EventKind(StrEnum):
    DIED = "died"
    DEATH_UNDONE = "death undone"
    LEFT_FOR_OWN = "left for an own household"
    LEFT_ELSEWHERE = "left, lives elsewhere"
    JOINED = "joined another household"
    MOVED = "household moved to another village"
    MERGED = "merged into another record"
    CONSENT_WITHDRAWN = "consent taken back"
    LEVEL_EXPIRED = "poverty level ran out"
    CLOSED = "household closed"


class Domain(StrEnum):
    """In the order in which they are told, which is also that of their locks."""

    APPLICATIONS = "applications"
    GRIEVANCES = "grievances"
    ENROLMENTS = "enrolments"
    CHANGES = "changes asked for"
    CONSENTS = "consents"
    ACCESS = "account and phone"
    MESSAGES = "text messages"
    DELIVERY = "delivery to operators"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeEvent:
    kind: EventKind
    person: Person | None = None
    """To whom it happened; None where it happened to a household as a whole."""
    household: Household | None = None
    """To which it happened; where a person died or left, the one they lived in until then, if any; where a
    death is undone, the one they live in again, if any."""
    new_household: Household | None = None
    """Where the person lives now, if they went to live in another one."""
    merged_into: Person | None = None
    account: User | None = None
    """That the person had until now, of an event by which they lose it."""
    operator_code: str = ""
    """Of a consent; empty for all operators."""
    actor: User | None = None
    """Who decided it; None where nobody did."""
    request: ChangeRequest | None = None
    """By which it came about. No effect ends it: it is done at this moment."""

    @property
    def someone(self) -> Person:
        """Of an event that happens to a person."""
        if self.person is None:
            raise ValueError(f"{self.kind} happens to a household")
        return self.person

    @property
    def home(self) -> Household:
        """Of an event that happens to a household."""
        if self.household is None:
            raise ValueError(f"{self.kind} happened outside of a household")
        return self.household


Announcement = Callable[[], None]
"""Sends text messages. Called when all domains have locked what they write: the counters of text messages
are locked last, as everywhere."""


@dataclass(frozen=True, slots=True)
class Effect:
    words: str
    """For the table of the documentation."""
    act: Callable[[LifeEvent], Announcement | None] | None = None
    """Called by ``tell``. None where nothing has to be done, and ``words`` say why, or where it is done by
    what tells of the event."""
    done_by: str = ""
    """The path of the class or function that does it, where ``act`` does not."""


EFFECTS: dict[tuple[EventKind, Domain], Effect] = {}


def register_effects(domain: Domain, effects: Mapping[EventKind, Effect]) -> None:
    """Of one domain, for all kinds of events. Raises ValueError where one is missing, or would be done
    twice."""
    if missing := [kind.name for kind in EventKind if kind not in effects]:
        raise ValueError(f"{domain} does not say what it does for {missing}")
    if twice := [kind.name for kind, effect in effects.items() if effect.act and effect.done_by]:
        raise ValueError(f"{domain} says twice who does what it does for {twice}")
    EFFECTS.update({(kind, domain): effect for kind, effect in effects.items()})


def tell(event: LifeEvent) -> None:
    """The caller has locked the household, then the person, and written what the event is about."""
    with transaction.atomic():
        effects = [EFFECTS[event.kind, domain] for domain in Domain]
        announcements = [effect.act(event) for effect in effects if effect.act]
        for announce in filter(None, announcements):
            announce()
