"""What a run found, in words of the reader's language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry.fields.table import FIELDS
from registry.imports.comparing.counting import without_values
from registry.imports.errors import Against, CannotBeUndone
from registry.imports.findings import FINDINGS, Severity, words_of
from registry.imports.reading import words as reading_words
from registry.models import ImportRun, StagedRow

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class FindingLine:
    words: str
    column: str
    count: int
    first: int
    """Number of the first row of which it was found."""
    is_refusal: bool


def outcomes_in_words(run: ImportRun) -> list[tuple[str, int]]:
    return [
        (str(label), run.outcomes[outcome])
        for outcome, label in StagedRow.Outcome.choices
        if run.outcomes.get(outcome)
    ]


def findings_in_words(run: ImportRun, *, values: bool) -> list[FindingLine]:
    """Refusals first. ``values``: one line for each value of a cell, for those who may read the file."""
    findings = run.findings if values else without_values(run.findings)
    lines = [
        FindingLine(_words(code, params), column_name(column), count, first, _is_refusal(code))
        for code, column, count, first, params in findings
    ]
    return sorted(lines, key=lambda line: not line.is_refusal)


def finding_in_words(code: str, column: str, params: Mapping[str, Any]) -> str:
    """Of one row."""
    words = words_of(code, params) if code in FINDINGS else code
    return f"{column_name(column)}: {words}" if column else words


def column_name(column: str) -> str:
    """A heading of the file, or a column of the registry."""
    return str(FIELDS[column].label) if column in FIELDS else column


def _is_refusal(code: str) -> bool:
    return code in FINDINGS and FINDINGS[code][0] is Severity.REFUSED


def _words(code: str, params: Mapping[str, Any] | None) -> str:
    """Without parameters those that they would name are left open."""
    if code not in FINDINGS:
        return code
    return words_of(code, params) if params else str(FINDINGS[code][1]) % _Anything()


class _Anything(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def notes_in_words(run: ImportRun) -> Iterator[str]:
    """What was detected of the file."""
    for code, params in run.notes:
        yield reading_words.NOTES[code] % params if code in reading_words.NOTES else code


def reason_in_words(reason: Mapping[str, Any]) -> str:
    """``ImportRun.reason``: why it was stopped, could not be read, or was not undone."""
    code, params = reason.get("code", ""), reason.get("params") or _Anything()
    if code == "not_undone":
        return str(CannotBeUndone(Against(**params)))
    if code == "source_changed_midway" and "written" in params:
        params = {"written": f"{params['written']:,}"}
    own = {
        "file_lost": _("The file is not there any more. Upload it again."),
        "source_changed": _("The source was stopped, or changed, while the file was worked on."),
        "source_changed_midway": _(
            "The source was stopped, or changed, while the file was written: %(written)s of its rows are in "
            "the registry. They can be undone, or the rest follows with the same file once the source is in "
            "force."
        ),
        "too_many_refused": _(
            "%(share)s%% of the rows are refused, more than the %(most)s%% that this source allows. Look "
            "at the reasons: perhaps a column changed."
        ),
        "too_many_likely": _(
            "%(share)s%% of the rows are likely doubles, more than the %(most)s%% that this source allows. "
            "Look at the examples: perhaps this file came in before under other numbers."
        ),
        "too_many_since": _(
            "%(share)s%% of the rows are refused, or would write by now what was not approved: more than the "
            "%(most)s%% that this source allows to be left out. All is counted again as it is now, for two "
            "stewards to approve."
        ),
    }
    if code in own:
        words = own[code] % params
        if reason.get("again"):
            return " ".join(
                (_("It was approved, and the registry has changed since. Nothing is written."), words)
            )
        return words
    return str(reading_words.REFUSALS[code] % params) if code in reading_words.REFUSALS else code
