"""The made-up population: reproducible, plausible, and with the truth about who is registered twice."""

from collections import Counter

from benchmarks.population import population, truth
from dsp_platform.khmer.dates import PartialDate

ENTRIES = list(population(3000, seed=7))


def test_the_same_seed_makes_the_same_population():
    assert list(population(3000, seed=7)) == ENTRIES


def test_another_seed_makes_another():
    assert list(population(3000, seed=8)) != ENTRIES


def test_ids_are_unique():
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)


def test_the_truth_names_the_entries_of_one_person():
    persons = {entry.id: entry.person for entry in ENTRIES}
    pairs = truth(ENTRIES)
    assert pairs
    assert all(persons[first] == persons[second] and first != second for first, second in pairs)
    twice = Counter(persons.values())
    assert len(pairs) == sum(number == 2 for number in twice.values())


def test_each_household_has_one_head_where_it_is_registered_first():
    heads = Counter(entry.household for entry in ENTRIES if entry.relationship == "head")
    first_of_persons = {}
    for entry in ENTRIES:
        first_of_persons.setdefault(entry.person, entry.household)
    assert all(heads[household] == 1 for household in set(first_of_persons.values()))


def test_every_date_of_birth_is_one():
    assert all(PartialDate.parse(entry.birth_date) for entry in ENTRIES if entry.birth_date)


def test_a_card_number_is_one_persons():
    holders = Counter(
        entry.document_number
        for entry in {one.person: one for one in reversed(ENTRIES)}.values()
        if entry.document_number
    )
    assert max(holders.values()) == 1


def test_the_errors_that_people_make_are_in_it():
    by_person: dict[int, list] = {}
    for entry in ENTRIES:
        by_person.setdefault(entry.person, []).append(entry)
    pairs = [pair for pair in by_person.values() if len(pair) == 2]
    for column in ("family_name_km", "given_name_latin", "birth_date", "sex", "village_code", "phone"):
        assert any(getattr(one, column) != getattr(other, column) for one, other in pairs)
    assert any(
        one.family_name_km == other.given_name_km and one.given_name_km == other.family_name_km
        for one, other in pairs
    )
