"""The help beside a rule that is being written: the facts with their values, and examples."""

from collections.abc import Iterator

from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.facts.fact import Fact
from registry.facts.table import FACTS

EXAMPLES: tuple[tuple[str, Label], ...] = (
    (
        'poverty_level in ["level1", "level2"] && age >= 60',
        _("Older people of poor households"),
    ),
    ("pregnant || children_under_2 > 0", _("Pregnant women, and everybody who lives with a small child")),
    ('!(province_code in ["12"]) && disability', _("People with a disability outside one province")),
    ("true", _("Everybody")),
)

_MOST_SHOWN = 5


def values_in_words(fact: Fact) -> str:
    """The values that a fact can be compared with."""
    if fact.type is not str:
        return str(_("yes or no")) if fact.type is bool else str(_("a whole number"))
    values = [f'"{value}"' for value, _label in fact.choices()]
    shown = values if len(values) <= _MOST_SHOWN else [values[0], "…", values[-1]]
    return format_html_join(", ", "<code>{}</code>", ((value,) for value in shown))


def fact_list() -> Iterator[tuple[str, str, str]]:
    """Name, values and meaning of each fact, in the active language."""
    for fact in FACTS.values():
        yield fact.name, values_in_words(fact), str(fact.meaning)
