"""Nobody takes over a record: not by changing the phone, and not by knowing a document."""

from datetime import date, timedelta

import pgtrigger
import pytest
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.claims.services import Identity, begin_claim, code_of, confirm_claim
from registry.errors import AlreadyRegistered, NotClaimed, NumberTooNew
from registry.models import Membership, Person
from registry.persons import selectors
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.changes.cast import NAME, about, ask, decide
from tests.roles import as_owner

BORN = date(1984, 4, 14)
CARD = {"document_type": "identity_card", "document_number": "010203045"}
OLD, NEW = "+85512345678", "+85516000001"


@built_once
def head(areas, operators, agreements, commune_clerk):
    details = household_details(person_details(phone=OLD, **CARD), child_details())
    household = register_household(actor=commune_clerk, details=details)
    return household.memberships.get(relationship="head").person


@pytest.fixture
def assisted_session(commune_clerk, head):
    return open_assisted_session(
        official=commune_clerk, reason="correction", consent_text="", subject_id=head.pk
    )


@pytest.fixture
def newcomer(db):
    return User.objects.create_citizen(phone=NEW)


@pytest.fixture
def told(head):
    return Identity(kind="spid", number=head.spid, born=PartialDate(BORN))


def warned() -> list[str]:
    return sorted(Message.objects.filter(template="details_changed").values_list("phone", flat=True))


def days_pass(person: Person, days: int) -> None:
    """According to the history the phone was changed that long ago."""
    events = Person.events.rel.related_model.objects.filter(pgh_obj=person)
    with as_owner(), pgtrigger.ignore():
        for event in events:
            moved = event.pgh_created_at - timedelta(days=days)
            events.filter(pk=event.pk).update(pgh_created_at=moved)


def test_a_phone_just_put_on_record_claims_nothing(head, assisted_session, commune_clerk, newcomer, told):
    """An official who enters a phone of their own does not get the record by it."""
    ask(commune_clerk, "phone", assisted_session=assisted_session, who=about(head), phone={"phone": NEW})
    head.refresh_from_db()
    assert head.phone == NEW
    with pytest.raises(NumberTooNew):
        begin_claim(account=newcomer, identity=told, proved=True)
    assert selectors.subject_for(newcomer, None) is None
    assert warned() == [OLD]


def test_after_a_week_without_objection_a_number_no_official_changed_does(head, newcomer, told):
    Person.objects.filter(pk=head.pk).update(phone=NEW)
    days_pass(head, 8)
    assert begin_claim(account=newcomer, identity=told, proved=True).used_at
    assert selectors.subject_for(newcomer, None) == head


def test_emptying_the_phone_first_is_no_way_around(head, assisted_session, commune_clerk, newcomer, told):
    for phone in ("", NEW):
        ask(
            commune_clerk, "phone", assisted_session=assisted_session, who=about(head), phone={"phone": phone}
        )
    with pytest.raises(NumberTooNew):
        begin_claim(account=newcomer, identity=told, proved=True)


def test_a_first_number_put_on_record_is_no_way_around(areas, operators, agreements, commune_clerk, newcomer):
    """Without a previous phone there is nobody to inform, so it waits all the same."""
    household = register_household(actor=commune_clerk, details=household_details(person_details()))
    person = household.memberships.get().person
    days_pass(person, 30)
    assisted_session = open_assisted_session(
        official=commune_clerk, reason="correction", consent_text="", subject_id=person.pk
    )
    ask(commune_clerk, "phone", assisted_session=assisted_session, who=about(person), phone={"phone": NEW})
    told = Identity(kind="spid", number=person.spid, born=PartialDate(BORN))
    with pytest.raises(NumberTooNew):
        begin_claim(account=newcomer, identity=told, proved=True)


def test_a_code_sent_to_the_number_of_before_opens_nothing(
    head, assisted_session, commune_clerk, newcomer, told
):
    claim = begin_claim(account=newcomer, identity=told, proved=True)
    ask(
        commune_clerk,
        "phone",
        assisted_session=assisted_session,
        who=about(head),
        phone={"phone": "+85516000002"},
    )
    with pytest.raises(NotClaimed):
        confirm_claim(account=newcomer, claim=claim, typed=code_of(claim))


def test_a_code_for_somebody_who_died_meanwhile_opens_nothing(head, newcomer, told):
    claim = begin_claim(account=newcomer, identity=told, proved=True)
    Person.objects.filter(pk=head.pk).update(died_on=timezone.localdate())
    with pytest.raises(NotClaimed):
        confirm_claim(account=newcomer, claim=claim, typed=code_of(claim))


@pytest.mark.parametrize("index", [0, 1])
def test_nobody_registers_as_somebody_registered_before(head, newcomer, index):
    """A person without a household can be registered again: at the commune, not by whoever knows the card."""
    Membership.objects.update(ended_on=timezone.localdate())
    members = [person_details(phone=NEW, **CARD)]
    if index:
        known = child_details(
            given_name="ស៊ុខា", sex="female", date_of_birth=BORN, relationship="spouse", **CARD
        )
        members = [person_details(given_name="ដារា"), known]
    with pytest.raises(AlreadyRegistered) as raised:
        register_household(actor=newcomer, details=household_details(*members))
    assert raised.value.member == index
    head.refresh_from_db()
    assert (head.account, head.phone) == (None, OLD)


def test_whoever_is_changed_by_another_is_told(family, people, sokha, second_clerk):
    son = people["ពិសិដ្ឋ"]
    Person.objects.filter(pk=son.pk).update(phone=OLD.replace("345", "999"))
    request = ask(sokha, "name", who=about(son), name=NAME)
    assert warned() == []
    decide(request, second_clerk)
    assert warned() == [OLD.replace("345", "999")]


def test_who_changes_their_own_is_not_told_what_they_know(family, people, sokha):
    own = sokha.person
    Person.objects.filter(pk=own.pk).update(phone=sokha.phone)
    ask(sokha, "phone", who=about(own), phone={"phone": NEW})
    assert warned() == []
