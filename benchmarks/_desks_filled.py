"""The cases of a country after a year of work, by COPY: applications and grievances with the events,
deadlines, assignees and held decisions that the services would have left.

Without documents, answers to questions, internal notes and history.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from applications.deadlines import timetable_of
from applications.models import Application, ApplicationDeadline, ApplicationEvent, HeldDecision
from benchmarks import _registry
from benchmarks._registry import Row
from dsp_platform.accounts.models import User
from dsp_platform.casework.deadlines.clock import reminded
from dsp_platform.casework.deadlines.models import WorkItemDeadline
from dsp_platform.casework.deadlines.timetable import Running, Timetable
from dsp_platform.database import roles as database_roles
from dsp_platform.database.references import new_reference
from dsp_platform.encryption import crypto
from dsp_platform.exchange.models import Operator
from dsp_platform.working_days.calendar import WorkingDays, working_days
from grievances.categories import SENSITIVE
from grievances.deadlines.table import TIMETABLES
from grievances.models import Grievance, GrievanceDeadline, GrievanceEvent, Team, default_team
from grievances.routing.services import team_of_operator
from grievances.secrecy import secrecy_of
from registry.models import Area, Consent, Programme

REVIEWERS, FILERS, DISTRICTS = 5, 5, 10
# Of ten: how many are still open, as after a year of work; and how many of those somebody has taken on.
OPEN_OF_TEN, TAKEN_OF_TEN = 2, 6
# What is open came in the last days, so that a part of it is late; of the open ones one in twenty is decided
# and has not left yet.
OPEN_SINCE, YEAR, HELD_OF_HUNDRED = 35, 365, 5
CATEGORIES = ("payment", "payment", "assessment", "decision", "other", "data")
TEXT = "អត់បានទទួលប្រាក់ខែនេះ"
Steps = list[tuple[str, str, datetime, int | None]]
"""Of one item: step, state after it, when, and who took it."""
TABLES = (
    Application, ApplicationEvent, ApplicationDeadline, HeldDecision,
    Grievance, GrievanceEvent, GrievanceDeadline, Consent,
)  # fmt: skip

# An operator is shown of a person only what the household agreed to: nine of ten did.
CONSENTS = """
INSERT INTO registry_consent
    (household_id, given_by_id, operator_code, purpose, text_digest, language, channel, given_at)
SELECT DISTINCT ON (home.household_id, item.operator_id)
    home.household_id, item.person_id, item.operator_id, 'benchmark', '\\x00', 'km', 'counter', now()
