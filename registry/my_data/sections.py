"""The sections of "My data". Each domain registers its own, so that none imports a domain above it.

A section is plain data (numbers, texts, lists, dictionaries with stable English keys): the same is downloaded
as JSON, see ``docs/reference/my-data.md``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.translations.label import Label
from registry.fields.table import FIELDS
from registry.models import Household, Person

Labels = Mapping[Any, Label]


@dataclass(frozen=True, slots=True)
class DataSubject:
    """Whose data. ``full_numbers``: the account holder proved it is they, documents are written out.

    ``assisted_session``: of the official who reads it for them.
    """

    person: Person
    household: Household | None
    members: tuple[Person, ...]
    full_numbers: bool = False
    assisted_session: AssistedSession | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDataSection:
    name: str
    """The key in the download."""

    title: Label
    build: Callable[[DataSubject], Any]
    labels: Labels = field(default_factory=dict)
    """Labels of keys that only this section has; all others are in the table of fields."""

    values: Callable[[], Mapping[str, Labels]] = dict
    """By key: the labels of codes that depend on the section. Called when the page is shown, because other
    domains add to some of them."""

    subjects: Mapping[str, Callable[[DataSubject], Mapping[int, str]]] = field(default_factory=dict)
    """By kind of record: the records about the person or household, with a label for each."""

    listed_less_to_kin_of: Callable[[DataSubject], list[Person]] | None = None
    """Officials related to one of these do not see all of it: the print says so."""

    affected: Callable[[DataSubject, str], list[str]] | None = None
    """Descriptions of what is affected when the household withdraws its consent for an operator, or, where
    the code is empty, takes back its whole registration; as far as the reader may see it."""

    def label_of(self, key: str) -> str:
        if key in self.labels:
            return str(self.labels[key])
        return str(FIELDS[key].label) if key in FIELDS else key

    def value_of(self, key: str, value: Any) -> str | None:
        """The label of a code; None if the value is no code."""
        if isinstance(value, LabelledCode):
            return value.label
        if (labels := self.values().get(key)) is not None:
            return str(labels[value]) if value in labels else None
        return FIELDS[key].label_of(value) if key in FIELDS else None


class LabelledCode(str):
    """A code whose label depends on more than its key; in the download it is the code alone."""

    label: str

    def __new__(cls, code: str, label: str) -> "LabelledCode":
        self = super().__new__(cls, code)
        self.label = label
        return self


_sections: dict[str, MyDataSection] = {}


def register_sections(*sections: MyDataSection) -> None:
    """Shown in the order of registration. Raises ValueError for a duplicate name."""
    for section in sections:
        if section.name in _sections:
            raise ValueError(f"There is a section {section.name} already")
        _sections[section.name] = section


def sections() -> list[MyDataSection]:
    return list(_sections.values())


def subjects_about(subject: DataSubject) -> dict[str, Mapping[int, str]]:
    return {kind: subjects(subject) for section in sections() for kind, subjects in section.subjects.items()}


def affected_by_withdrawal(about: DataSubject, operator_code: str) -> list[str]:
    return [
        line for section in sections() if section.affected for line in section.affected(about, operator_code)
    ]
