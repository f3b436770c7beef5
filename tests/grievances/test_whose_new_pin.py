"""A new PIN goes to the reporter's own proved number, however a number came onto the report."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.notifications.models import Message
from grievances import services
from grievances.life_events import TOLD
from grievances.models import Grievance
from registry.models import KeySetup, LostNumber, Person
from registry.phones.keys import note_setup
from registry.phones.selectors import proved_numbers
from registry.registration.services import register_household
from tests.applications.test_following import decide
from tests.grievances.test_appeals import appeal
from tests.grievances.test_reporter_died import die, reported_by
from tests.grievances.test_whose_number import HEADS, HERS, SISTERS
from tests.grievances.test_whose_number import application as application
from tests.grievances.test_whose_number import maly as maly
from tests.grievances.test_whose_number import programme as programme
from tests.grievances.test_whose_number import reporter as reporter
from tests.registry.cast import household_details, person_details


def gets_new_pin(grievance: Grievance, phone: str) -> bool:
    before = bytes(Grievance.objects.get(pk=grievance.pk).pin_digest)
    renewed = services.renew_pin(reference=grievance.reference, phone=phone)
    changed = bytes(Grievance.objects.get(pk=grievance.pk).pin_digest) != before
    assert changed == (renewed is not None)
    return changed


def test_a_number_that_was_only_typed_gets_none(tell):
    assert not gets_new_pin(tell(phone=SISTERS), SISTERS)


def test_nor_does_one_that_was_only_corrected(tell):
    grievance = services.correct_phone(grievance=tell(phone=HERS), phone=SISTERS)
    assert not gets_new_pin(grievance, SISTERS)


def test_one_that_was_confirmed_by_a_code_does(tell, reporter):
    grievance = services.confirm_phone(grievance=tell(**reporter, phone=SISTERS), phone=SISTERS)
    assert gets_new_pin(grievance, SISTERS)


@pytest.fixture
def hers(maly) -> User:
    maly.account = User.objects.create_citizen(phone=HERS)
    maly.save(update_fields=["account"])
    return maly.account


@pytest.mark.parametrize("unnamed", [False, True])
def test_the_one_they_signed_in_with_does(tell, hers, unnamed):
    assert gets_new_pin(tell(actor=hers, phone=HERS, unnamed=unnamed), HERS)


def test_not_once_it_is_said_to_be_lost(tell, hers, maly):
    grievance = tell(actor=hers, phone=HERS)
    LostNumber.objects.create(person=maly, phone=HERS, at=timezone.now() - timedelta(days=8))
    assert not gets_new_pin(grievance, HERS)


def test_nor_once_they_have_died(tell, hers, maly):
    grievance = tell(actor=hers, phone=HERS)
    Person.objects.filter(pk=maly.pk).update(died_on=date(2026, 11, 20), account=None)
    assert not gets_new_pin(grievance, HERS)


def test_of_an_appeal_the_applicants_own_does_and_no_other_members(
    application, reporter, maly, nssf_reviewer
):
    made = appeal(decide(application, nssf_reviewer), **reporter)
    has_own = maly.account is not None
    assert made.phone == (HERS if has_own else HEADS)
    assert gets_new_pin(made, made.phone) == has_own


def test_of_an_appeal_the_applicants_own_of_today(application, reporter, maly, nssf_reviewer):
    made = appeal(decide(application, nssf_reviewer), **reporter)
    Person.objects.filter(pk=maly.pk).update(phone=SISTERS, account=None)
    assert not gets_new_pin(made, made.phone)


def test_of_an_appeal_none_that_is_said_to_be_lost(application, reporter, maly, nssf_reviewer):
    made = appeal(decide(application, nssf_reviewer), **reporter)
    LostNumber.objects.create(person=maly, phone=made.phone, at=timezone.now() - timedelta(days=8))
    assert not gets_new_pin(made, made.phone)


def on_record_by_office(person: Person, phone: str) -> None:
    """An official typed it: it is her husband's."""
    Person.objects.filter(pk=person.pk).update(phone=phone, registered_by=None)
    person.refresh_from_db()


def test_a_number_that_an_official_put_on_record_is_not_hers(tell, maly, commune_clerk):
    on_record_by_office(maly, HEADS)
    case = open_assisted_session(
        official=commune_clerk, subject_id=maly.pk, reason="grievance", consent_text="read out"
    )
    grievance = tell(actor=commune_clerk, assisted_session=case, phone=HEADS)
    assert grievance.phone_confirmed_at is None
    assert not gets_new_pin(grievance, HEADS)


def test_nor_is_it_for_her_appeal(application, reporter, maly, nssf_reviewer):
    made = appeal(decide(application, nssf_reviewer), **reporter)
    Person.objects.filter(pk=maly.pk).update(account=None)
    on_record_by_office(maly, HEADS)
    Grievance.objects.filter(pk=made.pk).update(phone=HEADS)
    assert not gets_new_pin(made, HEADS)


def test_nor_is_an_account_that_an_official_set_up_lately(tell, hers, maly, commune_clerk):
    made = tell(actor=hers, phone=HERS)
    assert proved_numbers(maly) == [HERS]
    note_setup(person=maly, official=commune_clerk, kind=KeySetup.Kind.ACCOUNT)
    assert proved_numbers(maly) == []
    assert made.phone_confirmed_at  # by herself, for this report


def test_what_passes_to_a_head_is_not_reached_by_a_typed_number(tell, areas, operators, commune_clerk):
    wife = person_details(given_name="W", relationship="spouse", phone="", date_of_birth=date(1984, 1, 1))
    head = person_details(given_name="H", phone=HEADS, date_of_birth=date(1980, 1, 1))
    register_household(actor=commune_clerk, details=household_details(head, wife))
    grievance = reported_by(Person.objects.get(given_name="W"), tell(phone=HERS))
    die(Person.objects.get(given_name="W"))
    grievance.refresh_from_db()
    assert (grievance.person.given_name, grievance.phone) == ("H", "")
    assert Message.objects.filter(phone=HEADS, template=TOLD).exists()


def test_what_passes_to_a_head_without_a_number_keeps_none(tell, areas, operators, sokha):
    """Another member has an account, and is none of those whom it is handed to."""
    wife = person_details(given_name="W", relationship="spouse", phone="")
    child = person_details(given_name="C", relationship="child", phone="", date_of_birth=date(2005, 1, 1))
    head = person_details(given_name="H", phone="", date_of_birth=date(1980, 1, 1))
    register_household(actor=sokha, details=household_details(head, wife, child))
    Person.objects.filter(given_name="H").update(account=None)
    Person.objects.filter(given_name="C").update(account=sokha)
    grievance = reported_by(Person.objects.get(given_name="W"), tell(phone=HERS))
    die(Person.objects.get(given_name="W"))
    grievance.refresh_from_db()
    assert grievance.person.given_name == "H"
    assert (grievance.phone, grievance.phone_confirmed_at) == ("", None)
    assert not gets_new_pin(grievance, sokha.phone)
