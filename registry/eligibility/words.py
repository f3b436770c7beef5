"""A condition of a rule, and what is known about it, in plain words.

Said of the fact itself, never of the condition, so that a negation around it cannot turn it into a lie.
In two voices: to the person concerned, and about somebody else.
"""

from collections.abc import Callable, Collection
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registry.eligibility.facts import BY_NAME
from registry.models import Area, Household, Person
from registry.rules.names import Value
from registry.rules.nodes import Condition

Voice = Literal["you", "they"]
_OLDEST = 130


def sentence(
    condition: Condition, known: Value | None, voice: Voice = "you", hidden: Collection[str] = ()
) -> str:
    """The fact behind a condition, as a reason why the condition is met, is not met, or is not judged."""
    fact = BY_NAME[condition.fact]
    to = 0 if voice == "you" else 1
    if known is None:
        return str(fact.hidden if fact.name in hidden else fact.unknown[to])
    if fact.yes and fact.no:
        return str((fact.yes if known else fact.no)[to])
    if fact.count:
        return str(fact.count) % {"number": known}
    return _SAYING[fact.name](condition, known, voice)


def _age(condition: Condition, known: Value, voice: Voice) -> str:
    """The bound that decides, not the age, where there is one that says something."""
    you, bound = voice == "you", condition.value
    if isinstance(bound, int) and isinstance(known, int) and condition.operator not in ("==", "!="):
        limit = bound + 1 if condition.operator in (">", "<=") else bound
        if 1 <= limit <= _OLDEST and known >= limit:
            said = _("You are %(age)d or older.") if you else _("This person is %(age)d or older.")
            return said % {"age": limit}
        if 1 <= limit <= _OLDEST:
            said = _("You are younger than %(age)d.") if you else _("This person is younger than %(age)d.")
            return said % {"age": limit}
    said = _("You are %(age)d years old.") if you else _("This person is %(age)d years old.")
    return said % {"age": known}


def _sex(_condition: Condition, known: Value, voice: Voice) -> str:
    if voice == "you":
        return _("You are a woman.") if known == Person.Sex.FEMALE else _("You are a man.")
    return _("This person is female.") if known == Person.Sex.FEMALE else _("This person is male.")


def _poverty_level(_condition: Condition, known: Value, _voice: Voice) -> str:
    level = Household.PovertyLevel(str(known)).label
    return _("The poverty level of the household is: %(level)s.") % {"level": level}


def _province(_condition: Condition, known: Value, voice: Voice) -> str:
    area = Area.objects.filter(code=known).first()
    name = "" if area is None else area.name_km if get_language() == "km" else area.name_latin
    said = _("You live in %(province)s.") if voice == "you" else _("This person lives in %(province)s.")
    return said % {"province": name or known}


_SAYING: dict[str, Callable[[Condition, Value, Voice], str]] = {
    "age": _age,
    "sex": _sex,
    "poverty_level": _poverty_level,
    "province_code": _province,
}
