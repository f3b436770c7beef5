"""Who reads the answers of an application, and what somebody answered before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Answers, Application
from dsp_platform.accounts.models import User
from registry.models import Person, Programme, ProgrammeQuestion
from registry.persons.ages import told_by
from registry.persons.households import household_of, members_of
from registry.programmes.questions.conditions import asked_for
from registry.programmes.questions.definition import Asked, asked_of
from registry.programmes.questions.forms import fits

Stored = Mapping[str, Any]
"""By the name of the question: ``{"answer", "asked", "keep"}``, as a draft has them too."""


class Line(NamedTuple):
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What somebody answered to the same question for another programme."""

    answer: Any
    on: date
    programme: Programme


def values_of(answers: Stored) -> dict[str, Any]:
    return {name: one.get("answer") for name, one in answers.items()}


def reads_answers(user: User, reader: Person | None, application: Application) -> bool:
    """Whoever gave them from an account of their own, and whom they are about; of a child, whoever tells for
    it. Another adult of the household follows the application without them.

    ``reader``: the subject of the request. In a case nobody else counts: the official who typed the answers
    may type for another member of the household today.
    """
    gave = user.is_citizen and application.submitted_by_id == user.pk
    return reader is not None and (gave or tells_of(reader, application.person))


def tells_of(reader: Person, person: Person) -> bool:
    return reader == person or person.pk in told_by(reader, _members(reader))


def _members(reader: Person) -> list[Person]:
    home = household_of(reader)
    return [one.person for one in members_of(home)] if home else []


def lines_of(application: Application) -> list[Line]:
    """Every question that was asked, in the order and in the words of its version. Files are among the
    documents of the application."""
    found = getattr(application, "answers", None)
    return [*_lines(found)] if found else []


def _lines(found: Answers) -> Iterator[Line]:
    for one in asked_of(found.answers_to.questions):
        if one.name in found.answers:
            yield Line(one.title, in_words(one, found.answers[one.name].get("answer")))


def in_words(asked: Asked, answer: Any) -> str:
    if asked.kind == ProgrammeQuestion.Kind.FILE and answer:
        return _("among the documents")
    return asked.in_words(answer)


def answered(questions: list[Asked], facts: Any, answers: Stored) -> dict[str, Any]:
    """The answers to those questions that are asked: an answer that became idle is not sent."""
    asked = asked_for(questions, facts, values_of(answers))
    return {one.name: answers[one.name] for one in asked if one.name in answers}


def earlier_answers(user: User, reader: Person | None, person: Person) -> dict[int, Earlier]:
    """By question of the bank: the latest answer of this person to it, where they agreed that it is shown
    again."""
    sent = Application.objects.filter(person=person, answers__isnull=False)
    found: dict[int, Earlier] = {}
    for application in sent.select_related("answers__answers_to", "programme").order_by(
        "-submitted_at", "-pk"
    ):
        if not reads_answers(user, reader, application):
            continue
        given = application.answers
        for asked in asked_of(given.answers_to.questions):
            stored = given.answers.get(asked.name)
            if asked.shared is None or asked.shared in found or stored is None:
                continue
            found[asked.shared] = Earlier(
                stored.get("answer") if stored.get("keep") else None,
                timezone.localdate(application.submitted_at),
                application.programme,
            )
    return {shared: one for shared, one in found.items() if one.answer not in (None, "", [])}


def usable(asked: Asked, earlier: Mapping[int, Earlier]) -> Earlier | None:
    """Where the same answer can be given to this question."""
    one = earlier.get(asked.shared) if asked.shared is not None else None
    return one if one is not None and fits(asked, one.answer) else None
