"""The way through a registration: which steps there are for these answers, in which order, which are open.

Answers are the JSON of a draft: ``consent``, ``place``, ``members`` (head first; each with an ``id`` that is
never reused, the answers by field, and the steps ``done``), ``last`` (the newest id) and ``no_more``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.persons.ages import age_of
from registry.persons.circumstances import questions_for

CONSENT, PLACE, MEMBERS, CHECK = "consent", "place", "members", "check"
HEAD_ID = 1
YOUNG = 15

# What a household's registration consists of, in six parts, for the line of progress.
PARTS = (CONSENT, "head", PLACE, MEMBERS, "circumstances", CHECK)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    member: int | None = None

    @property
    def url(self) -> str:
        if self.member is None:
            return reverse("registry:register_step", args=[self.name])
        return reverse("registry:register_member", args=[self.member, self.name])

    @property
    def part(self) -> str:
        if self.member is None or self.name == "circumstances":
            return self.name
        return "head" if self.member == HEAD_ID else MEMBERS


class Journey:
    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    @property
    def members(self) -> list[dict[str, Any]]:
        members: list[dict[str, Any]] = self.answers.setdefault("members", [])
        return members

    def member(self, number: int | None) -> dict[str, Any]:
        return next((member for member in self.members if member["id"] == number), {})

    @property
    def next_id(self) -> int:
        return int(self.answers.get("last", 0)) + 1

    def steps(self) -> list[Step]:
        return list(self._steps())

    def _steps(self) -> Iterator[Step]:
        yield Step(CONSENT)
        yield from self._about(HEAD_ID)
        yield Step(PLACE)
        others = [member["id"] for member in self.members if member["id"] != HEAD_ID]
        for number in others:
            yield from self._about(number)
        yield Step(MEMBERS)
        for number in (HEAD_ID, *others):
            if questions_for(self.member(number)):
                yield Step("circumstances", number)
        yield Step(CHECK)

    def _about(self, number: int) -> Iterator[Step]:
        yield Step("name", number)
        if number != HEAD_ID:
            yield Step("relationship", number)
        yield Step("sex", number)
        yield Step("birth", number)
        member = self.member(number)
        if number == HEAD_ID and "born" in member and age_of(member) < YOUNG:
            yield Step("young", number)
        yield Step("document", number)
        if number == HEAD_ID:
            yield Step("phone", number)

    def is_done(self, step: Step) -> bool:
        if step.name == CHECK:
            return False
        if step.name == MEMBERS:
            return bool(self.answers.get("no_more"))
        if step.member is None:
            return step.name in self.answers
        return step.name in self.member(step.member).get("done", ())

    def first_open(self) -> Step:
        return next(step for step in self.steps() if not self.is_done(step))

    def find(self, name: str, number: int | None = None) -> Step | None:
        """The step, if it may be opened now: it exists and nothing before it is missing."""
        step = Step(name, number)
        if name == "name" and number == self.next_id and number > HEAD_ID:
            return step if self.find(MEMBERS) else None
        for known in self.steps():
            if known == step:
                return step
            if not self.is_done(known):
                return None
        return None

    def before(self, step: Step) -> Step | None:
        steps = self.steps()
        if step not in steps:
            return Step(MEMBERS)
        index = steps.index(step)
        return steps[index - 1] if index else None

    def after(self, step: Step, back_to: str = "") -> Step:
        """Where "Continue" leads: onwards, or back to the page a change was asked from."""
        steps = self.steps()
        target = Step(back_to)
        if target in steps:
            opened = self.first_open()
            return opened if steps.index(opened) < steps.index(target) else target
        return steps[steps.index(step) + 1]

    def put(self, step: Step, answers: dict[str, Any]) -> None:
        if step.name == MEMBERS:
            self.answers["no_more"] = answers["more"] == "no"
        elif step.member is None:
            self.answers[step.name] = answers
        else:
            self._put_member(step, answers)

    def _put_member(self, step: Step, answers: dict[str, Any]) -> None:
        member = self.member(step.member)
        if not member:
            member = {"id": step.member, "done": []}
            self.members.append(member)
            self.answers.update(last=step.member, no_more=False)
        asked = questions_for(member)
        member.update(answers)
        if step.name not in member["done"]:
            member["done"].append(step.name)
        if step.name == "birth":
            self._reopen(member, "young")
        if asked != questions_for(member):
            self._reopen(member, "circumstances")

    @staticmethod
    def _reopen(member: dict[str, Any], name: str) -> None:
        member["done"] = [done for done in member["done"] if done != name]

    def remove(self, number: int) -> None:
        """Take a member out; the head stays."""
        if number != HEAD_ID:
            self.answers["members"] = [member for member in self.members if member["id"] != number]
