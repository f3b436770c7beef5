"""The columns of a mapping in words: headings and cells as the file writes them, the rest named in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.exchange.mapping.words import words_of
from dsp_platform.translations.label import Label, labelled
from registry.models import Household, IdentityDocument, Membership, Person

VALUES: dict[str, Mapping[Any, Any]] = {
    "sex": dict(Person.Sex.choices),
    "relationship": dict(Membership.Relationship.choices),
    "disability_level": dict(Person.DisabilityLevel.choices),
    "poverty_level": dict(Household.PovertyLevel.choices),
    "documents": dict(IdentityDocument.Type.choices),
}
"""By field, what the registry has for it."""

ORDERS: dict[str, Label] = {
    "family_first": gettext_lazy("surname first"),
    "given_first": gettext_lazy("given name first"),
    "day_first": gettext_lazy("day before month"),
    "month_first": gettext_lazy("month before day"),
}
PARTS: dict[str, Label] = {
    "year": gettext_lazy("year"),
    "month": gettext_lazy("month"),
    "day": gettext_lazy("day"),
    "code": gettext_lazy("code"),
    "village": gettext_lazy("village"),
    "commune": gettext_lazy("commune or sangkat"),
    "district": gettext_lazy("district or khan"),
    "province": gettext_lazy("province"),
}


def column_in_words(field: str, spec: Any) -> str:
    """On one line. What cannot be read stays as it is written, for a draft may hold anything."""
    match spec:
        case list():
            return ", ".join(column_in_words(field, one) for one in spec)
        case {"type": str(kind), "column": str(column), **others} if not others:
            return labelled(value_in_words(field, kind), column)
        case dict():
            parts = (_part(field, name, part) for name, part in spec.items())
            return "; ".join(part for part in parts if part)
    return words_of(spec)


def value_in_words(field: str, value: Any) -> str:
    return str(VALUES.get(field, {}).get(value, value)) if isinstance(value, str) else words_of(value)


def _part(field: str, name: str, part: Any) -> str:
    match name, part:
        case "column", str():
            return part
        case "order", str():
            return str(ORDERS.get(part, part))
        case "january_first_is_year", bool():
            return _("1 January stands for a day and a month that are not known") if part else ""
        case "values", dict():
            return ", ".join(f"{cell} → {value_in_words(field, value)}" for cell, value in part.items())
    return labelled(PARTS.get(name, name), words_of(part))
