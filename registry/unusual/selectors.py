from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.unusual.rules import PARAMETERS, RULES, Rule

PAGE = 50


@dataclass(frozen=True, slots=True)
class FoundAction:
    rule: Rule
    at: datetime
    actor: User
    what: str

    @property
    def words(self) -> str:
        return self.rule.what_words(self.what)


def unusual_actions(rule: Rule, *, page: int = 1) -> tuple[list[FoundAction], bool]:
    """Newest first, and whether there are more. ``page`` counts from 1."""
    parameters = _parameters(rule) | {"limit": PAGE + 1, "offset": (page - 1) * PAGE}
    order = "ORDER BY at DESC, actor, what LIMIT %(limit)s OFFSET %(offset)s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT at, actor, what FROM ({rule.sql}) found {order}", parameters)  # noqa: S608
        rows = cursor.fetchall()
    actors = User.objects.in_bulk({actor for _at, actor, _what in rows})
    actions = [
        FoundAction(rule, at, actors[actor], what) for at, actor, what in rows[:PAGE] if actor in actors
    ]
    return actions, len(rows) > PAGE


def counts() -> list[tuple[Rule, int]]:
    """How many each rule finds now."""
    found = []
    with connection.cursor() as cursor:
        for rule in RULES:
            cursor.execute(f"SELECT count(*) FROM ({rule.sql}) found", _parameters(rule))  # noqa: S608
            found.append((rule, cursor.fetchone()[0]))
    return found


def _parameters(rule: Rule) -> dict[str, Any]:
    return PARAMETERS | {"since": timezone.now() - timedelta(days=rule.days)}
