from typing import Any

from django.urls import reverse

from dsp_platform.wizard.questions import CHECK, Answer, AnswerRow, Key
from registry.changes.context import Answers, HouseholdContext
from registry.changes.kinds import Kind
from registry.changes.outcome import findings_of
from registry.changes.question_lists import who
from registry.changes.questions import QUESTIONS, rows_of
from registry.models import Person
from registry.plausibility.findings import Finding
from registry.plausibility.wizard import RARE, PlausibilityWizard


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

    def order(self) -> list[Key]:
        first = ["who"] if len(self.choices) > 1 else []
        rare = [RARE] if self.asked_about(Key(RARE)) else []
        return [Key(name) for name in (*first, *self._names(), *rare, CHECK)]

    def _names(self) -> list[str]:
        return self.kind.questions(self._with_person(), self.context)

    def judged(self) -> list[Finding]:
        return findings_of(self._told(), self.context, self.person)

    def _with_person(self) -> Answers:
        """The answers, with the person also where there was no choice."""
        person = self.person
        return {**self.answers, "who": {"person": person.spid}} if person else self.answers

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
        names = {one.person.spid: one.person.name for one in self.context.members}
        return rows_of(self.asked(), names, self.url_to_change)

    def also_shown(self) -> Any:
        """With the household and what is replaced, as they are recorded."""
        members = [(one.person.spid, one.relationship) for one in self.context.members]
        return self.rows(), members, self.kind.basis(self.context.household, self.person)

    def url(self, key: Key) -> str:
        return reverse("registry:change_question", args=[self.kind.code, key.name])

    def url_to_change(self, name: str) -> str:
        """Empty where the person was not asked for."""
        return "" if name == "who" and len(self.choices) == 1 else self.url(Key(name))
