"""Whom of the registry somebody may be, and what is compared of those on record."""

from dataclasses import replace

import pytest

from dsp_platform.khmer.dates import PartialDate
from registry.matching.features import companion_key
from registry.matching.records import Outcome
from registry.matching.search import matches_of
from registry.matching.stored import records_of
from registry.models import DuplicateCase, Person
from registry.persons.writer import PersonWriter
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details


@built_once
def family(areas, operators, sokha):
    details = household_details(person_details(), child_details())
    return register_household(actor=sokha, details=details)


@pytest.fixture
def head(family):
    return family.memberships.get(relationship="head").person


@pytest.fixture
def on_record(head):
    return records_of([head.pk])[head.pk]


@pytest.fixture
def newcomer(on_record):
    """The same answers again."""
    return replace(on_record, person_id=None)


def found(*records):
    return [[(one.person_id, one.outcome) for one in matches] for matches in matches_of(records)]


def test_who_answers_the_same_is_found(head, newcomer):
    stranger = replace(newcomer, given_name="ធារ៉ា", latin_given_name="", born=PartialDate.parse("1950-02-03"))
    assert found(newcomer, stranger) == [[(head.pk, Outcome.SAME)], []]


def test_nobody_is_their_own_double(on_record):
    assert found(on_record) == [[]]


def test_a_pair_decided_to_be_two_never_comes_back(head, newcomer, family, steward):
    with PersonWriter() as write:
        namesake = write_namesake(write, head)
    DuplicateCase.objects.create(
        reference="D-1", first=head, second=namesake, weight=1, state="different", decided_by=steward
    )
    assert head.pk not in dict(found(records_of([namesake.pk])[namesake.pk])[0])
    assert head.pk in dict(found(newcomer)[0])


def write_namesake(write, head):
    namesake = Person.objects.get(pk=head.pk)
    namesake.pk, namesake.account, namesake._state.adding = None, None, True
    write.add_person(namesake, [])
    return namesake


def test_merged_records_are_not_found(head, newcomer):
    with PersonWriter() as write:
        kept = write_namesake(write, head)
    Person.objects.filter(pk=head.pk).update(merged_into=kept)
    assert [one for one, _outcome in found(newcomer)[0]] == [kept.pk]


def test_a_document_finds_whoever_holds_it(head, newcomer):
    with PersonWriter() as write:
        write.replace_document(head, "nssf", "123")
    documents = records_of([head.pk])[head.pk].documents
    unlike = replace(
        newcomer, villages=frozenset(), documents=documents, born=PartialDate.parse("1984-04-15")
    )
    assert found(unlike) == [[(head.pk, Outcome.SAME)]]


def test_villages_of_the_past_count(family, head):
    with PersonWriter() as write:
        write.update_household(family, village_id="01020102")
    assert records_of([head.pk])[head.pk].villages == {"01020101", "01020102"}


def test_with_whom_they_live_is_known(on_record):
    assert on_record.household == {companion_key("សុខ", "បុប្ផា", "Sok", "Bopha")}
