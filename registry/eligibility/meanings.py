"""The facts, for those who write rules: what each means, what it may be compared with, and examples."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from registry.models import Household, Person
from registry.rules.names import TYPES

MEANINGS: dict[str, Promise | str] = {
    "age": _("Full years since birth. Where only the year is known, since 1 January of it."),
    "sex": _("As registered."),
    "pregnant": _("Pregnant now. Of a man always no."),
    "disability": _("“A lot of difficulty” or more in one of the six questions of the Washington Group."),
    "studying": _("Goes to school or studies."),
    "working": _("Works or earns money."),
    "poverty_level": _("As IDPoor reported it, as long as it is valid."),
    "is_head": _("Is the head of the household now."),
    "household_size": _("How many live in the household now."),
    "children_under_2": _("How many of the household are under 2 years old."),
    "children_under_18": _("How many of the household are under 18 years old."),
    "elders_60": _("How many of the household are 60 years old or older."),
    "disabled_in_household": _("How many of the household have a disability, as far as it is known."),
    "province_code": _("The two digits of the province where the person lives."),
}
EXAMPLES: tuple[tuple[str, Promise | str], ...] = (
    (
        'poverty_level in ["level1", "level2"] && age >= 60',
        _("Older people of poor households"),
    ),
    ("pregnant || children_under_2 > 0", _("Pregnant women, and everybody who lives with a small child")),
    ('!(province_code in ["12"]) && disability', _("People with a disability outside one province")),
    ("true", _("Everybody")),
)


def kind_of(fact: str) -> str:
    """What a fact is compared with, in words."""
    values = {
        "sex": [f'"{value}"' for value in Person.Sex.values],
        "poverty_level": [f'"{value}"' for value in Household.PovertyLevel.values],
        "province_code": ['"01"', "…", '"25"'],
    }.get(fact)
    if values:
        return format_html_join(", ", "<code>{}</code>", ((value,) for value in values))
    return str(_("yes or no")) if TYPES[fact] is bool else str(_("a whole number"))


def fact_list() -> Iterator[tuple[str, str, str]]:
    """Name, kind and meaning of each fact, in the language now active."""
    for fact, meaning in MEANINGS.items():
        yield fact, kind_of(fact), str(meaning)
