"""The attack of November 2026, repeated through the pages: it is stopped at every step.

An official who knows the SPID and the birth date of somebody signs up with a SIM of their own, asks that the
victim joins the own household, approves it, replaces the "lost" phone and takes a copy of everything.
"""

import pytest

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.notifications.models import Message
from registry.changes.services import decide_change
from registry.models import ChangeRequest, Household, Person, PhoneReplacement
from registry.persons import selectors
from registry.phones.replacements.services import confirm_replacement
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import MALY_PHONE, OWN_SIM, household_details, person_details
from tests.registry.changes.cast import ask, joining, press
from tests.registry.changes.moves.test_moves import say_yes
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
VICTIM_SIM = "+85516999002"


@built_once
def own_account(areas, operators) -> User:
    """The official as a citizen, with a SIM of their own."""
    account = User.objects.create_citizen(phone=OWN_SIM)
    register_household(actor=account, details=household_details(person_details(given_name="ពាល")))
    return account


@pytest.fixture
def asked(own_account, maly) -> ChangeRequest:
    return ask(own_account, "joins", **joining(maly))


@pytest.fixture
def counter(commune_clerk):
    return browser(commune_clerk)


def lives_in(person: Person) -> Household:
    return person.memberships.get(ended_on=None).household


def test_the_official_alone_does_not_approve_the_move(counter, asked, maly):
    page = f"/en/counter/changes/{asked.reference}/"
    answer = counter.post(page, {"decision": "approve", "version": asked.version, "note": ""})
    assert "has not said yes" in answer.content.decode()
    assert lives_in(maly).village_id == "01020201"


def test_the_code_of_the_move_goes_to_the_victims_phone_and_says_what_for(counter, asked, maly):
    press(counter, f"/en/counter/moves/{asked.reference}/", "send")
    assert PhoneChallenge.objects.get(purpose="move").phone == MALY_PHONE
    wrong = {"code": "000000"}
    answer = counter.post(f"/en/counter/moves/{asked.reference}/code/", wrong)
    assert "The code is not right" in answer.content.decode()
    asked.refresh_from_db()
    assert not asked.confirmation


def test_kin_by_an_spid_does_not_decide_for_the_own_household(counter, commune_clerk, asked, own_account):
    commune_clerk.spid = own_account.person.spid
    commune_clerk.save(update_fields=["spid"])
    page = f"/en/counter/changes/{asked.reference}/"
    assert "about yourself" in counter.get(page).content.decode()
    answer = counter.post(page, {"decision": "approve", "version": asked.version, "note": ""})
    assert "about yourself" in answer.content.decode()


@pytest.fixture
def moved(asked, maly, commune_clerk, second_clerk):
    """As if the victim had been persuaded to agree."""
    say_yes(asked, commune_clerk)
    asked.refresh_from_db()
    decide_change(
        request=asked, decision="approve", note="", actor=second_clerk, expected_version=asked.version
    )
    return maly


def by_the_counter(client, person: Person, page: str, answers: dict[str, str], purpose: str):
    """Search, open an assisted session, request the phone, type the code that was sent to it."""
    client.post("/en/counter/", {"person": person.spid})
    client.post("/en/counter/open/", {"reason": "account", "agree": "on"})
    client.post(page, {"document": "identity_card", "checked": "on", "phone": "016 999 002", **answers})
    challenge = PhoneChallenge.objects.get(pk=client.session[purpose]["challenge"])
    return client.post(f"{page}code/", {"code": codes.code_of(challenge)})


def test_a_lost_phone_is_not_replaced_by_one_official(counter, moved):
    moved.account = User.objects.create_citizen(phone=MALY_PHONE)
    moved.save(update_fields=["account"])
    answers = {"reason": "lost"}
    page = by_the_counter(counter, moved, "/en/counter/lost-phone/", answers, "lost_phone").url
    assert User.objects.get(pk=moved.account.pk).phone == MALY_PHONE
    assert MALY_PHONE in Message.objects.filter(template="replacement_asked").values_list("phone", flat=True)
    answer = counter.post(page, {"document": "identity_card", "checked": "on"})
    assert "a second official must see the person" in answer.content.decode()
    assert PhoneReplacement.objects.get().state == "waiting"


def test_nor_is_a_first_account_opened_beside_the_phone_on_record(counter, moved):
    by_the_counter(counter, moved, "/en/counter/first-phone/", {}, "first_phone")
    assert Person.objects.get(pk=moved.pk).account is None
    assert selectors.subject_for(User.objects.get(phone=VICTIM_SIM), None) is None


def test_the_victim_sees_it_on_the_old_phone_and_stops_it(counter, moved):
    moved.account = User.objects.create_citizen(phone=MALY_PHONE)
    moved.save(update_fields=["account"])
    by_the_counter(counter, moved, "/en/counter/lost-phone/", {"reason": "lost"}, "lost_phone")
    victim, reference = browser(moved.account), PhoneReplacement.objects.get().reference
    for home in ("/en/my/", "/en/my/account/"):
        assert f"/en/my/phones/{reference}/" in victim.get(home).content.decode()
    victim.post(f"/en/my/phones/{reference}/", {"stop": "1"})
    assert PhoneReplacement.objects.get().state == "objected"


def test_a_phone_just_set_up_takes_no_copy_of_everything(counter, moved, second_clerk):
    moved.account = User.objects.create_citizen(phone=MALY_PHONE)
    moved.save(update_fields=["account"])
    by_the_counter(counter, moved, "/en/counter/lost-phone/", {"reason": "lost"}, "lost_phone")
    confirm_replacement(replacement=PhoneReplacement.objects.get(), document="passport", actor=second_clerk)
    moved.account.refresh_from_db()
    thief = browser(moved.account)
    for page in ("/en/my/data/everything/", "/en/my/data/everything.json"):
        assert thief.get(page).url == "/en/my/data/download/"
