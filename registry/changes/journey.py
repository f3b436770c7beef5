"""The way through one change: which questions there are for these answers, and which are open."""

from typing import Any

from django.urls import reverse

from registry.changes.context import Answers, HouseholdContext
from registry.changes.kinds import Kind
from registry.changes.steps import who
from registry.models import Person

CHECK = "check"
# What an answer throws away when it changes, because it was asked of somebody or something else.
RESETS = {
    "who": ("phone", "circumstances", "name", "sex", "birth", "document", "head", "relationships"),
    "known": ("name", "sex", "birth", "document"),
    "living": ("known", "where", "relationship"),
    "head": ("relationships",),
}


class ChangeJourney:
    def __init__(self, kind: Kind, context: HouseholdContext, answers: Answers) -> None:
        self.kind, self.context, self.answers = kind, context, answers

    @property
    def person(self) -> Person | None:
        """The member whom it is about."""
        choices = self.kind.whom(self.context)
        if len(choices) == 1:
            return choices[0].person
        chosen = who(self.answers)
        return next((one.person for one in choices if one.person.spid == chosen), None)

    def steps(self) -> list[str]:
        first = ["who"] if len(self.kind.whom(self.context)) > 1 else []
        return [*first, *self.kind.steps(self._told(), self.context), CHECK]

    def _told(self) -> Answers:
        """With the person in it also where there was nobody to choose from."""
        person = self.person
        return {**self.answers, "who": {"person": person.spid}} if person else self.answers

    def is_done(self, step: str) -> bool:
        if step == "who":
            return self.person is not None
        return step != CHECK and step in self.answers

    def first_open(self) -> str:
        return next(step for step in self.steps() if not self.is_done(step))

    def find(self, step: str) -> bool:
        """Whether it may be opened now: it exists and nothing before it is missing."""
        for known in self.steps():
            if known == step:
                return True
            if not self.is_done(known):
                return False
        return False

    def before(self, step: str) -> str:
        steps = self.steps()
        index = steps.index(step)
        return steps[index - 1] if index else ""

    def put(self, step: str, given: dict[str, Any]) -> None:
        if self.answers.get(step) not in (None, given):
            for stale in RESETS.get(step, ()):
                self.answers.pop(stale, None)
        self.answers[step] = given

    def asked(self) -> Answers:
        """What is sent: the answers to the questions that are asked, and no others."""
        told = self._told()
        names = [*(["who"] if "who" in told else []), *self.steps()]
        return {name: told[name] for name in names if name in told}

    def url(self, step: str) -> str:
        return reverse("registry:change_step", args=[self.kind.code, step])
