"""What a rule would do before it is in force: counts only, no persons are shown."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction

from dsp_platform.database.sqlstates import CANCELLED, is_ended_by
from registry.eligibility.sql import Matching, Missing, matching
from registry.facts.table import FACTS
from registry.rules.nodes import facts_named
from registry.rules.parse import RuleError, parse_rule

LONGEST = "10s"


class TookTooLong(Exception):
    """The statement reached its time limit."""


@dataclass(frozen=True, slots=True)
class RulePreview:
    """``counts`` is None where counting took too long; ``compared`` where a rule was in force."""

    counts: Matching | None
    compared: bool

    @property
    def missing(self) -> list[tuple[Missing, str]]:
        return (
            [(missing, str(FACTS[missing.fact].meaning)) for missing in self.counts.missing]
            if self.counts
            else []
        )


def preview_rule(text: str, in_force: str, longest: str = LONGEST) -> RulePreview:
    """Raises RuleError for an invalid ``text``. An invalid rule in force is treated as no rule."""
    rule = parse_rule(text)
    try:
        before = parse_rule(in_force) if in_force.strip() else None
    except RuleError:
        before = None
    try:
        with time_limit(longest):
            return RulePreview(matching(rule, before), before is not None)
    except TookTooLong:
        return RulePreview(None, before is not None)


def audit_details(text: str) -> dict[str, Any]:
    """Of a count: the digest of the rule, by which it can be recognised, and its facts."""
    try:
        facts = sorted(facts_named(parse_rule(text)))
    except RuleError:
        facts = []
    return {"digest": hashlib.sha256(text.encode(errors="replace")).hexdigest(), "facts": facts}


@contextmanager
def time_limit(longest: str) -> Iterator[None]:
    """Raises ``TookTooLong``. The limit that was set before is restored for later statements."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (before,) = cursor.fetchone()
            _set(longest)
            yield
            _set(before)
    except OperationalError as error:
        if not is_ended_by(error, CANCELLED):
            raise
        raise TookTooLong from None


def _set(longest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, TRUE)", [longest])
