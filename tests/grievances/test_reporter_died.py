"""What somebody reported in their name passes to the head of their household when they die."""

import pytest
from django.utils import timezone

from dsp_platform.khmer.dates import PartialDate
from grievances.models import Grievance
from grievances.selectors import grievance_visible_to, grievances_of
from registry.models import Person
from registry.persons.writer import PersonWriter
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details


@built_once
def couple(areas, operators, sokha):
    wife = person_details(given_name="W", relationship="spouse")
    register_household(actor=sokha, details=household_details(person_details(given_name="H"), wife))
    return sokha.person, Person.objects.get(given_name="W")


def die(person: Person) -> None:
    membership = person.memberships.get(ended_on=None)
    with PersonWriter() as writer:
        writer.update_person(person, died=PartialDate(membership.started_on))
        writer.update_membership(membership, ended_on=membership.started_on)


def reported_by(wife, grievance) -> Grievance:
    Grievance.objects.filter(pk=grievance.pk).update(person=wife)
    return grievance


def test_the_head_reads_and_follows_it(couple, tell, sokha):
    head, wife = couple
    grievance = reported_by(wife, tell())
    die(wife)
    assert grievance_visible_to(sokha, None, grievance.reference) == grievance
    assert list(grievances_of(head, None)) == [grievance]
    assert Grievance.objects.get().events.last().step == "inherit"


@pytest.mark.parametrize("category", ["staff", "abuse", "data", "money_asked"])
def test_what_may_be_about_the_household_is_reached_by_its_pin_only(couple, tell, sokha, category):
    _head, wife = couple
    grievance = reported_by(wife, tell(category=category))
    die(wife)
    assert Grievance.objects.get().person == wife
    assert grievance_visible_to(sokha, None, grievance.reference) is None


def test_what_was_answered_stays_as_it_was(couple, tell):
    _head, wife = couple
    grievance = reported_by(wife, tell())
    Grievance.objects.filter(pk=grievance.pk).update(state="resolved")
    die(wife)
    assert Grievance.objects.get().person == wife


@pytest.mark.parametrize("died", ["2026", "2026-11", "2026-11-02"])
def test_a_head_whom_they_had_left_reads_nothing(couple, tell, sokha, died):
    head, wife = couple
    grievance = reported_by(wife, tell())
    with PersonWriter() as writer:
        writer.update_membership(wife.memberships.get(), ended_on=timezone.localdate())
    with PersonWriter() as writer:
        writer.update_person(wife, died=PartialDate.parse(died))
    assert Grievance.objects.get().person == wife
    assert grievance_visible_to(sokha, None, grievance.reference) is None
    assert grievance not in grievances_of(head, None)


def test_without_a_name_it_is_nobodys(couple, tell):
    _head, wife = couple
    tell()
    die(wife)
    assert Grievance.objects.get().person is None
