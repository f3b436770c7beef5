"""The order of a registration's questions.

Answers are the JSON of a draft: ``consent``, ``place``, ``members`` (head first; each with an ``id`` that is
never reused, the answers by field, and the questions ``done``), ``last`` (the newest id) and ``no_more``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.wizard.questions import CHECK, Answer, AnswerRow, Key
from registry.errors import Problem
from registry.facts.table import CIRCUMSTANCES
from registry.identity.spid import grouped
from registry.persons.circumstances import (
    ANY_DIFFICULTY,
    SIX,
    asks_of_difficulty,
    has_difficulty,
    questions_for,
)
from registry.persons.labels import full_name
from registry.persons.plausible import household_findings, last_of
from registry.persons.told_apart import names_of_draft
from registry.persons.validation import MEMBERS as MOST_MEMBERS
from registry.plausibility.findings import Finding, rare
from registry.plausibility.situation import Member
from registry.plausibility.wizard import RARE, PlausibilityWizard
from registry.registration.answers import ALIKE, HEAD_ID, RETURNS
from registry.registration.questions import AGAIN, MEMBERS, QUESTIONS
from registry.registration.returns import FORMER

PARTS = ("consent", "head", "place", MEMBERS, "circumstances", CHECK)
"""The steps counted by the progress line."""

QUESTION_OF_FIELD = {
    **{field: name for name, question in QUESTIONS.items() for field in question.form.base_fields},
    "consent_text": "consent",
    "language": "consent",
    **dict.fromkeys(CIRCUMSTANCES, "circumstances"),
    **dict.fromkeys(SIX, "difficulties"),
    ANY_DIFFICULTY: "circumstances",
}


class RegistrationWizard(PlausibilityWizard):
    """A question about a member has the member's ``id`` as the number of its key. What is rare is asked after
    the member who is entered last of those it concerns, or after all members."""

    questions = QUESTIONS
    parts: Sequence[str] = PARTS

    @property
    def members(self) -> list[dict[str, Any]]:
        members: list[dict[str, Any]] = self.answers.setdefault("members", [])
        return members

    def member(self, number: int | None) -> dict[str, Any]:
        return next((member for member in self.members if member["id"] == number), {})

    @property
    def names(self) -> dict[int, str]:
        """By ``id``, told apart."""
        return names_of_draft(self.members)

    @property
    def next_id(self) -> int:
        return int(self.answers.get("last", 0)) + 1

    def order(self) -> list[Key]:
        others = [member["id"] for member in self.members if member["id"] != HEAD_ID]
        asked_after = {last_of(one) for one in rare(self.findings())}
        return [
            Key("consent"),
            *self._about(HEAD_ID, asked_after),
            Key("place"),
            *([Key(AGAIN)] if self.answers.get(FORMER) else []),
            *(key for number in others for key in self._about(number, asked_after)),
            Key(MEMBERS),
            *([Key(RARE)] if None in asked_after else []),
            *(key for number in (HEAD_ID, *others) for key in self._daily_life(number)),
            Key(CHECK),
        ]

    def _about(self, number: int, asked_after: set[int | None]) -> Iterator[Key]:
        is_head = number == HEAD_ID
        if RETURNS in self.member(number):
            if not is_head:
                yield Key("relationship", number)
            if number in asked_after:
                yield Key(RARE, number)
            return
        yield Key("name", number)
        if not is_head:
            yield Key("relationship", number)
        yield Key("sex", number)
        yield Key("birth", number)
        if number in asked_after:
            yield Key(RARE, number)
        if self.member(number).get(ALIKE):
            yield Key(ALIKE, number)
        yield Key("document", number)
        if is_head:
            yield Key("phone", number)

    def _daily_life(self, number: int) -> Iterator[Key]:
        names = questions_for(self.member(number))
        if names:
            yield Key("circumstances", number)
        if has_difficulty(self.member(number)) and asks_of_difficulty(names):
            yield Key("difficulties", number)

    def judged(self) -> list[Finding]:
        """Once somebody's date of birth and, but for the head's, relationship are known."""
        return household_findings(
            Member(
                key=str(one["id"]),
                name=full_name(one),
                born=PartialDate.parse(one["born"]),
                relationship="head" if one["id"] == HEAD_ID else one["relationship"],
                sex=one.get("sex", ""),
            )
            for one in self.members
            if "born" in one and (one["id"] == HEAD_ID or "relationship" in one)
        )

    def asked_about(self, key: Key) -> list[Finding]:
        return [one for one in super().asked_about(key) if last_of(one) == key.number]

    def url(self, key: Key) -> str:
        if key.number is None:
            return reverse("registry:register_question", args=[key.name])
        return reverse("registry:register_member", args=[key.number, key.name])

    def url_to_change(self, key: Key) -> str:
        return f"{self.url(key)}?return={CHECK}"

    def part(self, key: Key) -> int:
        name = "circumstances" if key.name == "difficulties" else key.name
        if key.number is not None and name != "circumstances":
            name = "head" if key.number == HEAD_ID else MEMBERS
        elif name in (RARE, AGAIN):
            name = MEMBERS
        return PARTS.index(name) + 1

    def answer(self, key: Key) -> Answer | None:
        if key.name == MEMBERS:  # asked again each time
            return None
        if key.name == AGAIN and AGAIN in self.answers:
            return {"again": [one[RETURNS] for one in self._brought_back]}
        if key.number is None or key.name == RARE:
            return super().answer(key)
        return self._answer_of_member(key) or None

    def _answer_of_member(self, key: Key) -> Answer:
        member = self.member(key.number)
        return {field: member[field] for field in member if QUESTION_OF_FIELD.get(field) == key.name}

    def is_done(self, key: Key) -> bool:
        if key.name == MEMBERS:
            return bool(self.answers.get("no_more"))
        asked = key.number is None or key.name == RARE or key.name in self.member(key.number).get("done", ())
        return asked and super().is_done(key)

    @property
    def is_full(self) -> bool:
        """No household is larger, so nobody is added any more."""
        return len(self.members) >= MOST_MEMBERS

    def is_open(self, key: Key) -> bool:
        if key == Key("name", self.next_id) and self.next_id > HEAD_ID:  # one more member
            return not self.is_full and super().is_open(Key(MEMBERS))
        return super().is_open(key)

    def before(self, key: Key) -> Key | None:
        return super().before(key) if key in self.order() else Key(MEMBERS)

    def put(self, key: Key, answer: Answer) -> None:
        if key.name == MEMBERS:
            self.answers["no_more"] = answer["more"] == "no"
        else:
            super().put(key, answer)

    def keep(self, key: Key, answer: Answer) -> None:
        if key.name == AGAIN:
            self._bring_back(answer["again"])
        if key.number is None:
            super().keep(key, answer)
            return
        self.forget(key)
        member = self.member(key.number)
        if not member:
            member = {"id": key.number, "done": []}
            self.members.append(member)
            self.answers.update(last=key.number, no_more=False)
        member.update(answer)
        member["done"].append(key.name)

    @property
    def may_come_along(self) -> dict[str, str]:
        """Names by SPID."""
        return {one["spid"]: one["name"] for one in self.answers.get(FORMER, ()) if one["comes_along"]}

    @property
    def former_elsewhere(self) -> list[tuple[str, str]]:
        """Name and SPID of former members who say themselves where they live."""
        former = self.answers.get(FORMER, ())
        return [(one["name"], grouped(one["spid"])) for one in former if not one["comes_along"]]

    @property
    def _brought_back(self) -> list[dict[str, Any]]:
        return [one for one in self.members if RETURNS in one and one["id"] != HEAD_ID]

    def _bring_back(self, spids: Sequence[str]) -> None:
        for one in self._brought_back:
            if one[RETURNS] not in spids:
                self.remove(one["id"])
        there = {one[RETURNS] for one in self._brought_back}
        for former in self.answers[FORMER]:
            if former["spid"] in spids and former["spid"] not in there:
                done = [*former["member"]["done"]]
                self.members.append(former["member"] | {"id": self.next_id, "done": done})
                self.answers["last"] = self.next_id

    def forget(self, key: Key) -> None:
        if key.number is None:
            super().forget(key)
            return
        member = self.member(key.number)
        for field in self._answer_of_member(key):
            del member[field]
        if key.name in member.get("done", ()):
            member["done"].remove(key.name)

    def remove(self, number: int) -> None:
        """Remove a member; not the head."""
        if number != HEAD_ID:
            self.answers["members"] = [member for member in self.members if member["id"] != number]

    def key_of(self, problem: Problem) -> Key:
        """The question where the problem can be corrected."""
        if problem.field == "former":  # whoever is asked about is taken off the list
            return Key(MEMBERS)
        name = QUESTION_OF_FIELD.get(problem.field, problem.field)
        return Key(name, None if problem.member is None else self.members[problem.member]["id"])

    def also_shown(self) -> Any:
        return [self.household_rows(), *(self.member_rows(member["id"]) for member in self.members)]

    def household_rows(self) -> list[AnswerRow]:
        members = AnswerRow(_("Members"), str(len(self.members)), self.url_to_change(Key(MEMBERS)))
        return [
            *self._rows(Key("place")),
            *self._rows(Key("consent")),
            *(self._rows(Key(AGAIN)) if self.answers.get(FORMER) else []),
            members,
            *self._rows(Key(RARE)),
        ]

    def member_rows(self, number: int) -> list[AnswerRow]:
        return [row for key in self.order() if key.number == number for row in self._rows(key)]

    def _rows(self, key: Key) -> list[AnswerRow]:
        is_of_member = key.number is not None and key.name != RARE
        answer = self.member(key.number) if is_of_member else self.answer(key)
        return self.questions[key.name].rows(answer or {}, self.may_come_along, self.url_to_change(key))
