"""Examples of what a run found, as far as their reader may see them."""

from dataclasses import dataclass

from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs.preview import EXAMPLES, finding_in_words
from registry.models import ImportRun, Person, StagedRow

Outcome = StagedRow.Outcome
SHOWN = (Outcome.NEW, Outcome.FILLS, Outcome.CONFLICT, Outcome.LIKELY, Outcome.REFUSED)


@dataclass(frozen=True, slots=True)
class Example:
    number: int
    name: str
    """Masked: who approves an import reads whether rows were understood, not who stands in them."""
    born: str
    village: str
    findings: list[str]
    spid: str
    """Of the person registered that it is, or may be; as an end of it."""


def masked(name: str) -> str:
    """The first letter of each part, with the signs that belong to it."""
    return " ".join(f"{part[0]}…" for part in name.split() if part)


def examples_of(run: ImportRun) -> list[tuple[str, list[Example]]]:
    """By outcome, in words."""
    found = []
    for outcome in SHOWN:
        rows = list(
            StagedRow.objects.filter(run=run, outcome=outcome)
            .only(
                "number",
                "family_name",
                "given_name",
                "date_of_birth",
                "village",
                "findings",
                "doubles",
                "person",
            )
            .order_by("number")[:EXAMPLES]
        )
        if rows:
            spids = _spids(rows)
            found.append((str(outcome.label), [_example(row, spids) for row in rows]))
    return found


def _spids(rows: list[StagedRow]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in={_of(row) for row in rows}).values_list("pk", "spid"))


def _of(row: StagedRow) -> int:
    return row.person_id or next((one["person"] for one in row.doubles if "person" in one), 0)


def _example(row: StagedRow, spids: dict[int, str]) -> Example:
    spid = spids.get(_of(row), "")
    return Example(
        number=row.number,
        name=masked(f"{row.family_name} {row.given_name}"),
        born=PartialDate(row.date_of_birth, "year").written if row.date_of_birth else "",
        village=row.village,
        findings=[finding_in_words(*finding) for finding in row.findings],
        spid=f"…{spid[-4:]}" if spid else "",
    )
