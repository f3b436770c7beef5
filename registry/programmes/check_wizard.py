"""Asks the facts that can still change the verdict on a programme, one a page.

The answers are a signed field of the page. They are stored nowhere: not in a session, a cookie or a URL.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest

from dsp_platform.wizard.questions import CHECK, Answer, Key
from dsp_platform.wizard.wizard import Wizard
from registry.eligibility.verdict import judge_facts
from registry.facts.circumstances import EVERYBODY, UNKNOWN
from registry.facts.table import FACTS
from registry.models import Programme
from registry.programmes.check_bounds import disagreeing
from registry.programmes.check_questions import OTHER, WHOM, CheckQuestion, check_questions, typed
from registry.rules.names import Known

Answers = Known
"""In the order they were given; the answer to ``WHOM`` is among them. None is "I do not know"."""

SALT, _LIFE = "registry.check", timedelta(hours=12)


def seal(answers: Answers) -> str:
    return signing.dumps(list(answers.items()), salt=SALT)


def unseal(token: str) -> Answers:
    """No answers where the token is forged or too old. Answers to questions that are gone are dropped."""
    try:
        answers = signing.loads(token, salt=SALT, max_age=_LIFE)
    except signing.BadSignature:
        return {}
    return {fact: value for fact, value in answers if fact == WHOM or fact in FACTS}


def facts_of(answers: Answers) -> Answers:
    """As ``judge_facts`` takes them; what age and sex decide is known without a question."""
    facts: Known = {name: answers.get(name) for name in FACTS}
    return facts | {fact.name: False for fact in FACTS.values() if fact.is_surely_no(facts)}


class CheckWizard(Wizard):
    """Its check page is the result."""

    questions: dict[str, CheckQuestion]

    def __init__(self, answers: Answers, programmes: Sequence[Programme] = ()) -> None:
        super().__init__(answers)
        self.questions = check_questions()
        self.programmes = programmes

    @property
    def is_about_other(self) -> bool:
        return self.answers.get(WHOM) == OTHER

    def order(self) -> list[Key]:
        facts = facts_of(self.answers)
        wanted = {fact for programme in self.programmes for fact in judge_facts(programme, facts).missing}
        for fact in [FACTS[name] for name in wanted if name not in self.answers]:
            # Their answer may make this question unnecessary.
            asked = fact.asked_of
            wanted |= ({"age"} if asked != EVERYBODY else set()) | ({"sex"} if asked.sex else set())
        if any(self.questions[fact].of_other for fact in wanted):
            wanted.add(WHOM)
        after = next((name for name in self.questions if name in wanted - self.answers.keys()), CHECK)
        return [*map(Key, self.answers), Key(after)]

    def answer(self, key: Key) -> Answer | None:
        return {"answer": typed(self.answers[key.name])} if key.name in self.answers else None

    def before(self, key: Key) -> Key | None:
        asked = list(map(Key, self.answers))
        earlier = asked[: asked.index(key)] if key in asked else asked
        return earlier[-1] if earlier else None

    def put(self, key: Key, answer: Answer) -> None:
        value = answer["answer"]
        is_changed = self.answers.get(key.name, value) != value
        self.answers[key.name] = value
        if is_changed:
            self.forget_dependents(key)
        for fact in disagreeing(self.answers):  # asked again, with what they must agree with
            del self.answers[fact]

    def heading(self, fact: str) -> str:
        question = self.questions[fact]
        return str(question.of_other if question.of_other and self.is_about_other else question.heading)

    def form_kwargs(self, request: HttpRequest, key: Key) -> dict[str, Any]:
        question = self.questions[key.name]
        return {
            "initial": self.answer(key) or {},
            "field": question.field(self.answers),
            "label": self.heading(key.name),
            "help_text": str(question.help),
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """Fact, question and answer in words, to be looked at and changed."""
        rows = []
        for fact, value in self.answers.items():
            choices = dict(getattr(self.questions[fact].field(), "choices", ()))
            words = choices.get(typed(value), UNKNOWN[1] if value is None else value)
            rows.append((fact, self.heading(fact), str(words)))
        return rows
