"""One official alone cannot replace anybody's phone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.errors import NumberNotFree
from dsp_platform.accounts.models import AssistedSession, Passkey, User
from dsp_platform.accounts.models import PhoneChallenge as Challenge
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict, NotYours, Overtaken
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.models import KeySetup, Person, PhoneReplacement
from registry.phones.replacements import requests
from registry.phones.replacements import services as replacements_services
from registry.phones.replacements.requests import NoAccountYet
from registry.phones.replacements.services import (
    ReplacementWaits,
    apply_due,
    ask_replacement,
    confirm_replacement,
)
from registry.phones.replacements.stops import object_to_replacement, stop_at_office
from registry.phones.selectors import may_take_everything
from registry.tasks import replace_phones
from tests.registry.cast import OWN_SIM
from tests.registry.changes.cast import about
from tests.registry.changes.cast import ask as ask_change
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
OLD = "+85512345678"
HEAD = "+85512777000"


@pytest.fixture
def person(family_of_one, sokha):
    return sokha.person


def assisted_session_of(clerk: User, person: Person) -> AssistedSession:
    AssistedSession.objects.filter(official=clerk).update(ended_at=timezone.now())
    return AssistedSession.objects.create(
        official=clerk, subject_id=person.pk, reason="account", consent_text="x"
    )


def proved(phone: str, account: User | None, then):
    """As the page does it: the phone is locked while ``then`` runs."""
    Challenge.objects.all().delete()
    challenge = codes.send_code(
        phone=phone, browser="b", language="km", purpose="lost_phone", account=account
    )
    return codes.prove(
        challenge_id=str(challenge.pk),
        browser="b",
        typed=codes.code_of(challenge),
        then=lambda one: then(one.phone),
        purpose="lost_phone",
        account=account,
    )


def request_replacement(clerk: User, person: Person, phone: str = OWN_SIM) -> PhoneReplacement:
    return proved(
        phone,
        person.account,
        lambda number: ask_replacement(
            official=clerk,
            assisted_session=assisted_session_of(clerk, person),
            person=person,
            phone=number,
            reason="lost",
            document="identity_card",
        ),
    )


def open_account(clerk: User, person: Person, phone: str = OWN_SIM):
    return proved(
        phone,
        None,
        lambda number: replacements_services.open_account(
            official=clerk,
            assisted_session=assisted_session_of(clerk, person),
            person=person,
            phone=number,
            document="identity_card",
        ),
    )


def confirm(replacement: PhoneReplacement, clerk: User) -> PhoneReplacement:
    return confirm_replacement(replacement=replacement, document="passport", actor=clerk)


def stop(replacement: PhoneReplacement, clerk: User) -> PhoneReplacement:
    return stop_at_office(replacement=replacement, document="passport", actor=clerk)


@pytest.fixture
def asked(person, commune_clerk):
    return request_replacement(commune_clerk, person)


def phone_of(account: User) -> str:
    return User.objects.get(pk=account.pk).phone or ""


def test_asking_replaces_nothing_and_tells_the_old_phone(asked, sokha):
    assert (asked.state, phone_of(sokha)) == ("waiting", OLD)
    assert Message.objects.get(template="replacement_asked").phone == OLD


def test_the_number_on_record_is_told_too(person, commune_clerk):
    Person.objects.filter(pk=person.pk).update(phone="+85516777888")
    person.refresh_from_db()
    assert set(request_replacement(commune_clerk, person).notified_phones) == {OLD, "+85516777888"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_asked_does_not_confirm(asked, commune_clerk, sokha, language):
    with translation.override(language), pytest.raises(NotYours):
        confirm(asked, commune_clerk)
    assert phone_of(sokha) == OLD


def test_a_second_official_of_the_commune_does(asked, second_clerk, commune_clerk, sokha):
    Passkey.objects.create(user=sokha, name="lost", credential_id=b"k", credential=b"k")
    assert confirm(asked, second_clerk).state == "applied"
    assert phone_of(sokha) == OWN_SIM
    assert not Passkey.objects.exists()
    assert KeySetup.objects.get().official == commune_clerk
    assert AuditEvent.objects.get(action="replacement_applied").details["document"] == "passport"


def test_where_there_is_one_official_the_districts_is_the_second(asked, district, sokha):
    confirm(asked, district)
    assert phone_of(sokha) == OWN_SIM


def test_the_demonstration_has_a_second_official_for_every_commune(person):
    call_command("load_demo_staff", verbosity=0)
    clerks = User.objects.filter(role="official")
    asked = request_replacement(clerks.get(username="clerk.banteay"), person)
    confirm(asked, clerks.get(username="district.mongkol"))
    assert phone_of(person.account) == OWN_SIM
    for clerk in clerks.filter(area_code__regex="^.{6}$"):
        assert [one for one in clerks if one != clerk and clerk.area_code.startswith(one.area_code)], clerk


def test_an_official_of_another_commune_a_steward_or_the_person_is_not(asked, other_clerk, steward, sokha):
    for stranger in (other_clerk, steward, sokha):
        with pytest.raises(PermissionDenied):
            confirm(asked, stranger)


def test_nor_is_kin(asked, person, second_clerk):
    second_clerk.spid = person.spid
    second_clerk.save(update_fields=["spid"])
    with pytest.raises(InConflict):
        confirm(asked, second_clerk)


def test_after_the_days_without_an_objection_it_holds(asked, sokha, settings):
    assert replace_phones() == 0
    now = timezone.now()
    PhoneReplacement.objects.update(due_at=now - timedelta(minutes=1), asked_at=now - timedelta(days=7))
    assert replace_phones() == 1
    assert phone_of(sokha) == OWN_SIM
    assert asked.due_at - asked.asked_at == timedelta(days=settings.PHONE_REPLACEMENT_DAYS)


def test_an_objection_in_the_account_ends_it_for_good(asked, sokha, second_clerk):
    object_to_replacement(replacement=asked, actor=sokha)
    PhoneReplacement.objects.update(due_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Overtaken):
        confirm(asked, second_clerk)
    assert replace_phones() == 0
    assert phone_of(sokha) == OLD
    assert AuditEvent.objects.get(action="replacement_objected").actor == sokha
    assert Message.objects.get(template="replacement_stopped").phone == OLD


def test_a_stranger_objects_to_nothing(asked, nssf_reviewer):
    for stranger in (User.objects.create_citizen(phone="+85516000009"), nssf_reviewer):
        with pytest.raises(PermissionDenied):
            object_to_replacement(replacement=asked, actor=stranger)


def test_it_is_asked_once(asked, person, commune_clerk, second_clerk):
    with pytest.raises(ReplacementWaits):
        request_replacement(second_clerk, person, "+85516000002")
    assert PhoneReplacement.objects.count() == 1


def test_an_account_that_changed_its_phone_meanwhile_keeps_it(asked, sokha, second_clerk):
    User.objects.filter(pk=sokha.pk).update(phone="+85516000003")
    assert confirm(asked, second_clerk).state == "overtaken"
    assert phone_of(sokha) == "+85516000003"


@pytest.mark.parametrize("gone", ["died", "merged", "taken", "unlinked"])
def test_what_cannot_be_done_any_more_ends(asked, person, maly, second_clerk, sokha, gone):
    match gone:
        case "died":
            Person.objects.filter(pk=person.pk).update(died_on=timezone.localdate())
        case "merged":
            Person.objects.filter(pk=person.pk).update(merged_into=maly)
        case "taken":
            Person.objects.filter(pk=maly.pk).update(account=User.objects.create_citizen(phone=OWN_SIM))
        case "unlinked":
            Person.objects.filter(pk=person.pk).update(account=None)
    assert confirm(asked, second_clerk).state == "overtaken"
    assert phone_of(sokha) == OLD


def test_the_number_of_another_account_is_not_asked_for(person, maly, commune_clerk):
    Person.objects.filter(pk=maly.pk).update(account=User.objects.create_citizen(phone=OWN_SIM))
    with pytest.raises(NumberNotFree):
        request_replacement(commune_clerk, person)


def test_the_database_itself_wants_a_second_one_or_the_last_day(asked, commune_clerk):
    rows = PhoneReplacement.objects.filter(pk=asked.pk)
    for wrong in ({"ended_by": commune_clerk}, {"ended_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(state="applied", ended_at=timezone.now(), **wrong)


def test_no_copy_of_everything_leaves_by_a_phone_just_set_up(asked, person, second_clerk):
    assert not may_take_everything(person)
    confirm(asked, second_clerk)
    assert not may_take_everything(person)


# --- a first account at the counter


def test_a_first_account_in_place_of_a_number_on_record_waits(maly, other_clerk):
    asked = open_account(other_clerk, maly)
    assert isinstance(asked, PhoneReplacement)
    assert asked.notified_phones == [HEAD, "+85512777001"]
    assert Person.objects.get(pk=maly.pk).account is None


def test_by_the_number_on_record_it_is_opened_at_once(maly, other_clerk):
    assert isinstance(open_account(other_clerk, maly, "+85512777001"), User)
    assert (KeySetup.objects.get().official, KeySetup.objects.get().kind) == (other_clerk, "account")


def test_where_no_number_ever_stood_it_waits_and_the_household_is_told(phoneless, other_clerk):
    asked = open_account(other_clerk, phoneless)
    assert isinstance(asked, PhoneReplacement)
    assert asked.notified_phones == [HEAD]
    assert Person.objects.get(pk=phoneless.pk).account is None


def test_whom_the_official_registered_in_this_assisted_session_has_it_at_once(maly, other_clerk):
    assisted_session = assisted_session_of(other_clerk, maly)
    Person.objects.filter(pk=maly.pk).update(registered_by=other_clerk, created_at=timezone.now())
    opened = replacements_services.open_account(
        official=other_clerk,
        assisted_session=assisted_session,
        person=maly,
        phone=OWN_SIM,
        document="identity_card",
    )
    assert isinstance(opened, User)


def test_a_child_gets_no_account(rith, other_clerk):
    with pytest.raises(NoAccountYet):
        open_account(other_clerk, rith)


def test_nobody_opens_an_account_for_their_own_household(maly, other_clerk):
    head = Person.objects.get(phone=HEAD)
    User.objects.filter(pk=other_clerk.pk).update(spid=head.spid)
    with pytest.raises(requests.InConflict):
        open_account(User.objects.get(pk=other_clerk.pk), maly)


def test_emptying_or_changing_the_number_first_is_no_way_around(maly, other_clerk):
    for phone in ("", OWN_SIM):
        ask_change(
            other_clerk,
            "phone",
            assisted_session=assisted_session_of(other_clerk, maly),
            who=about(maly),
            phone={"phone": phone},
        )
    asked = open_account(other_clerk, maly)
    assert isinstance(asked, PhoneReplacement)
    assert asked.notified_phones == [HEAD, "+85512777001"]


def test_a_first_account_is_opened_when_confirmed(maly, other_clerk, district):
    confirmed = confirm(open_account(other_clerk, maly), district)
    assert confirmed.state == "applied"
    assert Person.objects.get(pk=maly.pk).account.phone == OWN_SIM


def test_one_that_fails_in_time_stops_no_other(asked, maly, other_clerk, monkeypatch):
    other = open_account(other_clerk, maly, "+85512777009")
    PhoneReplacement.objects.filter(pk=asked.pk).update(due_at=timezone.now() - timedelta(hours=1))
    PhoneReplacement.objects.filter(pk=other.pk).update(due_at=timezone.now())
    apply = replacements_services._apply

    def failing(replacement, second):
        if replacement.pk == asked.pk:
            raise KeyError
        return apply(replacement, second)

    monkeypatch.setattr(replacements_services, "_apply", failing)
    assert apply_due() == 1
    states = dict(PhoneReplacement.objects.values_list("pk", "state"))
    assert states == {asked.pk: "waiting", other.pk: "applied"}


OPENED = {
    "en": "Your account is open: sign in with this number.",
    "km": "គណនីអ្នកបើកហើយ ចូលដោយលេខនេះ។",
}


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("how", ["confirmed", "in time", "at once"])
def test_the_number_that_waits_reads_that_its_account_is_open(maly, other_clerk, district, language, how):
    """It was signed out: the last message announced the day on which the account opens."""
    Person.objects.filter(pk=maly.pk).update(language=language)
    phone = "+85512777001" if how == "at once" else OWN_SIM
    asked = open_account(other_clerk, maly, phone)
    if how == "confirmed":
        confirm(asked, district)
    elif how == "in time":
        PhoneReplacement.objects.update(due_at=timezone.now())
        assert apply_due() == 1
    message = Message.objects.get(template="account_open")
    assert (message.phone, message.language) == (phone, language)
    assert render(message.template, message.params, message.language).startswith(OPENED[language])
    # Any other number on record still gets the message that the record was joined to an account.
    others = Message.objects.filter(template="claimed").values_list("phone", flat=True)
    assert set(others) == {"+85512777001"} - {phone}


@pytest.mark.parametrize(("language", "words"), [("en", "You are then signed out"), ("km", "អ្នកត្រូវចាកចេញ៖")])
def test_while_it_waits_the_page_says_that_it_must_sign_in_again(maly, other_clerk, language, words):
    open_account(other_clerk, maly)
    waiting = User.objects.get(phone=OWN_SIM)
    assert words in browser(waiting).get(f"/{language}/my/").content.decode()


def test_the_holder_of_the_number_on_record_objects_to_it(maly, other_clerk):
    asked = open_account(other_clerk, maly)
    holder = User.objects.create_citizen(phone="+85512777001")
    object_to_replacement(replacement=asked, actor=holder)
    assert PhoneReplacement.objects.get().state == "objected"
