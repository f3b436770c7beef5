"""Which of the public counts of grievances are shown. Each is of a quarter and of a kind, and if that is no
sensitive one, of a province or of no place: what one table hides the others could tell.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from dsp_platform.web.small_counts import FEWEST, percent, shown

Rows = Sequence[tuple[str, Mapping[str, int]]]
"""Label, and how many were received, answered, and answered in time."""
Row = tuple[str, int]
Cell = tuple[Row, str]
QUARTER, CATEGORY, PROVINCE = "quarter", "category", "province"
ALL, HARMLESS, NOWHERE = ("all", 0), ("harmless", 0), ("nowhere", 0)
UNPRINTED = (ALL, HARMLESS, NOWHERE)
REST = -1
"""In place of the number of a row: all those of a table that are hidden, together; also of no place."""
RECEIVED, ANSWERED, IN_TIME = "received", "answered", "in_time"
UNANSWERED, LATE = "unanswered", "late"


class Counts(NamedTuple):
    label: str
    received: int | None
    """None: too few to be shown."""
    answered: int | None
    in_time_percent: int | None
    """Of those that are answered."""


def hide(quarters: Rows, categories: Rows, provinces: Rows) -> list[list[Counts]]:
    """``categories``: the sensitive ones last."""
    tables = {QUARTER: quarters, CATEGORY: categories, PROVINCE: provinces}
    rows = {(name, at): one for name, table in tables.items() for at, (_label, one) in enumerate(table)}
    sensitive = (CATEGORY, len(categories) - 1)
    rows[ALL] = together(one for _label, one in quarters)
    rows[HARMLESS] = together(one for _label, one in categories[:-1])
    in_places = together(one for _label, one in provinces)
    rows[NOWHERE] = {name: rows[HARMLESS][name] - in_places[name] for name in in_places}
    received = {row: one[RECEIVED] for row, one in rows.items()}
    seen = shown(received, _sums(rows, sensitive), never=UNPRINTED)
    answers = _seen_answers(rows, seen, sensitive)
    return [
        [_counts(label, (name, at), seen, answers) for at, (label, _one) in enumerate(table)]
        for name, table in tables.items()
    ]


def _seen_answers(
    rows: Mapping[Row, Mapping[str, int]], seen: Collection[Row], sensitive: Row
) -> Mapping[Cell, int]:
    """Of the rows that are shown. The hidden ones of a table count as one: whatever is in it, each could have
    it all. Where all tables together would tell of few, those of the quarters alone."""
    places = {row: _place(row, row in seen or row == sensitive) for row in rows}
    merged = {
        place: together(one for row, one in rows.items() if places[row] == place)
        for place in dict.fromkeys(places.values())
    }
    sums = _sums(merged, sensitive)
    return _answers(merged, sums, seen) or _answers(merged, sums[:1], seen)


def _place(row: Row, is_alone: bool) -> Row:
    if row == NOWHERE:
        return (PROVINCE, REST)
    return row if is_alone or row in UNPRINTED else (row[0], REST)


def _answers(
    rows: Mapping[Row, Mapping[str, int]], sums_of_rows: Sequence[tuple[Row, ...]], seen: Collection[Row]
) -> Mapping[Cell, int]:
    """How many were received stays as it is: nothing is shown where those of a row are few."""
    cells: dict[Cell, int] = {}
    sums: list[tuple[Cell, ...]] = []
    for row in dict.fromkeys(row for one in sums_of_rows for row in one):
        one = rows[row]
        if 0 < one[RECEIVED] < FEWEST:
            return {}
        rest = {UNANSWERED: one[RECEIVED] - one[ANSWERED], LATE: one[ANSWERED] - one[IN_TIME]}
        cells |= {(row, name): number for name, number in {**one, **rest}.items()}
        sums.append(((row, RECEIVED), (row, ANSWERED), (row, UNANSWERED)))
        sums.append(((row, ANSWERED), (row, IN_TIME), (row, LATE)))
    for name in (ANSWERED, IN_TIME):
        sums += [tuple((row, name) for row in one) for one in sums_of_rows]
    never = [cell for cell in cells if cell[0] not in seen or cell[1] in (UNANSWERED, LATE)]
    return shown(cells, sums, never=never, always={cell for cell in cells if cell[1] == RECEIVED})


def _sums(rows: Iterable[Row], sensitive: Row) -> list[tuple[Row, ...]]:
    def of(name: str) -> list[Row]:
        return [row for row in rows if row[0] == name and row != sensitive]

    return [
        (ALL, *of(QUARTER)),
        (ALL, HARMLESS, sensitive),
        (HARMLESS, *of(CATEGORY)),
        (HARMLESS, *of(PROVINCE), *of(NOWHERE[0])),
    ]


def together(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found = dict.fromkeys((RECEIVED, ANSWERED, IN_TIME), 0)
    for one in rows:
        found = {name: number + one[name] for name, number in found.items()}
    return found


def _counts(label: str, row: Row, seen: Mapping[Row, int], answers: Mapping[Cell, int]) -> Counts:
    if row not in seen:
        return Counts(label, None, None, None)
    in_time = percent(answers, (row, IN_TIME), (row, ANSWERED))
    return Counts(label, seen[row], answers.get((row, ANSWERED)), in_time)
