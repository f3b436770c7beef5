"""What whoever reads a table can compute of what it hides."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp_platform.web.small_counts import FEWEST, percent, shown

TRIED = [*range(10, 40), *range(10)]
"""For each cell. What is ten or more comes first: one solution with it is enough."""
counts = st.sampled_from([0, 0, 1, 2, 3, 5, 9, 10, 11, 12, 14])


def solutions(leaves, sums, seen) -> Iterator[dict]:
    """All numbers from none up that give what is seen. ``leaves``: cells that are no total."""
    below = {total: parts for total, *parts in sums}

    def leaves_of(key):
        return [leaf for part in below[key] for leaf in leaves_of(part)] if key in below else [key]

    known = [(number, leaves_of(key)) for key, number in seen.items()]

    def tried(place, values):
        if place == len(leaves):
            yield values
            return
        for number in TRIED:
            now = {**values, leaves[place]: number}
            if all(_fits(now, total, parts) for total, parts in known if leaves[place] in parts):
                yield from tried(place + 1, now)

    for values in tried(0, {}):
        yield {**values, **{key: sum(values[one] for one in leaves_of(key)) for key in below}}


def _fits(values, total, parts) -> bool:
    found = [values[one] for one in parts if one in values]
    return sum(found) == total if len(found) == len(parts) else sum(found) <= total


def told_of(cells, leaves, sums, seen) -> set:
    """The cells of 1 to 9 of which it is certain that they are below ten."""
    doubtful = {key for key, number in cells.items() if 0 < number < FEWEST}
    for one in solutions(leaves, sums, seen):
        doubtful = {key for key in doubtful if one[key] < FEWEST}
        if not doubtful:
            break
    return doubtful


ROW = [("received", "answered", "unanswered"), ("answered", "in_time", "late")]
TWO_BY_TWO = [
    ("row 1", "a", "b"), ("row 2", "c", "d"), ("column 1", "a", "c"), ("column 2", "b", "d"),
    ("all", "row 1", "row 2"), ("all", "column 1", "column 2"),
]  # fmt: skip
PARTS = [("all", "a", "b", "c", "d")]
PROGRAMME = [("received", "decided", "withdrawn"), ("decided", "approved", "refused", "referred")]
TABLES = [
    (["in_time", "late", "unanswered"], ROW, ("late", "unanswered")),
    (["a", "b", "c", "d"], TWO_BY_TWO, ()),
    (["a", "b", "c", "d"], TWO_BY_TWO, ("all", "d")),
    (["a", "b", "c", "d"], PARTS, ()),
    (["approved", "refused", "referred", "withdrawn"], PROGRAMME, ("withdrawn",)),
]


@pytest.mark.parametrize(("leaves", "sums", "never"), TABLES)
@settings(max_examples=25)
@given(numbers=st.lists(counts, min_size=4, max_size=4))
def test_of_few_nobody_can_compute_that_they_are_few(leaves, sums, never, numbers):
    cells = with_totals(dict(zip(leaves, numbers, strict=False)), sums)
    seen = shown(cells, sums, never=never)
    assert not {*never} & {*seen}
    assert told_of(cells, leaves, sums, seen) == set()


def with_totals(cells, sums):
    cells = dict(cells)
    while missing := [(total, parts) for total, *parts in sums if total not in cells]:
        for total, parts in missing:
            if all(part in cells for part in parts):
                cells[total] = sum(cells[part] for part in parts)
    return cells


def test_the_attacker_finds_what_is_shown_too_much():
    cells = {"all": 20, "a": 17, "b": 3}
    sums = [("all", "a", "b")]
    assert told_of(cells, ["a", "b"], sums, {"all": 20, "a": 17}) == {"b"}
    assert told_of(cells, ["a", "b"], sums, {"all": 20}) == set()


def test_what_is_not_few_is_shown():
    cells = {"all": 42, "a": 20, "b": 12, "c": 10, "d": 0}
    assert shown(cells, PARTS) == cells


def test_the_least_is_hidden_beside_what_is_few():
    cells = with_totals({"a": 3, "b": 12, "c": 40, "d": 0}, PARTS)
    assert shown(cells, PARTS) == {"c": 40, "d": 0, "all": 55}


def test_what_is_known_in_any_case_is_not_hidden():
    cells = with_totals({"a": 3, "b": 12, "c": 40, "d": 0}, PARTS)
    assert "c" not in shown(cells, PARTS, always={"b", "all"})


def test_a_total_that_is_none_is_refused():
    with pytest.raises(ValueError, match="all"):
        shown({"all": 5, "a": 3}, [("all", "a")])


@pytest.mark.parametrize(
    ("seen", "share"), [({"a": 1, "b": 3}, 33), ({"a": 0, "b": 0}, None), ({"b": 3}, None)]
)
def test_a_share_only_of_what_is_shown(seen, share):
    assert percent(seen, "a", "b") == share
