from functools import partial
from typing import Any

from django.urls import reverse

from dsp_platform.translations.label import Label
from dsp_platform.wizard.questions import CHECK, Answer, AnswerRow, Key
from registry.changes.context import Answers, HouseholdContext, nobody, why_not_head
from registry.changes.kinds import Kind
from registry.changes.labels import newcomer_name
from registry.changes.outcome import findings_of
from registry.changes.question_lists import who
from registry.changes.questions import QUESTIONS, next_heads, rows_of
from registry.models import Person
from registry.plausibility.findings import Finding
from registry.plausibility.wizard import RARE, Implausible, PlausibilityWizard

OF_NEWCOMER = ("known", "name", "sex", "birth", "document", "relationship")


class ChangeWizard(PlausibilityWizard):
    """The questions of one change, as the table of kinds lists them."""

    questions = QUESTIONS

    def __init__(self, kind: Kind, context: HouseholdContext, answers: Answers) -> None:
        super().__init__(dict(answers))
        self.kind, self.context = kind, context
        self.choices = kind.whom(context)
        """The members it may be about. A single one is not asked for."""
        told = who(answers) if self.choices else ""
        if told and (self.person is None or self.person.spid != told):
            # The member whom the answers are about has left, or is another one by now.
            self.forget(Key("who"))
            self.forget_dependents(Key("who"))

    @property
    def person(self) -> Person | None:
        """The member whom it is about."""
        if len(self.choices) == 1:
            return self.choices[0].person
        chosen = who(self.answers)
        return next((one.person for one in self.choices if one.person.spid == chosen), None)

    def left_out(self, name: str) -> list[tuple[str, Label]]:
        """Members who cannot be chosen in the answer to this question, and why."""
        if name == "head":
            chosen, why_not = next_heads(self), why_not_head
            among = [one for one in self.context.members if one.person != self.person]
        elif name == "who" and self.kind.whom is not nobody:
            chosen, among = self.choices, self.context.members
            why_not = partial(self.kind.why_not, self.context)
        else:
            return []
        names = self.context.names
        return [(names[one.person.spid], why_not(one)) for one in among if one not in chosen]

    def order(self) -> list[Key]:
        first = ["who"] if len(self.choices) > 1 else []
        rare = [RARE] if self.asked_about(Key(RARE)) else []
        return [Key(name) for name in (*first, *self._names(), *rare, CHECK)]

    def _names(self) -> list[str]:
        return self.kind.questions(self._with_person(), self.context)

    @property
    def asks_nothing(self) -> bool:
        return self.order() == [Key(CHECK)]

    def judged(self) -> list[Finding]:
        return findings_of(self.kind, self._told(), self.context, self.person)

    @property
    def unchanged(self) -> str:
        """Why nothing would change by these answers, in words."""
        return str(self.kind.unchanged(self._told(), self.context, self.person))

    def require_possible(self, key: Key, answer: Answer) -> None:
        """Also where it would change nothing. Whether a document is recorded already is a lookup of its
        number, which is counted: ``number_lookups`` tells it."""
        trial = self.with_answer(key, answer)
        if "document" not in trial._told() and (words := trial.unchanged):
            raise Implausible(words)
        super().require_possible(key, answer)

    def _with_person(self) -> Answers:
        """The answers, with the person also where there was no choice."""
        person = self.person
        return {**self.answers, "who": {"person": person.spid}} if person else self.answers

    def is_of_newcomer(self, key: Key) -> bool:
        """Whether the question is about whoever comes in, not about the member whom they marry."""
        return self.kind.may_bring_newcomer and key.name in OF_NEWCOMER

    def whose(self, key: Key) -> str:
        """Whom the question is about."""
        if key.name in ("who", CHECK):
            return ""
        if self.is_of_newcomer(key):
            # While the name is asked, it is not what the page is about.
            return newcomer_name({} if key.name in ("known", "name") else self.answers)
        return self.context.names[self.person.spid] if self.person else ""

    def is_done(self, key: Key) -> bool:
        return self.person is not None if key.name == "who" else super().is_done(key)

    def keep(self, key: Key, answer: Answer) -> None:
        """With the person whom it is about, also where there was no choice."""
        super().keep(key, answer)
        self.answers = self._with_person()

    def after(self, key: Key, back_to: str = "") -> Key:
        return self.first_open()

    def asked(self) -> Answers:
        """What is sent: the answers to the questions that are asked, and no others."""
        rare = self.answer(Key(RARE)) if self.asked_about(Key(RARE)) else None
        return {**self._told(), **({RARE: rare} if rare else {})}

    def _told(self) -> Answers:
        """The same without the confirmation of what is rare among them."""
        answers = self._with_person()
        names = dict.fromkeys(("who", *self._names()))
        return {name: answers[name] for name in names if name in answers}

    def rows(self) -> list[AnswerRow]:
        return rows_of(self.asked(), self.context.names, self.url_to_change)

    def also_shown(self) -> Any:
        """With the household and what is replaced, as they are recorded."""
        members = [(one.person.spid, one.relationship) for one in self.context.members]
        return self.rows(), members, self.kind.basis(self.context.home, self.person)

    def url(self, key: Key) -> str:
        return reverse("registry:change_question", args=[self.kind.code, key.name])

    def url_to_change(self, name: str) -> str:
        """Empty where the person was not asked for."""
        return "" if name == "who" and len(self.choices) == 1 else self.url(Key(name))
