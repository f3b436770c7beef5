"""The deadlines of one kind of item as a table, and which of them run after its events so far."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.deadlines.clock import Allowance, Pause, due
from dsp_platform.working_days.calendar import WorkingDays, day_of, end_of


class DueFor(models.TextChoices):
    ACKNOWLEDGE = "acknowledge", _("to be taken up")
    ANSWER = "answer", _("to be answered")
    RESOLVE = "resolve", _("to be resolved")
    DECIDE = "decide", _("to be decided")
    PERSON = "person", _("the person's answer")


class Event(Protocol):
    @property
    def at(self) -> datetime: ...

    @property
    def step(self) -> str: ...

    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is not asked yet."""

    at: datetime
    state: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    due_for: DueFor
    within: Allowance
    met_by: Sequence[str] = ()
    """Steps; none: it runs as long as the item is open."""
    during: Sequence[str] = ()
    """It runs only in these states, each time anew; none: from the beginning."""


@dataclass(frozen=True, slots=True)
class Running:
    since: datetime
    due_at: datetime | None
    """None while the clock stands."""


@dataclass(frozen=True, slots=True)
class Timetable:
    terms: Sequence[Term]
    begun_by: Sequence[str]
    """Steps with which all of it begins anew."""
    awaiting: Sequence[str]
    """States in which the person is asked, and the clock stands."""
    person: Allowance
    """How long it stands, in working days: nothing waits forever for somebody who does not answer, however
    often they are asked. Only an answer gives these days anew."""
    answered_by: Sequence[str]
    """Steps by which the person answers. Any other that ends a question leaves it without an answer."""

    def running(
        self, events: Sequence[Event], open_states: Sequence[str], days: WorkingDays, now: datetime
    ) -> dict[str, Running]:
        """By ``DueFor``. Of an open item one at least has a day."""
        if not events or events[-1].state not in open_states:
            return {}
        events = self._since_begun(events)
        questions = list(self._questions(events, days))
        pauses = [
            (asked, answered or (until if until < now else None)) for asked, answered, until in questions
        ]
        found = {}
        for term in self.terms:
            since = self._since(term, events)
            if since is None:
                continue
            later: list[Pause] = [pause for pause in pauses if pause[0] >= since]
            found[str(term.due_for)] = Running(since, due(term.within, since, later, days))
        if pauses and pauses[-1][1] is None:
            found[str(DueFor.PERSON)] = Running(questions[-1][0], questions[-1][2])
        return found

    def asked_until(self, events: Sequence[Event], days: WorkingDays, now: datetime) -> datetime | None:
        """Until when the clock stood if the person was asked now; None where no day is left for it."""
        events = [*self._since_begun(events), Asked(now, self.awaiting[0])]
        until = [until for _asked, ended, until in self._questions(events, days) if ended is None]
        return until[-1] if until and until[-1] > now else None

    def _since_begun(self, events: Sequence[Event]) -> Sequence[Event]:
        begun = max((place for place, one in enumerate(events) if one.step in self.begun_by), default=0)
        return events[begun:]

    def _since(self, term: Term, events: Sequence[Event]) -> datetime | None:
        """None for what does not run."""
        if not term.during:
            met = any(one.step in term.met_by for one in events[1:])
            return None if met else events[0].at
        if events[-1].state not in term.during:
            return None
        elsewhere = (place for place, one in enumerate(events) if one.state not in term.during)
        return events[max(elsewhere, default=-1) + 1].at

    def _questions(
        self, events: Sequence[Event], days: WorkingDays
    ) -> Iterator[tuple[datetime, datetime | None, datetime]]:
        """When it was asked, when that ended, and until when it waits. A second question before the first is
        answered waits with it. Questions for which no day is left are left out: the clock runs on."""
        asked, left = None, self.person.days
        for one in events:
            if one.state in self.awaiting:
                asked = asked or one.at
                continue
            is_answer = one.step in self.answered_by
            if asked is not None and left > 0:
                until = end_of(days.after(day_of(asked), left))
                ended = min(one.at, until)
                yield asked, ended, until
                # Both the first and the last day of a pause are without work.
                left -= days.between(day_of(asked), day_of(ended)) + 1
            asked, left = None, self.person.days if is_answer else left
        if asked is not None and left > 0:
            yield asked, None, end_of(days.after(day_of(asked), left))
