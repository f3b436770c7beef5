"""From which import source each column of a person has its value: ``Person.origins``.

A column that is not named there has its value from who told it, at the registration or by a change. ``"*"``
names the source of all columns that are not named; a column told since then stands there with "". What an
operator reported stands with ``report:`` and its code: no import source takes it for its own.
"""

from collections.abc import Iterable, Mapping

from registry.models.person_columns import DATES

ALL_OTHERS = "*"
TOLD = ""
REPORT = "report:"
_COLUMNS = {value: columns[0] for value, columns in DATES.items()} | {"village_id": "village_code"}
"""Values of ``PersonWriter`` that have another name in the table of fields."""


def names_in_origins(values: Iterable[str]) -> list[str]:
    return [_COLUMNS.get(value, value) for value in values]


def source_of(origins: Mapping[str, str], column: str) -> str:
    """The code of the source; "" for what people told."""
    return origins.get(column, origins.get(ALL_OTHERS, TOLD))


def with_values_of(origins: Mapping[str, str], source: str, values: Iterable[str]) -> dict[str, str]:
    """The origins once ``source`` gave these values, named as in ``PersonWriter``; "" for people."""
    rest = origins.get(ALL_OTHERS, TOLD)
    columns = names_in_origins(values)
    new = {column: code for column, code in origins.items() if column not in columns}
    return new | {column: source for column in columns if source != rest}


def reported_by(operator: str) -> str:
    return REPORT + operator if operator else TOLD
