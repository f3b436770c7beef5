"""Whom the rows of a file may be, besides whom they become: cases for stewards."""

from typing import Any

from dsp_platform.database.arrays import numbers_in
from registry.duplicates.pairs import note_pairs
from registry.matching.records import Evidence, Match, Outcome
from registry.models import ImportRun, StagedRow


def note_doubles(run: ImportRun, rows: Any) -> None:
    """A case for each newcomer and whom they may be, by what the file says: of whom they live with, or of the
    number that the source gave to somebody before. The records alone may not show it."""
    likely = list(
        rows.filter(outcome=StagedRow.Outcome.LIKELY, person__isnull=False).values_list("person", "doubles")
    )
    numbers = {double["row"] for _person, doubles in likely for double in doubles if "row" in double}
    named = StagedRow.objects.filter(run=run, number__in=numbers_in(numbers), person__isnull=False)
    of_rows = dict(named.values_list("number", "person"))
    found: dict[int, list[Match]] = {}
    for person, doubles in likely:
        for double in doubles:
            other = double.get("person") or of_rows.get(double.get("row"))
            if other and other != person:
                evidence = [Evidence(*each) for each in double["evidence"]]
                matched = Match(other, double["weight"], Outcome.LIKELY, evidence)
                found.setdefault(person, []).append(matched)
    note_pairs(found, of_file=True)
