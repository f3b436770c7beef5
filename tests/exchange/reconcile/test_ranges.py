"""Ranges in which two sides differ, and how they are narrowed down."""

from itertools import pairwise

from dsp_platform.exchange.adapters.base import Summary
from dsp_platform.exchange.reconcile import ranges
from dsp_platform.exchange.reconcile.ranges import CHUNK, MOST_RANGES, KeyRange


def test_cuts_cover_a_range_without_gaps_even_where_it_is_narrow():
    assert ranges.cut(1, 11, 3) == [1, 4, 7, 11]
    assert ranges.cut(5, 7, 1024) == [5, 6, 7]
    assert ranges.cut(1, 2, 16) == [1, 2]


def test_a_part_is_where_any_of_the_three_sums_differs():
    same, other = Summary(2, 10, 40), Summary(2, 10, 41)
    ours, theirs = [same, same, Summary(1, 5, 5)], [same, other, Summary(3, 9, 9)]
    assert ranges.differing([1, 10, 20, 30], ours, theirs) == [KeyRange(10, 20, 2), KeyRange(20, 30, 3)]


def test_parts_are_divided_only_while_that_saves_listing_numbers():
    few = [KeyRange(place, place + 100, 50) for place in range(0, 1000, 100)]
    assert ranges.too_big(few) == []
    wide = [KeyRange(0, 10**9, CHUNK * 10), KeyRange(10**9, 10**9 + 10, 10)]
    assert ranges.too_big(wide) == wide[:1]
    everywhere = [KeyRange(place * 1000, place * 1000 + 1000, CHUNK // 10) for place in range(MOST_RANGES)]
    assert ranges.too_big(everywhere) == []


def test_dividing_keeps_to_the_parts_and_to_so_many_ranges():
    parts = [KeyRange(0, 10**6, CHUNK), KeyRange(5 * 10**6, 6 * 10**6, CHUNK)]
    bounds = ranges.divide(parts)
    assert len(bounds) <= MOST_RANGES + 2
    assert {0, 10**6, 5 * 10**6, 6 * 10**6} <= set(bounds)
    between = [KeyRange(low, high, 1) for low, high in pairwise(bounds)]
    kept = ranges.inside(between, parts)
    assert len(kept) == len(between) - 1
    assert KeyRange(10**6, 5 * 10**6, 1) not in kept


def test_a_chunk_has_at_least_one_part_and_no_more_numbers_than_fit():
    parts = [
        KeyRange(0, 10, CHUNK * 2),
        KeyRange(10, 20, CHUNK // 2),
        KeyRange(20, 30, CHUNK // 2),
        KeyRange(30, 40, 1),
    ]
    now, rest = ranges.chunk(parts)
    assert now == parts[:1]
    assert ranges.chunk(rest) == (parts[1:3], parts[3:])
