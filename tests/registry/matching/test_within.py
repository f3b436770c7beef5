from registry.matching.within import pairs_within
from tests.registry.matching.cast import born, record


def test_doubles_of_a_list_are_found_by_their_places():
    neighbour = record(family_name="ចាន់", given_name="ធារ៉ា", born=born("1990-09-02"))
    again = record(given_name="ស៊ុខា")
    found = pairs_within([record(), neighbour, again])
    assert [(first, second) for first, second, _match in found] == [(0, 2)]
