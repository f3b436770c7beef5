"""The facts, for those who write rules: what each means, what it may be compared with, and examples."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from registry.eligibility.facts import FACTS, Fact

EXAMPLES: tuple[tuple[str, Promise | str], ...] = (
    (
        'poverty_level in ["level1", "level2"] && age >= 60',
        _("Older people of poor households"),
    ),
    ("pregnant || children_under_2 > 0", _("Pregnant women, and everybody who lives with a small child")),
    ('!(province_code in ["12"]) && disability', _("People with a disability outside one province")),
    ("true", _("Everybody")),
)


def kind_of(fact: Fact) -> str:
    """What a fact is compared with, in words."""
    if fact.values:
        shown = [value if value == "…" else f'"{value}"' for value in fact.values]
        return format_html_join(", ", "<code>{}</code>", ((value,) for value in shown))
    return str(_("yes or no")) if fact.type is bool else str(_("a whole number"))


def fact_list() -> Iterator[tuple[str, str, str]]:
    """Name, kind and meaning of each fact, in the language now active."""
    for fact in FACTS:
        yield fact.name, kind_of(fact), str(fact.meaning)
