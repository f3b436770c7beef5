"""A condition of a rule, and what is known about it, in plain words."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import Household, Person
from registry.rules import Condition, Value

_UNKNOWN = {
    "age": gettext_lazy("Your age is not known yet."),
    "sex": gettext_lazy("Your sex is not known yet."),
    "pregnant": gettext_lazy("You have not told us whether you are pregnant."),
    "disability": gettext_lazy("You have not answered all six questions about difficulties."),
    "studying": gettext_lazy("You have not told us whether you go to school."),
    "working": gettext_lazy("You have not told us whether you work."),
    "poverty_level": gettext_lazy("The poverty level of your household is not known yet."),
    "is_head": gettext_lazy("Your household is not known yet."),
    "household_size": gettext_lazy("Your household is not known yet."),
    "children_under_2": gettext_lazy("Your household is not known yet."),
    "children_under_18": gettext_lazy("Your household is not known yet."),
    "elders_60": gettext_lazy("Your household is not known yet."),
    "disabled_in_household": gettext_lazy(
        "Not all members of your household have answered the questions about difficulties."
    ),
    "province_code": gettext_lazy("Your province is not known yet."),
}
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
_COUNTS = {
    "household_size": gettext_lazy("Members of your household: %(number)d."),
    "children_under_2": gettext_lazy("Children under 2 in your household: %(number)d."),
    "children_under_18": gettext_lazy("Children under 18 in your household: %(number)d."),
    "elders_60": gettext_lazy("People of 60 or older in your household: %(number)d."),
    "disabled_in_household": gettext_lazy("People with a disability in your household: %(number)d."),
}


def sentence(condition: Condition, known: Value | None) -> str:
    """The fact behind a condition, said so that it explains why the condition is met or not."""
    fact = condition.fact
    if known is None:
        return str(_UNKNOWN[fact])
    if fact in _YES_NO:
        return str(_YES_NO[fact][not known])
    if fact in _COUNTS:
        return str(_COUNTS[fact]) % {"number": known}
    return _SAYING[fact](condition, known)


def _age(condition: Condition, known: Value) -> str:
    bound = condition.value
    if not isinstance(bound, int) or not isinstance(known, int) or condition.operator in ("==", "!="):
        return _("You are %(age)d years old.") % {"age": known}
    limit = bound + 1 if condition.operator in (">", "<=") else bound
    if known >= limit:
        return _("You are %(age)d or older.") % {"age": limit}
    return _("You are younger than %(age)d.") % {"age": limit}


def _sex(_condition: Condition, known: Value) -> str:
    return _("You are a woman.") if known == Person.Sex.FEMALE else _("You are a man.")


def _poverty_level(_condition: Condition, known: Value) -> str:
    level = Household.PovertyLevel(str(known)).label
    return _("The poverty level of your household is: %(level)s.") % {"level": level}


def _province(condition: Condition, known: Value) -> str:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    inside = (known in values) is (condition.operator != "!=")
    return (
        _("You live where the programme works.")
        if inside
        else _("The programme does not work where you live.")
    )


_SAYING: dict[str, Callable[[Condition, Value], str]] = {
    "age": _age,
    "sex": _sex,
    "poverty_level": _poverty_level,
    "province_code": _province,
}
