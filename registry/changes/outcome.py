"""What a household would be by the answers of a change: judged by the rules before it is asked for and again
before it is applied. What happens is asked of the fields of the kind."""

from dataclasses import dataclass, replace
from typing import Protocol

from dsp_platform.khmer.dates import PartialDate
from registry.changes.context import HEAD, Answers, HouseholdContext
from registry.changes.labels import newcomer_name
from registry.models import Person
from registry.persons.labels import full_name
from registry.plausibility.findings import Finding, new_findings
from registry.plausibility.situation import Member, Situation, recorded

NEWCOMER = "newcomer"


class What(Protocol):
    """The fields of a kind of change that say what happens."""

    @property
    def corrects(self) -> bool: ...
    @property
    def person_dies(self) -> bool: ...
    @property
    def marries(self) -> bool: ...
    @property
    def newborn(self) -> bool: ...
    @property
    def may_bring_newcomer(self) -> bool: ...
    def moves_out(self, answers: Answers) -> bool: ...


def findings_of(
    kind: What, answers: Answers, context: HouseholdContext, person: Person | None
) -> list[Finding]:
    """What cannot be and what is rare among what these answers about ``person``, or nobody, bring about."""
    before = recorded(context.members)
    return new_findings(before, _Outcome(kind, answers, before, person.spid if person else "").situation())


@dataclass(frozen=True, slots=True)
class _Outcome:
    kind: What
    answers: Answers
    before: Situation
    about: str
    """The SPID of whom the change is about, if it is about a member."""

    def situation(self) -> Situation:
        kind, newcomer = self.kind, self._newcomer()
        members = {one.key: one for one in self.before.members}
        person = members.get(self.about)
        if person is not None and kind.corrects:
            members[self.about] = person = self._corrected(person)
        died = self.answers.get("died") if kind.person_dies else None
        if person is not None and (died or kind.moves_out(self.answers)):
            members.pop(self.about)
        members = self._related_anew(members)
        if newcomer is not None:
            members[NEWCOMER] = newcomer
        marries = [one for one in (person, newcomer) if one] if kind.marries else []
        own = self.answers.get("where", {}).get("where") == "own"
        return replace(
            self.before,
            members=tuple(members.values()),
            named_head=members.get(self.answers.get("head", {}).get("person", "")),
            formerly={one.key: one.relationship for one in self.before.members if "head" in self.answers},
            named_payee=members.get(self.answers.get("payee", {}).get("person", "")),
            newborn=newcomer if kind.newborn else None,
            mother=members.get(self.answers.get("mother", {}).get("mother", "")),
            married=tuple(marries),
            alone=person if own else None,
            dead=person if died else None,
            died=PartialDate.parse(died["died"]) if died else None,
        )

    def _newcomer(self) -> Member | None:
        """Who comes in, once the date of birth is told; nobody where a couple lives elsewhere."""
        answers = self.answers
        if "birth" not in answers or not self.kind.may_bring_newcomer:
            return None
        return Member(
            key=NEWCOMER,
            name=newcomer_name(answers),
            born=PartialDate.parse(answers["birth"]["born"]),
            relationship=answers.get("relationship", {}).get("relationship", ""),
            sex=answers.get("sex", {}).get("sex", ""),
        )

    def _corrected(self, person: Member) -> Member:
        answers = self.answers
        return replace(
            person,
            name=full_name(answers["name"]) if "name" in answers else person.name,
            born=PartialDate.parse(answers["birth"]["born"]) if "birth" in answers else person.born,
            sex=answers.get("sex", {}).get("sex", person.sex),
        )

    def _related_anew(self, members: dict[str, Member]) -> dict[str, Member]:
        head = self.answers.get("head", {}).get("person")
        if head is None:
            return members
        related = self.answers.get("relationships", {})
        return {
            key: replace(one, relationship=HEAD if key == head else related.get(key, ""))
            for key, one in members.items()
        }
