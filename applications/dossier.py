"""What a reviewer sees of the applicant and the household: exactly what the operator may be sent.

Built by the record kinds that are delivered, under the same agreements and consents, so that the admin never
shows more than the operator's own system may hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.models import Application
from dsp_platform.exchange.contract import Record, Value, registered
from dsp_platform.exchange.ledger.selectors import agreement_with
from dsp_platform.web.request_cache import remember
from registry.eligibility.known import facts_from
from registry.eligibility.verdict import judge_facts
from registry.facts.table import FACTS
from registry.fields.field import Field, areas_up_from
from registry.fields.table import FIELDS
from registry.models import Area, Household, Membership, Person
from registry.persons.households import household_of, members_of

SHOWN = (
    "spid", "full_name", "family_name", "given_name", "latin_name", "sex", "date_of_birth", "year_of_birth",
    "phone", "village_code", "commune_code", "address", "household_number", "relationship", "disability",
    "pregnant", "studying", "working", "poverty_level", "document_type", "document_number", "verification",
    "head_spid", "head_name", "member_count",
)  # fmt: skip
"""In this order; other fields of a record are only meant for machines."""
AGE, BORN = "age", {"date_of_birth", "year_of_birth"}
"""The fact that these fields tell."""


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Lists of lines; empty where the operator may see nothing."""

    applicant: list[Line]
    household: list[Line]
    members: list[list[Line]]
    reasons: list[str]
    """Of the verdict, as far as they rest on what the operator may see."""
    shown: list[tuple[str, int]]
    """Kind and id of every subject shown, for the access log."""


def dossier(application: Application) -> Dossier:
    operator = application.programme.operator_id
    home = household_of(application.person)
    members = members_of(home) if home else []
    persons = {one.pk: one for one in (application.person, *(one.person for one in members))}
    people = _as_exact_as_known(_records("person", operator, list(persons)), persons)
    households = _records("household", operator, [home.pk] if home else [])
    _remember_areas(home.village if home else None)
    others = [pk for pk in people if pk != application.person_id]
    own = people.get(application.person_id, {})
    seen = {*own, *(households.get(home.pk, {}) if home else {})}
    return Dossier(
        applicant=_lines(own),
        household=_lines(households.get(home.pk, {})) if home else [],
        members=[_lines(people[pk]) for pk in others],
        reasons=_reasons(application, home, members, seen) if own else [],
        shown=[("person", pk) for pk in people] + [("household", pk) for pk in households],
    )


def _reasons(
    application: Application, home: Household | None, members: Sequence[Membership], seen: set[str]
) -> list[str]:
    """None once the rule or what is known is another than the verdict rests on."""
    programme = application.programme
    said = {name for name in FACTS if name in seen or (name == AGE and seen & BORN)}
    now = judge_facts(programme, facts_from(application.person, home, members), "they", said=said)
    is_same = (now.outcome, programme.rule_version) == (application.verdict, application.rule_version)
    return list(now.reasons) if is_same else []


def _records(kind: str, operator: str, subjects: list[int]) -> dict[int, Mapping[str, Value]]:
    agreement = agreement_with(operator, kind)
    if agreement is None or not subjects:
        return {}
    built = registered.kinds[kind].build(agreement, subjects)
    values = {record.subject_id: record.values for record in built if isinstance(record, Record)}
    return {pk: values[pk] for pk in subjects if pk in values}


def _as_exact_as_known(
    people: dict[int, Mapping[str, Value]], persons: Mapping[int, Person]
) -> dict[int, Mapping[str, Value]]:
    """Where an operator that holds the date of birth is sent none, because only the year or the month is
    known, its reviewer reads these."""
    return {
        pk: {**values, "date_of_birth": str(persons[pk].born)} if "date_of_birth" in values else values
        for pk, values in people.items()
    }


def _remember_areas(area: Area | None) -> None:
    """The household has brought them: the fields below name the same."""
    up = [area] if area else []
    while up and up[-1].parent:
        up.append(up[-1].parent)
    for number, one in enumerate(up):
        remember(areas_up_from, up[number:], one.code)


def _lines(values: Mapping[str, Value]) -> list[Line]:
    left_out: set[str] = set()
    if "full_name" in values:
        left_out |= {"family_name", "given_name"}
    if "date_of_birth" in values:
        left_out.add("year_of_birth")
    keys = [key for key in SHOWN if key in values and key not in left_out]
    return [Line(FIELDS[key].heading, _words(FIELDS[key], values)) for key in keys]


def _words(field: Field, values: Mapping[str, Value]) -> str:
    value = values[field.key]
    if value is None or value == "":
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return field.label_of(value) or field.words(str(value), values)
