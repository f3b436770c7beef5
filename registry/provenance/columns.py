"""The columns of a person that a source may contradict, and their values as text."""

from collections.abc import Mapping
from typing import Any

from dsp_platform.khmer.dates import PartialDate
from registry.fields.table import FIELDS
from registry.models import Person, person_columns
from registry.persons.households import home_now
from registry.persons.origins import names_in_origins

DATES = {columns[0]: value for value, columns in person_columns.DATES.items()}
"""By column, its name in ``PersonWriter``."""

TAKEN_AT_ONCE = tuple(names_in_origins(person_columns.FROM_SOURCES))
TAKEN_BY_REQUEST = ("phone", "village_code", "died_on")
"""More follows from these than what is written (``asking``): they are taken one by one."""

OF_THEIR_HOUSEHOLD = ("poverty_level",)
"""Noted with the head. IDPoor assesses it anew: here a steward can only keep what is on record."""

OF_A_PERSON = (*TAKEN_AT_ONCE, *TAKEN_BY_REQUEST)
COLUMNS = (*OF_A_PERSON, *OF_THEIR_HOUSEHOLD)


def text_on_record(person: Person, column: str) -> str:
    """Codes of choices, dates in ISO 8601 as exactly as they are known, and "" for what is unknown."""
    if column == "village_code":
        return str(person.village_id)
    if column in OF_THEIR_HOUSEHOLD:
        home = home_now(person)
        return str(getattr(home, column)) if home else ""
    value = getattr(person, DATES.get(column, column))
    return "" if value is None else str(value)


def for_writer(column: str, text: str) -> Mapping[str, Any]:
    """The keyword arguments of ``PersonWriter.update_person``. Raises ValueError for no such value."""
    if column not in TAKEN_AT_ONCE:
        raise ValueError(f"not taken from a source: {column}")
    if column in DATES:
        return {DATES[column]: PartialDate.parse(text)}
    choices = FIELDS[column].choices
    if choices is not None and text and text not in choices:
        raise ValueError(f"no such code of {column}")
    return {column: text}
