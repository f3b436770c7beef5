import pytest

from registry.matching.features import Features
from registry.matching.within import MOST_PER_KEY, candidates_within, pairs_within
from tests.registry.matching.cast import born, record

CARD = frozenset({("identity_card", b"1" * 32)})


def test_doubles_of_a_list_are_found_by_their_places():
    neighbour = record(family_name="ចាន់", given_name="ធារ៉ា", born=born("1990-09-02"))
    again = record(given_name="ស៊ុខា")
    found = pairs_within([record(), neighbour, again])
    assert [(first, second) for first, second, _match in found] == [(0, 2)]


@pytest.mark.parametrize("alike", [{}, {"documents": CARD, "villages": frozenset()}])
def test_more_than_a_clan_who_are_written_alike_are_compared_with_the_first(alike):
    others = [record(given_name=f"ស{letter}ន", born=born("1955")) for letter in "កខគឃងចឆជឈញ"]
    crowd = [record(**alike) for _one in range(MOST_PER_KEY + 2)]
    pairs = set(candidates_within([Features(one) for one in [*others, *crowd]]))
    first = len(others)
    assert {(first, later) for later in range(first + 1, first + len(crowd))} == {
        pair for pair in pairs if pair[1] > first
    }
