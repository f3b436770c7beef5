"""From the answers of a draft to what the registry's service takes. The only place that knows both."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.khmer.dates import format_date
from registry.errors import Problem
from registry.models import Membership, Person
from registry.persons.circumstances import (
    DIFFICULTIES,
    DIFFICULTY_LABELS,
    SITUATION_LABELS,
    UNKNOWN,
    questions_for,
)
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.labels import NO_DOCUMENT, document_words, full_name, latin_name
from registry.registration.journey import HEAD_ID, MEMBERS, Journey, Step

STEP_OF_FIELD = {
    "family_name": "name",
    "given_name": "name",
    "latin_family_name": "name",
    "latin_given_name": "name",
    "date_of_birth": "birth",
    "birth_precision": "birth",
    "document_type": "document",
    "document_number": "document",
    "village_code": "place",
    "address": "place",
    "operators": "consent",
    "consent_text": "consent",
    "language": "consent",
    "members": MEMBERS,
    **dict.fromkeys([*DIFFICULTIES, "pregnant", "studying", "working"], "circumstances"),
}


def answers_to_details(answers: dict[str, Any]) -> HouseholdDetails:
    """Only of a journey whose steps are all done."""
    consent, place = answers["consent"], answers["place"]
    return HouseholdDetails(
        village_code=place["village_code"],
        address=place["address"],
        members=tuple(_person(member) for member in answers["members"]),
        operators=tuple(consent["operators"]),
        consent_text=consent["text"],
        language=consent["language"],
    )


def _person(member: dict[str, Any]) -> PersonDetails:
    born, precision = member["born"]
    has_document = member["document_type"] != NO_DOCUMENT
    return PersonDetails(
        family_name=member["family_name"],
        given_name=member["given_name"],
        latin_family_name=member["latin_family_name"],
        latin_given_name=member["latin_given_name"],
        sex=member["sex"],
        date_of_birth=date.fromisoformat(born),
        birth_precision=precision,
        relationship="head" if member["id"] == HEAD_ID else member["relationship"],
        phone=member.get("phone", ""),
        document_type=member["document_type"] if has_document else "",
        document_number=member["document_number"] if has_document else "",
        **_circumstances(member),
    )


def _circumstances(member: dict[str, Any]) -> dict[str, Any]:
    """Only what is asked at this age and sex: an answer from before a correction does not count."""
    told = {name: member.get(name, "") for name in questions_for(member)}
    return {
        name: (int(value) if name in DIFFICULTIES else value == "yes")
        for name, value in told.items()
        if value not in ("", UNKNOWN[0])
    }


def step_of(problem: Problem, journey: Journey) -> Step:
    """Where the cause of a refusal is put right."""
    name = STEP_OF_FIELD.get(problem.field, problem.field)
    if problem.member is None:
        return Step(name)
    return Step(name, journey.members[problem.member]["id"])


def rows_of(member: dict[str, Any]) -> Iterator[tuple[str, str, Step]]:
    """Question, answer and step of everything told about one member, to check it."""
    number = member["id"]
    yield _("Name"), full_name(member), Step("name", number)
    if latin_name(member):
        yield _("Name in Latin letters"), latin_name(member), Step("name", number)
    if number != HEAD_ID:
        relationship = Membership.Relationship(member["relationship"]).label
        yield _("Relationship to the head of household"), str(relationship), Step("relationship", number)
    yield _("Sex"), str(Person.Sex(member["sex"]).label), Step("sex", number)
    born, precision = member["born"]
    yield _("Date of birth"), format_date(date.fromisoformat(born), precision), Step("birth", number)
    yield _("Document"), document_words(member), Step("document", number)
    if number == HEAD_ID:
        phone = local_form(member["phone"]) if member.get("phone") else _("None")
        yield _("Phone number"), phone, Step("phone", number)
    if questions_for(member):
        yield _("Health and daily life"), _told(member), Step("circumstances", number)


def _told(member: dict[str, Any]) -> str:
    """Each answer but "no difficulty" and "no", which would bury the others."""
    lines = []
    for name, value in _circumstances(member).items():
        if name in DIFFICULTIES and value > Person.Difficulty.NONE:
            lines.append(f"{DIFFICULTY_LABELS[name]}: {Person.Difficulty(value).label}")
        elif name in SITUATION_LABELS and value:
            lines.append(f"{SITUATION_LABELS[name]} {_('Yes')}")
    unknown = len(questions_for(member)) - len(_circumstances(member))
    if unknown:
        lines.append(_("Not known: %(count)d answers") % {"count": unknown})
    return "\n".join(lines) or _("No difficulties")
