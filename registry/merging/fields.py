"""The details that two records of one person have: where they differ, and what the one that remains gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.translations.label import Label
from registry.fields.table import labels
from registry.merging.contract import Side
from registry.models import Person, person_columns
from registry.models.person_columns import CIRCUMSTANCES, DETAILS
from registry.persons.origins import TOLD, names_in_origins, source_of, with_values_of

_LABELS = labels(
    "full_name", "latin_name", "sex", "date_of_birth", "phone", "disability_level",
    *CIRCUMSTANCES,
)  # fmt: skip

_TITLES: dict[str, Label] = {
    "name": _LABELS["full_name"],
    "born": _LABELS["date_of_birth"],
    "died": gettext_lazy("died"),
}
_CHECKED = (
    Person.Verification.SELF,
    Person.Verification.SOURCE,
    Person.Verification.COMMUNE,
    Person.Verification.DOCUMENT,
)
"""From the least to the most: whom an official saw is better known than whom a file names."""
# By it the record is claimed. What another record has is entered anew, by whoever shows that it is theirs.
_NEVER_FILLED = {"phone"}


@dataclass(frozen=True, slots=True)
class Difference:
    detail: str
    label: Label
    kept: str
    merged: str
    suggested: Side


def how_checked(person: Person) -> int:
    """The more was checked, the higher."""
    return _CHECKED.index(Person.Verification(person.verification))


def label_of(detail: str) -> Label:
    return _TITLES.get(detail) or _LABELS[detail]


def columns_of_detail(detail: str) -> tuple[str, ...]:
    return person_columns.columns_of(DETAILS[detail])


def detail_words(person: Person, detail: str) -> str:
    if detail == "name":
        return person.name
    if detail == "latin_name":
        return person.latin_name
    value = getattr(person, detail)
    if isinstance(value, PartialDate):
        return value.written
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    shown = getattr(person, f"get_{detail}_display", None)
    return str(shown() if shown and value else value or "")


def differences(kept: Person, merged: Person) -> list[Difference]:
    """What both say, and each otherwise: a steward chooses. ``born``: the more exact of two that agree is
    suggested."""
    return [
        Difference(
            detail,
            label_of(detail),
            detail_words(kept, detail),
            detail_words(merged, detail),
            Side.MERGED if detail == "born" and _says_more(merged.born, kept.born) else Side.KEPT,
        )
        for detail in DETAILS
        if _is_known(kept, detail)
        and _is_known(merged, detail)
        and _values(kept, detail) != _values(merged, detail)
    ]


def filled(kept: Person, merged: Person) -> list[str]:
    """What only the record that becomes an alias says, and the one that remains gets."""
    details = [one for one in DETAILS if one not in _NEVER_FILLED]
    return [one for one in details if _is_known(merged, one) and not _is_known(kept, one)]


def merged_values(kept: Person, merged: Person, chosen: Mapping[str, Side]) -> dict[str, Any]:
    """What the record that remains gets from the other; where nothing was chosen, what is suggested. What a
    steward chose no source said, so none replaces it."""
    differing = {one.detail: one.suggested for one in differences(kept, merged)}
    if unknown := chosen.keys() - DETAILS.keys():
        raise ValueError(f"these are no details of a person: {sorted(unknown)}")
    taken = [one for one, suggested in differing.items() if chosen.get(one, suggested) == Side.MERGED]
    taken += filled(kept, merged)
    values = {name: value for one in taken for name, value in _values(merged, one).items()}
    if how_checked(merged) > how_checked(kept):
        values["verification"] = merged.verification
    origins = kept.origins
    for name in (name for one in taken for name in DETAILS[one]):
        origins = with_values_of(origins, source_of(merged.origins, names_in_origins([name])[0]), [name])
    for detail in differing.keys() & chosen.keys():
        origins = with_values_of(origins, TOLD, DETAILS[detail])
    return values | ({"origins": origins} if origins != kept.origins else {})


def _values(person: Person, detail: str) -> dict[str, Any]:
    return {name: getattr(person, name) for name in DETAILS[detail]}


def _is_known(person: Person, detail: str) -> bool:
    return any(value not in ("", None) for value in _values(person, detail).values())


def _says_more(one: PartialDate, other: PartialDate) -> bool:
    return one != other and one.is_within(other)
