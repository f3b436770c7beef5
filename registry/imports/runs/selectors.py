"""Examples of what a run found, as far as their reader may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from dsp_platform.database.arrays import numbers_in
from dsp_platform.khmer.dates import PartialDate
from registry.imports.comparing.counting import MOVES
from registry.imports.runs.preview import EXAMPLES, column_name, finding_in_words
from registry.matching.labels import COMPARISONS, LEVELS
from registry.models import Area, ImportRun, Person, StagedRow
from registry.provenance.selectors import is_contradicted_by

Outcome = StagedRow.Outcome
# Somebody of the row itself, or of an earlier file.
COME_HOME = """
SELECT row.number, coalesce((finding -> 2 ->> 'person')::bigint, row.person_id)
FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.findings) AS finding
WHERE row.run_id = %(run)s AND row.findings <> '[]' AND (
    finding ->> 0 = 'moves_in_earlier' OR finding ->> 0 = 'moves_in' AND row.outcome = 'known'
)
ORDER BY row.number LIMIT %(examples)s
"""
JOIN_HOME = """
SELECT row.number, (finding -> 2 ->> 'person')::bigint
FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.findings) AS finding
WHERE row.run_id = %(run)s AND row.findings @> '[["joins"]]' AND finding ->> 0 = 'joins'
ORDER BY row.number LIMIT %(examples)s
"""
SPREAD = """
SELECT DISTINCT found.number
FROM generate_series(0, %(examples)s - 1) AS part
CROSS JOIN LATERAL (
    SELECT number FROM registry_stagedrow
    WHERE run_id = %(run)s AND outcome = %(outcome)s AND number >= part * %(step)s
    ORDER BY number LIMIT 1
) AS found ORDER BY 1
"""
COLUMNS = (
    "number", "family_name", "given_name", "date_of_birth", "birth_precision", "village", "findings",
    "doubles", "person", "same_row",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    number: int
    name: str
    """Masked: who approves an import reads whether rows were understood, not who stands in them."""
    born: str
    village: str
    findings: list[str]
    fills: str
    """Which fields of somebody registered."""
    differs: str
    """In which fields the record, or an earlier row, says otherwise."""
    other: str
    """Who it is, or may be: somebody registered, or an earlier row."""
    evidence: list[str]
    """Why it may be they, the strongest first."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the examples of an outcome refer to."""

    persons: Mapping[int, Person]
    rows: Mapping[int, StagedRow]
    villages: Mapping[str, Area]


def masked(name: str) -> str:
    """The first letter of each part, with the signs that belong to it."""
    return " ".join(f"{part[0]}…" for part in name.split() if part)


def has_open_conflicts(run: ImportRun) -> bool:
    """Of its source, if the run found any: a steward may have decided them since."""
    found = any(code == "says_otherwise" for code, *_more in run.findings)
    return found and is_contradicted_by(run.terms["code"])


def examples_of(run: ImportRun) -> list[tuple[str, list[Example]]]:
    """By outcome, in words; from all over the file, for rows beside each other are of one family."""
    found = {outcome: _spread(run, outcome) for outcome in Outcome if run.outcomes.get(outcome)}
    beside = _beside(run, list(chain.from_iterable(found.values())))
    examples = [
        (str(outcome.label), [_example(row, beside) for row in rows]) for outcome, rows in found.items()
    ]
    if joining := _joining(run):
        examples.append((_("new: come into a household that is registered"), joining))
    if moving := _moving(run):
        examples.append((_("already registered: come into a household"), moving))
    return examples


def _found_at_home(run: ImportRun, statement: str) -> list[tuple[int, int]]:
    if not any(code in MOVES for code, *_more in run.findings):
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, {"run": run.pk, "examples": EXAMPLES})
        return cursor.fetchall()


def _joining(run: ImportRun) -> list[Example]:
    """Newcomers, each with the head of the household."""
    found = dict(_found_at_home(run, JOIN_HOME))
    rows = StagedRow.objects.filter(run=run, number__in=numbers_in(found)).only(*COLUMNS).order_by("number")
    heads = Person.objects.select_related("village").in_bulk(found.values())
    beside = _beside(run, list(rows))
    return [
        replace(
            _example(row, beside),
            findings=[],
            other=_("household of %(head)s") % {"head": _registered(head)},
            evidence=[],
        )
        for row in rows
        if (head := heads.get(found[row.number]))
    ]


