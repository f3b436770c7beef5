"""After an objection the same official cannot ask again, nor can one official alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.models import LostNumber, Person, PhoneReplacement
from registry.phones.replacements.requests import ObjectedAgainst
from registry.phones.replacements.selectors import objected_against
from registry.phones.replacements.stops import doubt_replacement, object_to_replacement, withdraw_replacement
from registry.phones.selectors import confirmation_phone, may_take_everything
from registry.tasks import replace_phones
from tests.registry.cast import MALY_PHONE, OWN_SIM
from tests.registry.phones.replacements.test_replacements import (
    confirm,
    open_account,
    phone_of,
    request_replacement,
)
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
OLD = "+85512345678"


@pytest.fixture
def person(family_of_one, sokha):
    return sokha.person


@pytest.fixture
def objected(person, commune_clerk, sokha):
    asked = request_replacement(commune_clerk, person)
    return object_to_replacement(replacement=asked, actor=sokha)


@pytest.fixture
def asked_anew(objected, person, second_clerk):
    return request_replacement(second_clerk, person, "+85516000002")


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_official_objected_against_asks_no_more(objected, person, commune_clerk, language):
    with translation.override(language):
        with pytest.raises(ObjectedAgainst) as refused:
            request_replacement(commune_clerk, person, "+85516000002")
        assert "30" in str(refused.value)


def test_nor_opens_a_first_account(maly, other_clerk, district):
    object_to_replacement(
        replacement=open_account(other_clerk, maly), actor=User.objects.create_citizen(phone=MALY_PHONE)
    )
    with pytest.raises(ObjectedAgainst):
        open_account(other_clerk, maly, "+85516000002")
    assert PhoneReplacement.objects.count() == 1


def test_but_is_the_second_for_what_another_asks(asked_anew, commune_clerk, sokha):
    """Two officials have then seen the person. If there are only two, nobody else is left."""
    page = browser(commune_clerk).get(f"/en/counter/phones/{asked_anew.reference}/").content.decode()
    assert 'name="document"' in page
    confirm(asked_anew, commune_clerk)
    assert phone_of(sokha) == "+85516000002"


def test_another_official_needs_a_second_one(asked_anew, district, sokha):
    confirm(asked_anew, district)
    assert phone_of(sokha) == "+85516000002"


def test_no_days_suffice(asked_anew, sokha):
    PhoneReplacement.objects.filter(pk=asked_anew.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert replace_phones() == 0
    asked_anew.refresh_from_db()
    assert (asked_anew.state, asked_anew.cause) == ("overtaken", "alone")
    assert phone_of(sokha) == OLD


def test_the_database_itself_wants_the_second_one(asked_anew):
    past = timezone.now() - timedelta(minutes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PhoneReplacement.objects.filter(pk=asked_anew.pk).update(
            state="applied", due_at=past, ended_at=timezone.now()
        )


@pytest.mark.parametrize(
    ("language", "words"), [("en", "One was stopped lately"), ("km", "ថ្មីៗនេះ មានសំណើមួយត្រូវបានបញ្ឈប់")]
)
def test_the_page_says_so(asked_anew, district, language, words):
    page = browser(district).get(f"/{language}/counter/phones/{asked_anew.reference}/").content.decode()
    assert words in page


def test_after_30_days_it_is_forgotten(objected, person, commune_clerk):
    past = timezone.now() - timedelta(days=31)
    PhoneReplacement.objects.filter(pk=objected.pk).update(ended_at=past)
    assert request_replacement(commune_clerk, person, "+85516000002").second_only is False


def test_who_asked_takes_it_back_and_objects_to_nothing(person, commune_clerk):
    asked = request_replacement(commune_clerk, person)
    taken_back = withdraw_replacement(replacement=asked, actor=commune_clerk)
    assert (taken_back.state, taken_back.cause) == ("withdrawn", "withdrawn")
    assert request_replacement(commune_clerk, person, "+85516000002").second_only is False


# --- who objects


def test_a_phone_that_was_replaced_is_told_and_ends_nothing(person, commune_clerk, second_clerk):
    Person.objects.filter(pk=person.pk).update(phone=OLD)
    person.refresh_from_db()
    confirm(request_replacement(commune_clerk, person), second_clerk)
    person.refresh_from_db()
    assert person.phone == OWN_SIM
    asked = request_replacement(commune_clerk, person, "+85516000002")
    assert OLD in asked.notified_phones
    thief = User.objects.create_citizen(phone=OLD)
    client, page = browser(thief), f"/en/my/phones/{asked.reference}/"
    assert page in client.get("/en/my/").content.decode()
    assert 'name="stop"' not in client.get(page).content.decode()
    with pytest.raises(PermissionDenied):
        object_to_replacement(replacement=asked, actor=thief)
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_nor_does_one_that_the_person_said_is_lost(person, commune_clerk):
    LostNumber.objects.create(person=person, phone=OLD)
    User.objects.filter(pk=person.account_id).update(phone="+85516000008")
    person.refresh_from_db()
    asked = request_replacement(commune_clerk, person)
    with pytest.raises(PermissionDenied):
        object_to_replacement(replacement=asked, actor=User.objects.create_citizen(phone=OLD))


def test_the_number_put_on_record_says_no_yes_for_30_days(person, commune_clerk, second_clerk):
    Person.objects.filter(pk=person.pk).update(phone=OLD)
    person.refresh_from_db()
    confirm(request_replacement(commune_clerk, person), second_clerk)
    person.refresh_from_db()
    assert confirmation_phone(person) == ""
    assert not may_take_everything(person)


def test_a_number_for_news_that_was_not_the_accounts_stays_on_record(person, commune_clerk, second_clerk):
    Person.objects.filter(pk=person.pk).update(phone="+85516777888")
    person.refresh_from_db()
    confirm(request_replacement(commune_clerk, person), second_clerk)
    person.refresh_from_db()
    assert person.phone == "+85516777888"


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_household_hears_whose_account_it_is(maly, other_clerk, language):
    asked = open_account(other_clerk, maly)
    head = head_of(maly)
    client = browser(head)
    page = client.get(f"/{language}/my/phones/{asked.reference}/").content.decode()
    assert maly.given_name in page
    assert 'name="stop"' not in page
    message = Message.objects.get(phone=head.phone, template="account_beside")
    assert maly.given_name not in render(message.template, message.params, language)
    assert not Message.objects.filter(template="replacement_asked").exists()


def test_a_doubt_of_the_household_wants_the_second_official_and_ends_nothing(maly, other_clerk, district):
    asked = open_account(other_clerk, maly)
    client, page = browser(head_of(maly)), f"/en/my/phones/{asked.reference}/"
    assert client.post(page, {"stop": "1"}).status_code == 403
    for _twice in range(2):
        assert client.post(page, {"doubt": "1"}).url == page
    asked.refresh_from_db()
    assert (asked.state, asked.second_only) == ("waiting", True)
    assert AuditEvent.objects.filter(action="replacement_doubted").count() == 1
    assert "a doubt" in browser(district).get(f"/en/counter/phones/{asked.reference}/").content.decode()
    assert not objected_against(maly)
    assert confirm(asked, district).state == "applied"


def test_a_stranger_or_the_person_has_no_doubt(maly, other_clerk):
    asked = open_account(other_clerk, maly)
    for phone in (MALY_PHONE, OWN_SIM):
        holder = User.objects.filter(phone=phone).first() or User.objects.create_citizen(phone=phone)
        with pytest.raises(PermissionDenied):
            doubt_replacement(replacement=asked, actor=holder)


@pytest.mark.parametrize(("who", "words"), [("person", "in the account"), ("record", "number on record")])
def test_who_objected_is_named_truthfully(person, maly, commune_clerk, other_clerk, sokha, who, words):
    if who == "person":
        asked, actor = request_replacement(commune_clerk, person), sokha
    else:
        asked, actor = open_account(other_clerk, maly), User.objects.create_citizen(phone=MALY_PHONE)
    with translation.override("en"):
        assert words in object_to_replacement(replacement=asked, actor=actor).state_words


def head_of(person: Person) -> User:
    return Person.objects.get(
        memberships__household__memberships__person=person, phone="+85512777000"
    ).account
