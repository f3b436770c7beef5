"""What the three tables together tell of what each hides."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from grievances.statistics.hiding import hide

MEASURES = ("received", "answered", "in_time")
SENSITIVE, NO_PLACE, ALL = ("category", 2), ("nowhere", 0), ("all", 0)
# Quarter, category, province, how far it came, and of how many this is so.
upto = {most: st.integers(0, most) for most in (2, 3)}
times = st.sampled_from([1, 3, 12, 60])
reported = st.lists(st.tuples(upto[2], upto[2], upto[3], st.integers(1, 3), times), max_size=14)


def rows_of(found) -> dict:
    rows = {(name, at): [0, 0, 0] for name in ("quarter", "category", "province") for at in range(3)}
    rows |= {NO_PLACE: [0, 0, 0], ALL: [0, 0, 0]}
    for quarter, category, province, stage, times in found:
        place = ("province", province) if province < 3 else NO_PLACE
        of = [("quarter", quarter), ("category", category), ALL]
        for row in of if category == SENSITIVE[1] else [*of, place]:
            rows[row] = [number + times * (at < stage) for at, number in enumerate(rows[row])]
    return rows


def sums() -> list[dict]:
    """By row, as far as they are not shown themselves: together none."""

    def of(name):
        return dict.fromkeys([(name, at) for at in range(3)], 1)

    harmless = {("category", 0): -1, ("category", 1): -1}
    return [
        {**of("quarter"), ALL: -1},
        {**of("category"), ALL: -1},
        {**of("province"), NO_PLACE: 1, **harmless},
    ]


def reduced(lines: list[dict]) -> list[tuple]:
    """Gauss: each line with the cell that no later one has."""
    found = []
    for line in lines:
        rest = without(line, found)
        if rest:
            found.append((next(iter(rest)), rest))
    return found


def without(line: dict, found: list[tuple]) -> dict:
    for cell, other in found:
        if cell in line:
            by = Fraction(line[cell]) / other[cell]
            line = {key: line.get(key, 0) - by * other.get(key, 0) for key in {**line, **other}}
            line = {key: number for key, number in line.items() if number}
    return line


@settings(max_examples=60)
@given(found=reported)
def test_no_few_follow_from_all_that_is_shown(found):
    rows = rows_of(found)
    tables = [
        [(name, dict(zip(MEASURES, rows[name, at], strict=True))) for at in range(3)]
        for name in ("quarter", "category", "province")
    ]
    seen = set()
    for (name, _one), shown in zip([table[0] for table in tables], hide(*tables), strict=True):
        for at, counts in enumerate(shown):
            in_time = 0 if counts.answered == 0 else counts.in_time_percent
            told = (counts.received, counts.answered, in_time)
            seen |= {((name, at), measure) for measure in range(3) if told[measure] is not None}
    lines = reduced(
        [
            {(row, measure): sign for row, sign in one.items() if (row, measure) not in seen}
            for measure in range(3)
            for one in sums()
        ]
    )
    for row, (received, answered, in_time) in rows.items():
        few = [
            ({(row, 0): 1}, received), ({(row, 1): 1}, answered), ({(row, 2): 1}, in_time),
            ({(row, 0): 1, (row, 1): -1}, received - answered),
            ({(row, 1): 1, (row, 2): -1}, answered - in_time),
        ]  # fmt: skip
        for cells, number in few:
            unseen = {cell: sign for cell, sign in cells.items() if cell not in seen}
            assert not 0 < number < 10 or without(unseen, lines), (row, cells)
