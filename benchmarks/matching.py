"""How many of the persons registered twice are found, and how many found are none: precision, recall and F1.

Without files, on the made-up population. ``--people FILE --truth FILE``: CSV with the columns of
``benchmarks.population``, and with ``id_a,id_b``. A pair is found where its weight reaches a threshold: that
of a certain match, or that of a case for a steward.
"""

import csv
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.population import COLUMNS, population, truth
from dsp_platform.khmer.dates import PartialDate
from registry.identity.documents import document_digest
from registry.matching.features import companion_key
from registry.matching.records import MatchRecord, Outcome
from registry.matching.within import pairs_within

SIZE = 50_000
Pair = tuple[str, str]
_NAMES = ("family_name_km", "given_name_km", "family_name_latin", "given_name_latin")


def records(rows: Iterable[Mapping[str, str]]) -> tuple[list[str], list[MatchRecord]]:
    """The ids of the rows, and what is compared of each."""
    rows = list(rows)
    homes = defaultdict(list)
    for number, row in enumerate(rows):
        if row["household"]:
            homes[row["household"]].append((number, companion_key(*(row[column] for column in _NAMES))))
    return [row["id"] for row in rows], [
        _record(row, [name for other, name in homes[row["household"]] if other != number])
        for number, row in enumerate(rows)
    ]


def _record(row: Mapping[str, str], at_home: list[str]) -> MatchRecord:
    number = row["document_number"]
    digest = (row["document_type"], document_digest(row["document_type"], number)) if number else None
    return MatchRecord(
        family_name=row["family_name_km"],
        given_name=row["given_name_km"],
        latin_family_name=row["family_name_latin"],
        latin_given_name=row["given_name_latin"],
        sex=row["sex"],
        born=_born(row["birth_date"]),
        villages=frozenset({row["village_code"]} - {""}),
        phones=frozenset({row["phone"]} - {""}),
        documents=frozenset([digest] if digest else []),
        household=frozenset(at_home),
    )


def _born(text: str) -> PartialDate | None:
    """None for a date that does not exist, as some files have them."""
    try:
        return PartialDate.parse(text) if text else None
    except ValueError:
        return None


def figures(found: set[Pair], right: set[Pair]) -> dict[str, float]:
    hits = len(found & right)
    precision, recall = hits / max(1, len(found)), hits / max(1, len(right))
    both = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / both if both else 0.0}


def run(size: int, people: Path | None = None, truth_file: Path | None = None) -> dict[str, Any]:
    if people and truth_file:
        with people.open(encoding="utf-8-sig", newline="") as file:
            rows: list[Mapping[str, str]] = list(csv.DictReader(file))
        with truth_file.open(encoding="utf-8-sig", newline="") as file:
            right = {_ordered(row["id_a"], row["id_b"]) for row in csv.DictReader(file)}
    else:
        entries = list(population(size))
        rows = [{column: str(getattr(entry, column)) for column in COLUMNS} for entry in entries]
        right = {_ordered(str(first), str(second)) for first, second in truth(entries)}
    started = time.perf_counter()
    ids, compared = records(rows)
    pairs = pairs_within(compared)
    seconds = time.perf_counter() - started
    certain = {_ordered(ids[one], ids[other]) for one, other, match in pairs if match.outcome == Outcome.SAME}
    likely = {_ordered(ids[one], ids[other]) for one, other, _match in pairs}
    return {
        "persons": len(rows),
        "true_pairs": len(right),
        **{f"certain_{name}": value for name, value in figures(certain, right).items()},
        **{f"likely_{name}": value for name, value in figures(likely, right).items()},
        **{name: figures(likely, right)[name] for name in ("precision", "recall", "f1")},
        "persons_per_second": len(rows) / seconds,
    }


def _ordered(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
