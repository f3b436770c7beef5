"""A registration at the counter: the same draft and questions, on fewer pages.

The household is written on the page of ``registry.registration.roster``, health and daily life are asked once
for all (``household_health``); what is rare keeps its own page. The page of each single question still takes
its answer: there what is asked of all at once is corrected for one person.
"""

from typing import Any

from django.urls import reverse

from dsp_platform.wizard.questions import CHECK, Answer, Key
from registry.persons.circumstances import fields_for
from registry.registration.household_health import HEALTH, QUESTION, Asked, answer_of, chosen_so_far
from registry.registration.questions import MEMBERS, QUESTIONS
from registry.registration.wizard import RegistrationWizard

OF_ROSTER = ("name", "relationship", "sex", "birth", "document", "phone", "place", MEMBERS)
"""The questions that the roster asks."""
EACH = "circumstances"
"""The question that HEALTH asks for all at once."""
ROW = "row"
"""Of a member of a draft: what names them on pages that are about several."""


def row_of(member: dict[str, Any]) -> str:
    return str(member.get(ROW) or member["id"])


class CounterWizard(RegistrationWizard):
    questions = {**QUESTIONS, HEALTH: QUESTION}
    parts = ("consent", MEMBERS, HEALTH, CHECK)

    def order(self) -> list[Key]:
        order = super().order()
        first = next((place for place, key in enumerate(order) if key.name == EACH), None)
        return order if first is None else [*order[:first], Key(HEALTH), *order[first:]]

    def is_open(self, key: Key) -> bool:
        """The page of one person's answers also before all were asked at once."""
        order = self.order()
        if key.name not in (EACH, "difficulties") or key not in order:
            return super().is_open(key)
        return all(self.is_done(one) for one in order[: order.index(key)] if one.name != HEALTH)

    def before(self, key: Key) -> Key | None:
        order = self.order()
        if key not in order:
            return super().before(key)
        return next((one for one in reversed(order[: order.index(key)]) if one.name != EACH), None)

    def after(self, key: Key, back_to: str = "") -> Key:
        """What is still open: most questions were answered on one page."""
        return super().after(key, back_to) if back_to else self.first_open()

    def url(self, key: Key) -> str:
        return reverse("registry:roster") if key.name in OF_ROSTER else super().url(key)

    def url_to_change(self, key: Key) -> str:
        if key.name not in OF_ROSTER:
            return super().url_to_change(key)
        place = next((place for place, one in enumerate(self.members, 1) if one["id"] == key.number), None)
        return self.url(key) + (f"#m{place}" if place else "")

    def part(self, key: Key) -> int:
        if key.name in (HEALTH, EACH, "difficulties"):
            return self.parts.index(HEALTH) + 1
        return self.parts.index(key.name if key.name in self.parts else MEMBERS) + 1

    @property
    def asked_members(self) -> list[Asked]:
        """Whom the questions about health and daily life are asked of."""
        names = self.names
        found = []
        for member in self.members:
            if asked := fields_for(member):
                answers = {name: str(member.get(name, "")) for name in asked}
                found.append(Asked(row_of(member), names[member["id"]], answers))
        return found

    def depended_on(self, key: Key) -> dict[str, Any]:
        if key.name == HEALTH:
            return {one.row: [one.name, *one.circumstances] for one in self.asked_members}
        return super().depended_on(key)

    def answer(self, key: Key) -> Answer | None:
        return chosen_so_far(self.asked_members) if key.name == HEALTH else super().answer(key)

    def is_done(self, key: Key) -> bool:
        if key.name == HEALTH:
            return all(self.is_done(one) for one in super().order() if one.name == EACH)
        return super().is_done(key)

    def keep(self, key: Key, answer: Answer) -> None:
        """What was answered for one person stays where the answer about all is still the same."""
        if key.name != HEALTH:
            super().keep(key, answer)
            return
        asked = {one.row: one for one in self.asked_members}
        same = {name for name, chosen in chosen_so_far(asked.values()).items() if answer[name] == chosen}
        self.put_all(
            {
                Key(EACH, member["id"]): {
                    name: now if name in same else answer_of(name, row, answer[name])
                    for name, now in asked[row].circumstances.items()
                }
                for member in self.members
                if (row := row_of(member)) in asked
            }
        )
