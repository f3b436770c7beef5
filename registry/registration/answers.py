"""Converts the answers of a draft into the details that the service takes."""

from typing import Any

from dsp_platform.khmer.dates import PartialDate
from registry.facts.circumstances import UNKNOWN
from registry.facts.table import CIRCUMSTANCES
from registry.persons.circumstances import questions_for, told
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.labels import NO_DOCUMENT
from registry.plausibility.wizard import RARE

RETURNS = "returns"
"""Of a member of a draft: the SPID of somebody registered before, who lives in no household."""
ALIKE, APART, IS = "alike", "apart", "alike_is"
"""Of a member of a draft: the persons registered who may be the same, the SPIDs of those who are not, and the
official's answer: NOBODY, ELSEWHERE, or an SPID."""
NOBODY, ELSEWHERE = "none", "elsewhere"
HEAD_ID = 1
"""The ``id`` of the head among the members of a draft."""


def answers_to_details(answers: dict[str, Any]) -> HouseholdDetails:
    """Requires a complete wizard."""
    consent, place = answers["consent"], answers["place"]
    return HouseholdDetails(
        village_code=place["village_code"],
        address=place["address"],
        members=tuple(_person(member) for member in answers["members"]),
        operators=tuple(consent["operators"]),
        consent_text=consent["text"],
        language=consent["language"],
        confirmed=tuple(answers.get(RARE, {}).get("confirmed", ())),
        returning=answers["members"][0].get(RETURNS, ""),
    )


def _person(member: dict[str, Any]) -> PersonDetails:
    has_document = member["document_type"] != NO_DOCUMENT
    return PersonDetails(
        family_name=member["family_name"],
        given_name=member["given_name"],
        latin_family_name=member["latin_family_name"],
        latin_given_name=member["latin_given_name"],
        sex=member["sex"],
        born=PartialDate.parse(member["born"]),
        relationship="head" if member["id"] == HEAD_ID else member["relationship"],
        phone=member.get("phone", ""),
        document_type=member["document_type"] if has_document else "",
        document_number=member["document_number"] if has_document else "",
        circumstances=circumstances_of(member),
        apart=tuple(member.get(APART, ())),
        is_registered=member.get(IS, "") == ELSEWHERE,
        returning="" if member["id"] == HEAD_ID else member.get(RETURNS, ""),
    )


def circumstances_of(member: dict[str, Any]) -> dict[str, Any]:
    """Only those asked at this age and sex: answers given before a correction are dropped."""
    given = told(member, member)
    return {
        name: CIRCUMSTANCES[name].stored(answer)
        for name in questions_for(member)
        if (answer := given.get(name, "")) not in ("", UNKNOWN[0])
    }
