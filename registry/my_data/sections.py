"""What is known about a person, chapter by chapter: each domain registers its own, and none imports upward.

A chapter is plain data (numbers, texts, lists, dictionaries with stable English keys), because it is what
the person downloads; ``docs/reference/my-data.md`` describes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from dsp_platform.accounts.models import Case
from registry.models import Household, Person


@dataclass(frozen=True, slots=True)
class About:
    """Whose data. ``full_numbers``: the account holder proved it is they, documents are written out.

    ``case``: of the official who reads it for them.
    """

    person: Person
    household: Household | None
    members: tuple[Person, ...]
    full_numbers: bool = False
    case: Case | None = None


Build = Callable[[About], Any]
Subjects = Callable[[About], Mapping[int, str]]
Effects = Callable[[Household, str], list[str]]


@dataclass(frozen=True, slots=True)
class Chapter:
    name: str
    title: str | Promise
    build: Build


_chapters: dict[str, Chapter] = {}
_subjects: dict[str, Subjects] = {}
_effects: list[Effects] = []


def register_chapter(name: str, title: str | Promise, build: Build) -> None:
    """``name`` is the key in the download. Chapters stand in the order of their registration."""
    _chapters[name] = Chapter(name, title, build)


def register_subjects(kind: str, subjects: Subjects) -> None:
    """Which records of this kind are about the person or the household, and what each is called."""
    _subjects[kind] = subjects


def register_effects(effects: Effects) -> None:
    """What is touched, in words, when a household takes back its consent for an operator."""
    if effects not in _effects:
        _effects.append(effects)


def chapters() -> list[Chapter]:
    return list(_chapters.values())


def subjects_about(about: About) -> dict[str, Mapping[int, str]]:
    return {kind: subjects(about) for kind, subjects in _subjects.items()}


def effects_of(household: Household, operator_code: str) -> list[str]:
    return [line for effects in _effects for line in effects(household, operator_code)]


# The readable page shows the same data: what its keys are called, and what the codes of a key mean.
_labels: dict[str, str | Promise] = {}
_values: dict[str, dict[Any, str | Promise]] = {}


def register_words(
    labels: Mapping[str, str | Promise], values: Mapping[str, Mapping[Any, str | Promise]] | None = None
) -> None:
    _labels.update(labels)
    for key, words in (values or {}).items():
        _values.setdefault(key, {}).update(words)


def label_of(key: str) -> str:
    return str(_labels.get(key, key))


def value_of(key: str, value: Any) -> str | None:
    """The words for a code; None for what is no code."""
    return str(_values[key][value]) if key in _values and value in _values[key] else None