def _moving(run: ImportRun) -> list[Example]:
    """Who comes into a household, of whom the file says nothing new."""
    found = _found_at_home(run, COME_HOME)
    persons = Person.objects.select_related("village").in_bulk({pk for _number, pk in found})
    return [
        Example(
            number=number,
            name=_name(person),
            born=_born(person.date_of_birth, person.birth_precision),
            village=person.village.name,
            findings=[],
            fills="",
            differs="",
            other=f"SPID …{person.spid[-4:]}",
            evidence=[],
        )
        for number, pk in found
        if (person := persons.get(pk))
    ]


def _spread(run: ImportRun, outcome: str) -> list[StagedRow]:
    rows = StagedRow.objects.filter(run=run, outcome=outcome).only(*COLUMNS).order_by("number")
    if run.outcomes[outcome] <= EXAMPLES:
        return list(rows[:EXAMPLES])
    with connection.cursor() as cursor:
        step = max(run.rows // EXAMPLES, 1)
        cursor.execute(SPREAD, {"run": run.pk, "outcome": outcome, "examples": EXAMPLES, "step": step})
        numbers = [number for (number,) in cursor.fetchall()]
    if len(numbers) < EXAMPLES:  # they stand together: the first of them besides
        others = rows.exclude(number__in=numbers).values_list("number", flat=True)
        numbers += others[: EXAMPLES - len(numbers)]
    return list(rows.filter(number__in=numbers))


def _beside(run: ImportRun, rows: Sequence[StagedRow]) -> _Beside:
    persons = Person.objects.select_related("village").in_bulk({pk for row in rows if (pk := _person(row))})
    numbers = {number for row in rows if (number := _row(row))}
    others = StagedRow.objects.filter(run=run, number__in=numbers).only(*COLUMNS)
    codes = {one.village for one in (*rows, *others)} - {""}
    return _Beside(
        persons,
        {row.number: row for row in others},
        Area.objects.in_bulk(codes, field_name="code"),
    )


def _person(row: StagedRow) -> int:
    """Of a likely double not the record that was made of the row, and none beside an earlier row."""
    if row.same_row:
        return 0
    best = _best(row)
    return int(best.get("person", 0)) if best else row.person_id or 0


def _row(row: StagedRow) -> int:
    return row.same_row or int(_best(row).get("row", 0))


def _best(row: StagedRow) -> Mapping[str, Any]:
    """Of the likely doubles; the others are weaker."""
    return row.doubles[0] if row.doubles else {}


def _example(row: StagedRow, beside: _Beside) -> Example:
    fills = _columns(row, "fills")
    own = [
        finding for finding in row.findings if finding[0] not in ("fills", "says_otherwise", "rows_differ")
    ]
    return Example(
        number=row.number,
        name=_name(row),
        born=_born(row.date_of_birth, row.birth_precision),
        village=_village(row.village, beside),
        findings=[finding_in_words(*finding) for finding in own],
        fills=", ".join(fills),
        differs=", ".join((*_columns(row, "says_otherwise"), *_columns(row, "rows_differ"))),
        other=_other(row, beside),
        evidence=list(_evidence(_best(row).get("evidence", ()))),
    )


def _columns(row: StagedRow, code: str) -> list[str]:
    return [column_name(column) for found, column, _params in row.findings if found == code]


def _other(row: StagedRow, beside: _Beside) -> str:
    if person := beside.persons.get(_person(row)):
        return _registered(person)
    if other := beside.rows.get(_row(row)):
        born = _born(other.date_of_birth, other.birth_precision)
        row_number = _("row %(number)s") % {"number": other.number}
        words = [row_number, _name(other), born, _village(other.village, beside)]
        return ", ".join(filter(None, words))
    return ""


def _registered(person: Person) -> str:
    born = _born(person.date_of_birth, person.birth_precision)
    return ", ".join(filter(None, (f"SPID …{person.spid[-4:]}", _name(person), born, person.village.name)))


def _name(one: Person | StagedRow) -> str:
    return masked(f"{one.family_name} {one.given_name}")


def _born(day: Any, precision: str) -> str:
    """The year: the day tells more than is needed to see whether a column was understood."""
    return PartialDate(day, "year").written if day and precision else ""


def _village(code: str, beside: _Beside) -> str:
    area = beside.villages.get(code)
    return area.name if area else code


def _evidence(found: Iterable[Sequence[Any]]) -> Iterable[str]:
    for comparison, level, weight in sorted(found, key=lambda one: -abs(one[2])):
        if weight:
            words = LEVELS.get(comparison, {}).get(level, level)
            sign = "+" if weight > 0 else "−"
            yield f"{sign} {COMPARISONS.get(comparison, comparison)}: {words}"
