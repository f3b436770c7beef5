"""One new version for all that is written together, announced once."""

from datetime import date
from types import SimpleNamespace

import pytest

from dsp_platform.exchange.ledger import services as exchange
from registry.matching.keys import match_keys
from registry.matching.stored import record_of
from registry.models import AwaitingMatch, IdentityDocument, Person
from registry.persons import writer
from registry.persons.writer import NewMember, NumberTaken, PersonWriter, unsaved_person
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
def announced(family, monkeypatch):
    """Kind, subject and version of what is announced."""
    found = []
    monkeypatch.setattr(
        exchange, "announce", lambda kind, subjects: found.extend((kind, *one) for one in subjects)
    )
    return found


def versions(family) -> list[int]:
    family.refresh_from_db()
    members = Person.objects.filter(memberships__household=family, memberships__ended_on=None)
    return [family.version, *members.order_by("pk").values_list("version", flat=True)]


def test_many_writes_make_one_version_that_is_announced_once(family, head, announced):
    with PersonWriter() as write:
        write.update_person(head, phone="+85516000009", pregnant=True)
        write.update_household(family, address="ផ្ទះលេខ ៩")
        write.replace_document(head, "nssf", "123")
        write.add_membership(family, _newborn(write, family), "child")
    persons = {("person", member.person_id, member.person.version) for member in family.memberships.all()}
    assert versions(family) == [2, 2, 2, 2]
    assert len(announced) == 4
    assert set(announced) == {("household", family.pk, 2), *persons}


def _newborn(write: PersonWriter, family) -> Person:
    newborn = unsaved_person(
        {
            "given_name": "ថ្មី",
            "sex": "female",
            "date_of_birth": date(2026, 11, 1),
            "village_id": family.village_id,
        }
    )
    write.add_person(newborn, [])
    return newborn


def test_with_a_name_its_search_keys_are_written(head):
    with PersonWriter() as write:
        write.update_person(head, latin_family_name="Chea")
    head.refresh_from_db()
    assert (head.latin_key, head.latin_given_key) == ("cheasokha", "sokhachea")


def test_whoever_left_gets_a_version_of_their_own(family, head, announced):
    membership = family.memberships.get(person=head)
    with PersonWriter() as write:
        write.update_membership(membership, ended_on=membership.started_on)
    head.refresh_from_db()
    assert head.version == 2
    assert versions(family) == [2, 2]
    assert ("person", head.pk, 2) in announced


def test_a_new_household_starts_at_its_first_version(family, head, announced):
    membership = family.memberships.get(person=head)
    with PersonWriter() as write:
        write.update_membership(membership, ended_on=membership.started_on)
        own = write.add_household(village_id="01020102", address="", members=[NewMember(head, "head")])
    assert versions(own) == [1, 2]
    assert announced.count(("person", head.pk, 2)) == 1


def test_the_account_is_no_news_for_operators(family, head, announced):
    with PersonWriter() as write:
        write.update_person(head, account=None)
    assert (versions(family), announced) == ([1, 1, 1], [])


def test_nothing_is_announced_of_what_failed(family, head, announced):
    def fail() -> None:
        with PersonWriter() as write:
            write.update_person(head, phone="+85516000009")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (versions(family), announced) == ([1, 1, 1], [])


def test_a_number_is_one_persons_only(family, head):
    child = family.memberships.get(relationship="child").person
    with PersonWriter() as write:
        write.replace_document(head, "nssf", "123")
        with pytest.raises(NumberTaken):
            write.replace_document(child, "nssf", "123")
    assert list(IdentityDocument.objects.values_list("person", flat=True)) == [head.pk]


def test_it_writes_within_a_transaction_only(head, monkeypatch):
    monkeypatch.setattr(writer, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError), PersonWriter():
        pass


def awaiting() -> set[int]:
    return set(AwaitingMatch.objects.values_list("person", flat=True))


@pytest.fixture
def compared(family):
    """All have been compared."""
    AwaitingMatch.objects.all().delete()


def test_whoever_is_registered_waits_to_be_compared(family):
    assert awaiting() == set(family.memberships.values_list("person", flat=True))


@pytest.mark.parametrize("values", [{"phone": "+85516000009"}, {"given_name": "សុខុម"}, {"sex": "male"}])
def test_what_identifies_a_person_is_compared_again(head, compared, values):
    with PersonWriter() as write:
        write.update_person(head, **values)
    assert awaiting() == {head.pk}


def test_what_identifies_nobody_is_not_compared_again(head, compared):
    with PersonWriter() as write:
        write.update_person(head, pregnant=True, given_name=head.given_name)
    assert awaiting() == set()


def test_a_new_document_is_compared(head, compared):
    with PersonWriter() as write:
        write.replace_document(head, "nssf", "123")
    assert awaiting() == {head.pk}


def test_keys_of_matching_follow_the_village(family, head, compared):
    before = set(head.match_keys)
    with PersonWriter() as write:
        write.update_household(family, village_id="01020102")
    head.refresh_from_db()
    assert set(head.match_keys) == set(match_keys(record_of(head))) != before
    assert awaiting() == set(family.memberships.values_list("person", flat=True))
