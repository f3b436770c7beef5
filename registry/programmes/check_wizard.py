"""Which fact is asked next: the first that can still change the verdict on a programme.

The answers travel with the page, signed, and are stored nowhere: no session, no cookie, no address.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest

from dsp_platform.wizard.questions import CHECK, Answer, Key
from dsp_platform.wizard.wizard import Wizard
from registry.eligibility.verdict import judge_facts
from registry.models import Person, Programme
from registry.persons.circumstances import UNKNOWN
from registry.programmes.check_questions import ASKED_BEFORE, OF_ONE_PERSON, OTHER, QUESTIONS, WHOM, typed
from registry.rules.names import TYPES, Value

Answers = dict[str, Value | None]
"""By fact, in the order they were given. None is "I do not know"."""

SALT, _LIFE = "registry.check", timedelta(hours=12)


def seal(answers: Answers) -> str:
    return signing.dumps(list(answers.items()), salt=SALT)


def unseal(token: str) -> Answers:
    """No answers where the token is forged or too old. A question that is gone is dropped."""
    try:
        answers = signing.loads(token, salt=SALT, max_age=_LIFE)
    except signing.BadSignature:
        return {}
    return {fact: value for fact, value in answers if fact in QUESTIONS}


def facts_of(answers: Answers) -> Answers:
    """As ``judge_facts`` takes them. Nobody is asked what their age or sex answers already."""
    facts: Answers = dict.fromkeys(TYPES) | {fact: answers[fact] for fact in answers if fact in TYPES}
    age = facts["age"]
    if facts["sex"] == Person.Sex.MALE or (isinstance(age, int) and not 12 <= age <= 55):
        facts["pregnant"] = False
    if isinstance(age, int) and age < 15:
        facts["working"] = False
    if isinstance(age, int) and age < 3:
        facts["studying"] = False
    return facts


class CheckWizard(Wizard):
    """Its check page is the result."""

    questions = QUESTIONS

    def __init__(self, answers: Answers, programmes: Sequence[Programme] = ()) -> None:
        super().__init__(answers)
        self.programmes = programmes

    @property
    def is_about_other(self) -> bool:
        return self.answers.get(WHOM) == OTHER

    def order(self) -> list[Key]:
        facts = facts_of(self.answers)
        wanted = {fact for programme in self.programmes for fact in judge_facts(programme, facts).missing}
        for fact in tuple(wanted - self.answers.keys()):
            wanted |= ASKED_BEFORE.get(fact, set())
        if wanted & OF_ONE_PERSON:
            wanted.add(WHOM)
        after = next((fact for fact in QUESTIONS if fact in wanted and fact not in self.answers), CHECK)
        return [*map(Key, self.answers), Key(after)]

    def answer(self, key: Key) -> Answer | None:
        return {"answer": typed(self.answers[key.name])} if key.name in self.answers else None

    def before(self, key: Key) -> Key | None:
        asked = list(map(Key, self.answers))
        earlier = asked[: asked.index(key)] if key in asked else asked
        return earlier[-1] if earlier else None

    def put(self, key: Key, answer: Answer) -> None:
        self.answers[key.name] = answer["answer"]

    def heading(self, fact: str) -> str:
        question = QUESTIONS[fact]
        return str(question.of_other if question.of_other and self.is_about_other else question.heading)

    def form_kwargs(self, request: HttpRequest, key: Key) -> dict[str, Any]:
        question = QUESTIONS[key.name]
        return {
            "initial": self.answer(key) or {},
            "field": question.field(),
            "label": self.heading(key.name),
            "help_text": str(question.help),
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """Fact, question and answer in words, to be looked at and changed."""
        rows = []
        for fact, value in self.answers.items():
            choices = dict(getattr(QUESTIONS[fact].field(), "choices", ()))
            words = choices.get(typed(value), UNKNOWN[1] if value is None else value)
            rows.append((fact, self.heading(fact), str(words)))
        return rows
