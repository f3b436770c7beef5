"""Who gets several supports, and who gets none though likely: as conditions on ``person``."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.eligibility.sql import HOME_TABLES, LIVING, StatementParts, as_parts
from registry.models import Programme
from registry.programmes.availability import is_open
from registry.programmes.selectors import published
from registry.rules.parse import RuleError, parse_rule

IN_SEVERAL = """(
    SELECT count(DISTINCT held.programme_id) FROM registry_enrolment held
    WHERE held.person_id = person.id AND held.state <> 'ended'
) >= 2"""
IN_PROGRAMME = """EXISTS (
    SELECT FROM registry_enrolment one
    WHERE one.person_id = person.id AND one.state <> 'ended' AND one.programme_id = %(programme)s
)"""
IN_NONE = """NOT EXISTS (
    SELECT FROM registry_enrolment held WHERE held.person_id = person.id AND held.state <> 'ended'
)"""
# Of a household: rules are judged for those of the area only.
OF_AREA = """= ANY (ARRAY(
    SELECT id FROM registry_household WHERE village_id LIKE %(area)s
))"""
WITHIN = "person.village_id LIKE %(area)s"


@dataclass(frozen=True, slots=True)
class Judged:
    """The programmes whose rule can be judged, each with its condition."""

    programmes: list[Programme]
    parts: StatementParts

    @property
    def tables(self) -> str:
        return f"registry_person person{HOME_TABLES}{self.parts.tables}"

    @property
    def likely_for_any(self) -> str:
        return f"({' OR '.join(self.parts.conditions)})" if self.parts.conditions else "FALSE"

    @property
    def none(self) -> str:
        """Living persons in no programme."""
        return f"{LIVING} AND {IN_NONE}"


def judged(programmes: Sequence[Programme] | None = None, only: str = "") -> Judged:
    """Open programmes that have a rule; among ``programmes``, where they are given."""
    found, rules = [], []
    for programme in open_programmes() if programmes is None else programmes:
        try:
            rules.append(parse_rule(programme.rule))
        except RuleError:
            continue
        found.append(programme)
    return Judged(found, as_parts(rules, only))


def open_programmes() -> list[Programme]:
    return [one for one in published().exclude(rule="").order_by("code") if is_open(one)]