FROM applications_application item JOIN registry_membership home ON home.person_id = item.person_id
WHERE item.id % 10 <> 0
"""


def staff(username: str, **role: str) -> User:
    """Without a password, as each hashing of one takes long: their browsers are signed in."""
    found = User.objects.filter(username=username).first()
    return found or User.objects.create_staff(username=username, password=None, **role)


def reviewers(operator: str) -> list[User]:
    names = (f"{operator}.{number}" for number in range(REVIEWERS))
    return [staff(name, role="reviewer", operator_code=operator) for name in names]


def members_of_districts() -> list[tuple[Team, User]]:
    """Teams of officials, each with one who answers for it."""
    codes = list(Area.objects.filter(level="district").order_by("code").values_list("code", flat=True))
    found = []
    for code in codes[:: max(len(codes) // DISTRICTS, 1)][:DISTRICTS]:
        names = {"name_km": f"ក្រុម {code}", "name_en": f"Team {code}"}
        team, _made = Team.objects.get_or_create(kind=Team.Kind.DISTRICT, area_id=code, defaults=names)
        official = staff(f"district.{code}", role="official", area_code=code)
        team.members.add(official)
        found.append((team, official))
    return found


def fill(size: int) -> None:
    """Two applications and one grievance for ten persons, over the last year."""
    call_command("load_operators", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    with database_roles.owner(), connection.cursor() as cursor:
        with transaction.atomic():
            # Neither triggers nor foreign keys: what is made up is right. And it may take its time.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            for batch in _batches(chain(_applications(size), _grievances(size))):
                for model, rows in batch.items():
                    _registry.copy_rows(model, rows)
            cursor.execute(CONSENTS)
        for model in TABLES:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
            cursor.execute(f"VACUUM (ANALYZE) {table}")


Made = dict[type[Any], list[Row]]


def _batches(made: Iterator[Made], size: int = 10_000) -> Iterator[Made]:
    batch: Made = {}
    for number, one in enumerate(made, start=1):
        for model, rows in one.items():
            batch.setdefault(model, []).extend(rows)
        if number % size == 0:
            yield batch
            batch = {}
    yield batch


class _Chance:
    """What is drawn for one kind of item."""

    def __init__(self, seed: int, letter: str) -> None:
        self.draw, self.now, self._letter = random.Random(seed), timezone.now(), letter
        self._references: set[str] = set()

    def reference(self) -> str:
        found = new_reference(self._letter)
        while found in self._references:
            found = new_reference(self._letter)
        self._references.add(found)
        return found

    def is_open(self) -> bool:
        return self.draw.randrange(10) < OPEN_OF_TEN

    def came(self, *, is_open: bool) -> datetime:
        days = self.draw.randrange(OPEN_SINCE) if is_open else self.draw.randrange(OPEN_SINCE, YEAR)
        return self.now - timedelta(days=days, seconds=self.draw.randrange(3600, 86_400))

    def after(self, moment: datetime) -> datetime:
        return min(moment + timedelta(hours=self.draw.randrange(2, 60)), self.now)


def _steps(chance: _Chance, first: tuple[str, str, int | None], *later: tuple[str, str, int]) -> Steps:
    """``first``, ``later``: step, state after it, and who took it."""
    is_open = not later or later[-1][1] in ("in_review", "more_asked")
    at = chance.came(is_open=is_open)
    taken: Steps = [(first[0], first[1], at, first[2])]
    for step, state, actor in later:
        at = chance.after(at)
        taken.append((step, state, at, actor))
    return taken


class _Event:
    def __init__(self, step: str, state: str, at: datetime) -> None:
        self.step, self.state, self.at = step, state, at


def _deadlines(
    pk: int, steps: Steps, timetable: Timetable, open_states: Sequence[str], days: WorkingDays
) -> list[Row]:
    """As they are settled after each step."""
    events = [_Event(step, state, at) for step, state, at, _actor in steps]
    made: list[Row] = []
    for number, event in enumerate(events, start=1):
        wanted = timetable.running(events[:number], open_states, days, event.at)
        for row in made:
            one = wanted.get(row["due_for"])
            if row["ended_at"] is not None or one == Running(row["since"], row["due_at"]):
                continue
            row["ended_at"], row["how"] = event.at, WorkItemDeadline.How.DONE
            if one is not None:
                row["how"] = WorkItemDeadline.How.MOVED if one.due_at else WorkItemDeadline.How.PAUSED
        running = {row["due_for"] for row in made if row["ended_at"] is None}
        made += [
            {
                "item_id": pk, "due_for": name, "since": one.since, "due_at": one.due_at,
                "set_at": event.at, "ended_at": None, "how": "",
                "remind_at": reminded(one.since, one.due_at, days), "escalate_at": one.due_at,
            }
            for name, one in wanted.items()
            if one.due_at is not None and name not in running
        ]  # fmt: skip
    return made


def _due(deadlines: Sequence[Row]) -> Row:
    """The next of them, as the columns of the item."""
    running = [(row["due_at"], row["due_for"]) for row in deadlines if row["ended_at"] is None]
    due_at, due_for = min(running, default=(None, ""))
    return {"due_at": due_at, "due_for": due_for}


def _events(item: str, pk: int, steps: Steps, note: Any, source: str) -> list[Row]:
    return [
        {
            f"{item}_id": pk, "step": step, "state": state, "at": at, "actor_id": actor,
            "source": source if number else "counter", "reason": "not_entitled" if step == "refuse" else "",
            "note": note if state in ("more_asked", "resolved", "dismissed") else None,
        }
        for number, (step, state, at, actor) in enumerate(steps)
    ]  # fmt: skip


def _applications(size: int) -> Iterator[Made]:
    chance, days = _Chance(size, "A"), working_days()
    programmes = list(Programme.objects.order_by("pk"))
    staff_of = {code: reviewers(code) for code in sorted({str(one.operator_id) for one in programmes})}
    timetables = {one.pk: timetable_of(one) for one in programmes}
    filers = [staff(f"filer.{number}", role="official", area_code="01") for number in range(FILERS)]
    note = crypto.encrypt(TEXT)
    for number in range(size // 5):
        pk, programme = number + 1, programmes[number % len(programmes)]
        reviewer, filer = chance.draw.choice(staff_of[str(programme.operator_id)]), chance.draw.choice(filers)
        steps = _application_steps(chance, filer.pk, reviewer.pk)
        state, is_open = steps[-1][1], steps[-1][1] in Application.OPEN_STATES
        deadlines = _deadlines(pk, steps, timetables[programme.pk], Application.OPEN_STATES, days)
        is_taken = state in ("in_review", "more_asked") and chance.draw.randrange(10) < TAKEN_OF_TEN
        made: Made = {
            Application: [
                {
                    "id": pk, "reference": chance.reference(), "programme_id": programme.pk,
                    # No trigger fills it here.
                    "operator_id": programme.operator_id, "person_id": 1 + number * 5, "state": state,
                    "version": len(steps), "verdict": "likely", "rule_version": 1,
                    "submitted_at": steps[0][2], "submitted_by_id": filer.pk,
                    "assignee_id": reviewer.pk if is_taken else None,
                    "decided_at": None if is_open else steps[-1][2],
                    "decided_by_id": None if is_open else reviewer.pk, **_due(deadlines),
                }
            ],
            ApplicationEvent: _events("application", pk, steps, note, "admin"),
            ApplicationDeadline: deadlines,
        }  # fmt: skip
        if is_open and chance.draw.randrange(100) < HELD_OF_HUNDRED:
            made[HeldDecision] = [_held(chance, pk, len(steps), reviewer.pk, filer.pk)]
        yield made


def _application_steps(chance: _Chance, filer: int, reviewer: int) -> Steps:
    took_up = ("take_up", "in_review", reviewer)
    if chance.is_open():
        later = ((), (took_up,), (took_up, ("ask_more", "more_asked", reviewer)))
        return _steps(chance, ("submit", "submitted", filer), *chance.draw.choice(later))
    how = chance.draw.choice((("approve", "approved", reviewer), ("refuse", "refused", reviewer)))
    return _steps(chance, ("submit", "submitted", filer), took_up, how)


def _held(chance: _Chance, application: int, version: int, reviewer: int, filer: int) -> Row:
    """One in ten waits for a second reviewer."""
    is_awaited = chance.draw.randrange(10) == 0
    return {
        "application_id": application, "version": version, "decision": "approve", "decided_by_id": reviewer,
        "filed_by_id": filer, "decided_at": chance.now, "second": "share" if is_awaited else "",
        "carry_out_at": None if is_awaited else chance.now + timedelta(days=1),
    }  # fmt: skip


def _grievances(size: int) -> Iterator[Made]:
    """A third with teams of districts; what is sensitive with the secretariat."""
    chance, days = _Chance(size + 1, "G"), working_days()
    codes = sorted({str(code) for code in Programme.objects.values_list("operator_id", flat=True)})
    operators = list(Operator.objects.filter(pk__in=codes).order_by("pk"))
    of_operators = [(team_of_operator(one), reviewers(one.code)) for one in operators]
    of_districts, secretariat = members_of_districts(), default_team()
    token = crypto.encrypt(TEXT)
    for number in range(size // 10):
        pk, place = number + 1, number // 3
        category = chance.draw.choice(CATEGORIES)
        operator, area = operators[place % len(operators)], None
        team, colleagues = of_operators[place % len(operators)]
        who, team_id = chance.draw.choice(colleagues), team.pk
        if category in SENSITIVE:
            who, team_id = None, secretariat
        elif number % 3 == 0:
            team, who = of_districts[place % len(of_districts)]
            team_id, area = team.pk, team.area_id
        steps = _grievance_steps(chance, who.pk if who else None)
        state, is_open = steps[-1][1], steps[-1][1] in Grievance.OPEN_STATES
        deadlines = _deadlines(pk, steps, TIMETABLES[category], Grievance.OPEN_STATES, days)
        is_taken = state in ("in_review", "more_asked") and chance.draw.randrange(10) < TAKEN_OF_TEN
        yield {
            Grievance: [
                {
                    "id": pk, "reference": chance.reference(), "pin_digest": number.to_bytes(32, "big"),
                    "category": category, "text": token, "operator_id": operator.pk, "team_id": team_id,
                    "team_since": steps[0][2], "area_id": area,
                    "told_in_secret": secrecy_of(category), "person_id": 1 + number * 10, "state": state,
                    "version": len(steps), "assignee_id": who.pk if who and is_taken else None,
                    "answered_at": None if is_open else steps[-1][2], "submission": UUID(int=number),
                    "reported_at": steps[0][2], **_due(deadlines),
                }
            ],
            GrievanceEvent: _events("grievance", pk, steps, token, "admin"),
            GrievanceDeadline: deadlines,
        }  # fmt: skip


def _grievance_steps(chance: _Chance, actor: int | None) -> Steps:
    took_up: Any = ("take_up", "in_review", actor)
    asked, answered = ("ask_more", "more_asked", actor), ("resolve", "resolved", actor)
    if chance.is_open():
        later: Any = chance.draw.choice(((), (took_up,), (took_up, asked)))
    else:
        later = (took_up, chance.draw.choice((answered, ("dismiss", "dismissed", actor))))
    return _steps(chance, ("report", "reported", None), *later)
