"""Number 2 was the son and is the daughter: she is enrolled with the file that comes after a steward found
the two to be two persons, whatever becomes of their case meanwhile."""

import pytest

from registry.duplicates.pairs import end_cases, note_pairs
from registry.duplicates.selectors import held_back
from registry.duplicates.sweep import sweep
from registry.matching.records import Evidence
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import DuplicateCase, Enrolment, Merge, Person
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.duplicates.cast import case_of, decide, match, steps_of
from tests.registry.imports.conftest import row, sophea
from tests.registry.imports.staging.test_references import DAUGHTER, tell
from tests.registry.imports.staging.test_references import enrolling as enrolling
from tests.registry.imports.staging.test_references import used_again as used_again

AGAIN = [sophea(), row("2", **DAUGHTER)]
MORE = [sophea(), row("2", **DAUGHTER, phone="012345678")]


@pytest.fixture
def two(steward, second_steward):
    return {"actor": steward, "approved_by": second_steward}


@pytest.fixture
def son(enrolling, used_again) -> Person:
    return used_again[0]


@pytest.fixture
def daughter(son) -> Person:
    return Person.objects.get(given_name=DAUGHTER["given_name"])


@pytest.fixture
def at_the_counter(son, commune_clerk) -> Person:
    """The son, registered once more."""
    return register(commune_clerk, given_name=son.given_name)


def register(clerk, **details) -> Person:
    home = register_household(actor=clerk, details=household_details(person_details(**details)))
    return home.memberships.get().person


def passed_on(two, son, daughter, at_the_counter, clerk):
    merge(kept=at_the_counter, merged=son, **two)


def ended_by_another(two, son, daughter, at_the_counter, clerk):
    case_of(daughter, at_the_counter)
    merge(kept=at_the_counter, merged=son, **two)


def found_once_before(two, son, daughter, at_the_counter, clerk):
    end_cases([case_of(daughter, at_the_counter)])
    merge(kept=at_the_counter, merged=son, **two)


def with_another_record(two, son, daughter, at_the_counter, clerk):
    """The daughter's own."""
    merge(kept=register(clerk, **{**DAUGHTER, "born": daughter.born}), merged=daughter, **two)


def compared_anew(two, son, daughter, at_the_counter, clerk):
    """Alike in all by a correction."""
    tell(daughter, given_name=son.given_name, sex="male", born=son.born)


MERGES = [passed_on, ended_by_another, found_once_before, with_another_record]


@pytest.fixture(params=[*MERGES, compared_anew])
def meanwhile(request, two, son, daughter, at_the_counter, commune_clerk):
    request.param(two, son, daughter, at_the_counter, commune_clerk)
    while sweep():
        pass


@pytest.fixture(params=MERGES)
def undone(request, two, son, daughter, at_the_counter, commune_clerk):
    request.param(two, son, daughter, at_the_counter, commune_clerk)
    sweep()
    unmerge(merge=Merge.objects.get(), **two)
    sweep()


def remaining(person) -> Person:
    person.refresh_from_db()
    return person.merged_into or person


def is_enrolled(person) -> bool:
    return Enrolment.objects.filter(person=remaining(person)).exists()


def case_now(son, daughter) -> DuplicateCase:
    one, other = sorted((remaining(son).pk, remaining(daughter).pk))
    return DuplicateCase.objects.get(first=one, second=other)


def shows_the_number(case) -> bool:
    return [one["comparison"] for one in case.evidence].count("reference") == 1


def test_while_their_case_waits_no_file_enrols_her(meanwhile, imported, son, daughter):
    case = case_now(son, daughter)
    assert (case.is_open, case.of_file, shows_the_number(case)) == (True, True, True)
    assert imported(MORE).outcomes["known"] == 1
    assert not is_enrolled(daughter)
    assert imported(AGAIN).state == "applied"
    assert not is_enrolled(daughter)


def test_once_they_are_two_the_same_file_enrols_her(meanwhile, imported, steward, son, daughter):
    decide(case_now(son, daughter), "different", steward)
    imported(AGAIN)
    assert is_enrolled(daughter)
    assert imported(AGAIN).outcomes == {"known": 2}


def test_where_the_merge_is_undone_she_waits_as_before(undone, imported, son, daughter, at_the_counter):
    case = case_now(son, daughter)
    assert (case.is_open, shows_the_number(case), {case.first, case.second}) == (True, True, {son, daughter})
    imported(MORE)
    assert not is_enrolled(daughter)
    # Nothing of it is left to anybody else.
    assert held_back([one.pk for one in Person.objects.all()]) == {daughter.pk: "waiting"}
    others = DuplicateCase.objects.exclude(pk=case.pk)
    assert not any(one.of_file or shows_the_number(one) for one in others if one.is_open)


def test_and_is_enrolled_once_they_are_two(undone, imported, steward, son, daughter):
    decide(case_now(son, daughter), "different", steward)
    imported(AGAIN)
    assert is_enrolled(daughter)


@pytest.mark.parametrize("merging", MERGES)
def test_who_was_found_to_be_another_before_a_merge_stays_so(
    merging, two, son, daughter, at_the_counter, commune_clerk, imported, steward
):
    decide(DuplicateCase.objects.get(), "different", steward)
    merging(two, son, daughter, at_the_counter, commune_clerk)
    sweep()
    imported(AGAIN)
    assert is_enrolled(daughter)


def test_who_is_another_than_the_record_that_remains_is_another_than_its_alias(
    two, son, daughter, at_the_counter, imported, steward
):
    waits = DuplicateCase.objects.get()
    decide(case_of(daughter, at_the_counter), "different", steward)
    done = merge(kept=at_the_counter, merged=son, **two)
    waits.refresh_from_db()
    assert (waits.state, waits.decided_by, steps_of(waits)[-1]) == ("different", steward, "followed")
    imported(AGAIN)
    assert is_enrolled(daughter)
    unmerge(merge=done, **two)
    waits.refresh_from_db()
    assert (waits.state, waits.decided_by, steps_of(waits)[-1]) == ("waiting", None, "restored")


def test_of_two_that_are_one_after_all_nobody_is_held_back(two, son, daughter, imported):
    merge(kept=son, merged=daughter, **two)
    assert held_back([son.pk]) == {}
    assert imported(AGAIN).outcomes == {"known": 2}


@pytest.mark.parametrize("first_decided", [True, False])
def test_who_has_several_such_cases_waits_for_all(daughter, at_the_counter, steward, first_decided):
    of_number = match(at_the_counter, evidence=(Evidence("reference", "same", 4.25),))
    note_pairs({daughter.pk: [of_number]}, of_file=True)
    one, other = DuplicateCase.objects.order_by("pk" if first_decided else "-pk")
    decide(one, "different", steward)
    assert held_back([daughter.pk]) == {daughter.pk: "waiting"}
    decide(other, "different", steward)
    assert held_back([daughter.pk]) == {daughter.pk: "different"}
