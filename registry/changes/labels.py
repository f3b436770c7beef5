"""What was asked for, in words: to check it before it is sent, and to decide on it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.khmer.dates import format_date
from registry.areas.labels import area_path
from registry.areas.selectors import village
from registry.changes.context import Answers
from registry.changes.forms import NOT_HERE
from registry.identity.spid import grouped
from registry.models import Membership, Person
from registry.persons.circumstances import DIFFICULTIES, DIFFICULTY_LABELS, SITUATION_LABELS, UNKNOWN
from registry.persons.labels import document_words, full_name, latin_name

Row = tuple[str, str, str]
"""Question, answer, step."""


def rows_of(answers: Answers, names: dict[str, str]) -> list[Row]:
    """``names`` are those of the members by SPID."""
    return [row for step, told in answers.items() for row in _rows(step, told, names)]


def _rows(step: str, told: dict[str, Any], names: dict[str, str]) -> Iterator[Row]:
    for question, answer in _words(step, told, names):
        yield question, answer, step


def _words(step: str, told: dict[str, Any], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    match step:
        case "who":
            yield _("About"), names.get(told["person"], "")
        case "name":
            yield _("Name"), full_name(told)
            if latin_name(told):
                yield _("Name in Latin letters"), latin_name(told)
        case "sex":
            yield _("Sex"), str(Person.Sex(told["sex"]).label)
        case "birth":
            yield _("Date of birth"), format_date(date.fromisoformat(told["born"][0]), told["born"][1])
        case "died":
            yield _("Date of death"), format_date(date.fromisoformat(told["born"][0]), told["born"][1])
        case "document":
            yield _("Document"), document_words(told)
        case "relationship":
            relationship = Membership.Relationship(told["relationship"]).label
            yield _("Relationship to the head of household"), str(relationship)
        case "mother":
            absent = _("She does not live in this household")
            mother = told["mother"]
            yield _("Mother"), absent if mother == NOT_HERE else names.get(mother, "")
        case _:
            yield from _more_words(step, told, names)


def _more_words(step: str, told: dict[str, Any], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    match step:
        case "phone":
            yield _("Phone number"), local_form(told["phone"]) if told["phone"] else _("None")
        case "address":
            yield _("House and street"), told["address"]
        case "place":
            found = village(told["village_code"])
            yield _("Village"), area_path(found) if found else ""
            if told["address"]:
                yield _("House and street"), told["address"]
        case "known":
            yield "SPID", grouped(told["spid"]) if told["spid"] else _("Not registered yet, or not known")
        case "living":
            here = told["living"] == "here"
            yield _("Where the couple lives"), _("In this household") if here else _("Elsewhere")
        case "where":
            own = told["where"] == "own"
            yield _("Lives now"), _("In a household of their own") if own else _("Elsewhere")
        case "head":
            yield _("New head of household"), names.get(told["person"], "")
        case "payee":
            yield _("Receives the money"), names.get(told["person"], "")
        case "relationships":
            for spid, value in told.items():
                yield names.get(spid, ""), str(Membership.Relationship(value).label)
        case "circumstances":
            yield _("Health and daily life"), _circumstances(told)


def _circumstances(told: dict[str, Any]) -> str:
    labels = DIFFICULTY_LABELS | SITUATION_LABELS
    return "\n".join(f"{labels[name]}: {_answer(name, value)}" for name, value in told.items() if value)


def _answer(name: str, value: str) -> str:
    if value == UNKNOWN[0]:
        return str(UNKNOWN[1])
    if name in DIFFICULTIES:
        return str(Person.Difficulty(int(value)).label)
    return _("Yes") if value == "yes" else _("No")
