"""A condition of a rule, and what is known about it, in plain words.

Said of the fact itself, never of the condition, so that a negation around it cannot turn it into a lie.
In two voices: to the person concerned, and about somebody else.
"""

from collections.abc import Callable, Collection
from typing import Literal

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from registry.models import Area, Household, Person
from registry.rules.names import Value
from registry.rules.nodes import Condition

Voice = Literal["you", "they"]
HEALTH = frozenset({"pregnant", "disability", "disabled_in_household"})
"""What one member of a household is not told of another."""

_UNKNOWN = {
    "age": gettext_lazy("Your age is not known yet."),
    "sex": gettext_lazy("Your sex is not known yet."),
    "pregnant": gettext_lazy("You have not told us whether you are pregnant."),
    "disability": gettext_lazy("You have not answered all six questions about difficulties."),
    "studying": gettext_lazy("You have not told us whether you go to school."),
    "working": gettext_lazy("You have not told us whether you work."),
    "province_code": gettext_lazy("Your province is not known yet."),
}
_UNKNOWN_OF_THEM = {
    "age": gettext_lazy("The age of this person is not known yet."),
    "sex": gettext_lazy("The sex of this person is not known yet."),
    "pregnant": gettext_lazy("It is not known yet whether this person is pregnant."),
    "disability": gettext_lazy("Not all six questions about difficulties of this person have been answered."),
    "studying": gettext_lazy("It is not known yet whether this person goes to school."),
    "working": gettext_lazy("It is not known yet whether this person works."),
    "province_code": gettext_lazy("The province of this person is not known yet."),
}
_UNKNOWN_OF_HOUSEHOLD = {
    "poverty_level": gettext_lazy("The poverty level of the household is not known yet."),
    "disabled_in_household": gettext_lazy(
        "Not all members of the household have answered the questions about difficulties."
    ),
}
_NO_HOUSEHOLD = gettext_lazy("The household is not known yet.")
_HIDDEN = {
    "disabled_in_household": gettext_lazy(
        "This depends on the health of members of the household, which is not shown here."
    )
}
_HIDDEN_OF_THEM = gettext_lazy("This depends on the health of this person, which is not shown here.")
_YES_NO = {
    "pregnant": (gettext_lazy("You are pregnant."), gettext_lazy("You are not pregnant.")),
    "disability": (gettext_lazy("You have a disability."), gettext_lazy("You told us of no disability.")),
    "studying": (gettext_lazy("You go to school."), gettext_lazy("You do not go to school.")),
    "working": (gettext_lazy("You work."), gettext_lazy("You do not work.")),
    "is_head": (
        gettext_lazy("You are the head of your household."),
        gettext_lazy("You are not the head of your household."),
    ),
}
_YES_NO_OF_THEM = {
    "pregnant": (gettext_lazy("This person is pregnant."), gettext_lazy("This person is not pregnant.")),
    "disability": (
        gettext_lazy("This person has a disability."),
        gettext_lazy("No disability of this person was told."),
    ),
    "studying": (gettext_lazy("This person goes to school."), gettext_lazy("This person is not at school.")),
    "working": (gettext_lazy("This person works."), gettext_lazy("This person does not work.")),
    "is_head": (
        gettext_lazy("This person is the head of the household."),
        gettext_lazy("This person is not the head of the household."),
    ),
}
_COUNTS = {
    "household_size": gettext_lazy("Members of the household: %(number)d."),
    "children_under_2": gettext_lazy("Children under 2 in the household: %(number)d."),
    "children_under_18": gettext_lazy("Children under 18 in the household: %(number)d."),
    "elders_60": gettext_lazy("People of 60 or older in the household: %(number)d."),
    "disabled_in_household": gettext_lazy("People with a disability in the household: %(number)d."),
}
_OLDEST = 130


def sentence(
    condition: Condition, known: Value | None, voice: Voice = "you", hidden: Collection[str] = ()
) -> str:
    """The fact behind a condition, as a reason why the condition is met, is not met, or is not judged."""
    fact = condition.fact
    if known is None:
        return _hidden(fact) if fact in hidden else _unknown(fact, voice)
    if fact in _YES_NO:
        return str((_YES_NO if voice == "you" else _YES_NO_OF_THEM)[fact][not known])
    if fact in _COUNTS:
        return str(_COUNTS[fact]) % {"number": known}
    return _SAYING[fact](condition, known, voice)


def _hidden(fact: str) -> str:
    return str(_HIDDEN.get(fact, _HIDDEN_OF_THEM))


def _unknown(fact: str, voice: Voice) -> str:
    own = _UNKNOWN if voice == "you" else _UNKNOWN_OF_THEM
    return str(own.get(fact) or _UNKNOWN_OF_HOUSEHOLD.get(fact, _NO_HOUSEHOLD))


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
