"""Names of persons, with the titles and in the columns that they come with."""

from functools import lru_cache
from typing import NamedTuple

import regex
from django.core.exceptions import ValidationError

from dsp_platform.khmer.text import search_key
from registry.imports.values.family_names import FAMILY_NAMES
from registry.imports.values.text import DISTINCT, cell_text, is_broken
from registry.persons.validation import validate_latin_name, validate_name

# Longest first. What is a name of its own too, such as "Ven" or "Lok", is a title only with its dot.
_FEMALE = (
    "លោកជំទាវ",
    "លោកស្រី",
    "អ្នកស្រី",
    "អ្នកនាង",
    "កញ្ញា",
    "mrs",
    "miss",
    "ms",
    "lok chumteav",
    "lok srey",
    "neak srey",
)
_MALE = ("លោកឧកញ៉ា", "លោក", "mr", "lok ta")
_EITHER = (
    "ឯកឧត្តម", "វេជ្ជបណ្ឌិត", "បណ្ឌិត", "ឧកញ៉ា", "ព្រះតេជគុណ", "ព្រះភិក្ខុ", "ភិក្ខុ", "សាមណេរ", "oknha", "okhna",
    "neak oknha", "samdech", "dr", r"ven\.", "venerable", r"h\.\s?e\.",
)  # fmt: skip
# Khmer is written without a space after it too; not after those that begin a name as well.
_NEEDS_SPACE = {"លោក", "កញ្ញា", "បណ្ឌិត", "ភិក្ខុ"}
_SEX_OF = {
    search_key(title): sex for sex, titles in (("female", _FEMALE), ("male", _MALE)) for title in titles
}


def _pattern(title: str) -> str:
    if title[0].isascii():
        return title if title.endswith(".") else rf"{title}(?:\.\s*|\s+)"
    return rf"{title}\s+" if title in _NEEDS_SPACE else rf"{title}(?![\u17b6-\u17d3\u17dd])\s*"


_TITLES = sorted((*_FEMALE, *_MALE, *_EITHER), key=len, reverse=True)
_TITLE = regex.compile(rf"(?:{'|'.join(map(_pattern, _TITLES))})", regex.IGNORECASE)
_ALONE = {search_key(title) for title in _TITLES if not title.endswith(".")}
_KHMER, _LATIN = regex.compile(r"\p{Khmer}"), regex.compile(r"\p{Latin}")
# How Khmer in a font without Unicode is stored: signs inside the words.
# Searched from the beginning only: from each letter it would take quadratic time.
_LEGACY = regex.compile(
    r"\P{Latin}*\p{Latin}.*[\[\]{}|\\<>;:~^=@#$%&*+\d\u00a1-\u00bf\u00d7\u00f7]|[\[\]{};:~^].*\p{Latin}"
)

Findings = tuple[str, ...]


class Words(NamedTuple):
    """One cell of a name."""

    text: str
    sex: str = ""
    """That a title tells."""
    findings: Findings = ()


@lru_cache(DISTINCT)
def without_title(cell: str, is_first: bool) -> Words:
    """``is_first``: whether it is the cell in which a title would stand."""
    text, sex, removed = cell_text(cell).strip(" .,"), "", False
    while is_first and (found := _TITLE.match(text)) and _LETTERS.search(text, found.end()):
        sex = sex or _SEX_OF.get(search_key(found[0]), "")
        text, removed = text[found.end() :].strip(" .,"), True
    return Words(text, sex, ("title_removed",) if removed else ())


_LETTERS = regex.compile(r"\p{L}")


class Parts(NamedTuple):
    family: str
    given: str
    sex: str = ""
    findings: Findings = ()


@lru_cache(DISTINCT)
def split_name(cell: str, family_first: bool) -> Parts:
    """Of both names in one cell."""
    words = without_title(cell, True)
    parts = words.text.split(" ")
    if len(parts) < 2:
        alone = ("name_alone",) if words.text else ()
        return Parts("", words.text, words.sex, words.findings + alone)
    at = 1 if family_first else len(parts) - 1
    first, rest = " ".join(parts[:at]), " ".join(parts[at:])
    family, given = (first, rest) if family_first else (rest, first)
    return Parts(family, given, words.sex, words.findings)


@lru_cache(DISTINCT)
def _is_title(text: str) -> bool:
    return search_key(text) in _ALONE


def two_names(family: str, given: str) -> Parts:
    """Of two cells. A title stands in the first of them that has anything."""
    first = without_title(family, True)
    if _is_title(first.text) and cell_text(given):  # a cell of its own
        first = Words("", _SEX_OF.get(search_key(first.text), ""), ("title_removed",))
    second = without_title(given, not first.text)
    return Parts(first.text, second.text, first.sex or second.sex, first.findings + second.findings)


@lru_cache(DISTINCT)
def is_family_name(text: str) -> bool:
    return search_key(text) in FAMILY_NAMES


@lru_cache(DISTINCT)
def look_swapped(family: str, given: str) -> bool:
    """Counted for whoever approves, never corrected: many names are both."""
    return bool(family) and is_family_name(given) and not is_family_name(family)


class Checked(NamedTuple):
    text: str
    problem: str = ""
    """Code of the validator of the registration, which refuses it."""
    script: str = ""


@lru_cache(DISTINCT)
def check_name(text: str, latin: bool) -> Checked:
    if is_broken(text):
        return Checked("", "broken_character")
    if not latin and not _KHMER.search(text) and _LEGACY.match(text):
        return Checked("", "legacy_text")
    try:
        name = validate_latin_name(text) if latin else validate_name(text)
    except ValidationError as error:
        return Checked("", error.code or "invalid")
    script = "khmer" if _KHMER.search(name) else "latin" if _LATIN.search(name) else ""
    return Checked(name, script=script)


class ReadNames(NamedTuple):
    family: str = ""
    given: str = ""
    latin_family: str = ""
    latin_given: str = ""
    sex: str = ""
    """That a title tells."""
    findings: Findings = ()
    latin_findings: Findings = ()


def read_names(own: Parts, latin: Parts) -> ReadNames:
    """Of the columns of the name and of the name in Latin letters. Where only one has anything it is both."""
    latin_names, latin_findings = _checked_latin(latin)
    if not (own.family or own.given):
        if not (latin.family or latin.given):
            return ReadNames(findings=("name_missing",))
        own, latin_findings = latin, (*latin.findings, *latin_findings)
    checked = [check_name(part, False) for part in (own.family, own.given)]
    found = [] if own is latin else list(own.findings)
    found += [_refusal(one.problem) for one in checked if one.problem]
    family, given = (one.text for one in checked)
    if any(latin_names) and own is latin:
        found.append("name_in_latin")
    elif (family or given) and not any(latin_names) and {one.script for one in checked} <= {"latin", ""}:
        latin_names = (family, given)
        found.append("name_in_latin")
    if look_swapped(family, given):
        found.append("names_look_swapped")
    return ReadNames(
        family, given, *latin_names, own.sex or latin.sex, tuple(dict.fromkeys(found)), latin_findings
    )


def _refusal(problem: str) -> str:
    return problem if problem in ("broken_character", "legacy_text") else "name_invalid"


def _checked_latin(latin: Parts) -> tuple[tuple[str, str], Findings]:
    """What the registration would not take is left out, because it is no name that anybody must have."""
    checked = [check_name(part, True) for part in (latin.family, latin.given)]
    problems = {one.problem for one in checked if one.problem}
    if not problems:
        return (checked[0].text, checked[1].text), ()
    return ("", ""), ("khmer_in_latin_column" if "name_not_latin" in problems else "latin_name_left_out",)
