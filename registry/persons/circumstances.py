"""The questions about health and daily life: who is asked, on which of two pages, what was told, in words."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label, labelled
from dsp_platform.wizard.questions import Answer, Key
from registry.facts.circumstances import DIFFICULTIES, UNKNOWN
from registry.facts.table import CIRCUMSTANCES, circumstances_asked
from registry.models import Person
from registry.persons.ages import ages_of

ANY_DIFFICULTY = "difficulty"
"""The answer about all six difficulties at once. Only ``SOME`` opens the page that asks each."""

NONE, SOME = "none", "some"
SIX = tuple(one.name for one in DIFFICULTIES)
OF_ALL_SIX: Mapping[str, Label] = {
    NONE: _("No difficulties"),
    SOME: _("Difficulties: asked one by one"),
    UNKNOWN[0]: _("Difficulties: not known"),
}
"""The words of that answer."""


def questions_for(member: dict[str, Any]) -> list[str]:
    """Which circumstances are asked of this member of a draft, by age and sex."""
    if "born" not in member:
        return []
    return circumstances_asked(ages_of(member), member.get("sex"))


def asks_of_difficulty(names: Collection[str]) -> bool:
    return not set(SIX).isdisjoint(names)


def fields_for(member: dict[str, Any]) -> list[str]:
    """Of the first page: whether there is a difficulty at all, and daily life."""
    names = questions_for(member)
    first = [ANY_DIFFICULTY] if asks_of_difficulty(names) else []
    return [*first, *(name for name in names if name not in SIX)]


def as_member(person: Person) -> dict[str, Any]:
    """A registered person as ``questions_for`` takes a member of a draft."""
    return {"born": str(person.born), "sex": person.sex}


def has_difficulty(daily_life: Answer) -> bool:
    """Whether each of the six is asked, by the answers of the first page."""
    return bool(daily_life.get(ANY_DIFFICULTY) == SOME)


def told(daily_life: Answer, difficulties: Answer) -> dict[str, str]:
    """By name, as the two pages sent them. Empty, or absent, is what was left out."""
    others = {name: daily_life.get(name, "") for name in CIRCUMSTANCES if name not in SIX}
    of_each = {
        NONE: dict.fromkeys(SIX, str(Person.Difficulty.NONE.value)),
        SOME: {name: difficulties.get(name, "") for name in SIX},
        UNKNOWN[0]: dict.fromkeys(SIX, UNKNOWN[0]),
    }
    return others | of_each.get(daily_life.get(ANY_DIFFICULTY, ""), {})


def each_if_any(answer: Answer, wizard: Any, key: Key) -> Answer:
    """What the second page said holds as long as the first one opens it."""
    return answer if has_difficulty(wizard.answer(Key("circumstances", key.number)) or {}) else {}


def in_words(name: str, answer: str) -> str:
    """What was asked, and the answer."""
    asked = CIRCUMSTANCES[name]
    words = dict(asked.choices)[answer]
    return labelled(asked.label, words) if name in SIX else f"{asked.label} {words}"  # these are questions


def recorded(person: Person) -> Answer:
    """What is stored, as the two pages show it."""
    answers = {name: asked.answer(getattr(person, name)) for name, asked in CIRCUMSTANCES.items()}
    return answers | {ANY_DIFFICULTY: _of_all_six([getattr(person, name) for name in SIX])}


def _of_all_six(stored: list[int | None]) -> str:
    if set(stored) == {Person.Difficulty.NONE}:
        return NONE
    return UNKNOWN[0] if set(stored) == {None} else SOME
