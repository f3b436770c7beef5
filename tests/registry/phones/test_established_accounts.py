"""An account acts for a person once it is established: not right after the phone on record was changed."""

from datetime import date, timedelta

import pgtrigger
import pytest
from django.core.exceptions import PermissionDenied

from dsp_platform.accounts.errors import NumberNotFree
from dsp_platform.accounts.models import User
from dsp_platform.notifications.models import Message
from registry.claims.services import Identity, begin_claim
from registry.errors import NumberTooNew
from registry.models import Claim, KeySetup, Membership, Person
from registry.phones.accounts import give_account
from registry.phones.keys import report_lost
from registry.phones.selectors import confirmation_contact, confirmation_phone, has_established_account
from tests.registry.cast import BOPHA_BORN, MALY_PHONE, OWN_SIM
from tests.registry.changes.cast import about, ask
from tests.registry.my_data.test_copies import age
from tests.registry.phones.replacements.test_replacements import assisted_session_of
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
HEAD = "+85512777000"


def fresh(person: Person) -> Person:
    return Person.objects.select_related("account").get(pk=person.pk)


@pytest.fixture
def thief(db):
    return User.objects.create_citizen(phone=OWN_SIM)


def written_down(clerk, person: Person, days: int) -> None:
    """The official entered a number of their own on the record, on the first of that many days."""
    age(person, 60)
    assisted_session = assisted_session_of(clerk, person)
    ask(clerk, "phone", assisted_session=assisted_session, who=about(person), phone={"phone": OWN_SIM})
    age(person, days)


def identity_of(person: Person) -> Identity:
    return Identity(kind="spid", number=person.spid, born=person.born)


def claim(account: User, person: Person) -> Claim:
    return begin_claim(account=account, identity=identity_of(person), proved=True)


def texts(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("phone", flat=True))


@pytest.mark.parametrize("days", [8, 29])
def test_a_number_an_official_wrote_down_claims_nothing_for_30_days(maly, other_clerk, thief, days):
    written_down(other_clerk, maly, days)
    with pytest.raises(NumberTooNew):
        claim(thief, maly)
    assert fresh(maly).account is None
    assert confirmation_phone(fresh(maly)) == MALY_PHONE


def test_nor_by_a_code_that_is_sent_to_it(maly, other_clerk, sokha):
    written_down(other_clerk, maly, 8)
    assert claim(sokha, maly).person is None


def test_nor_one_that_registering_anew_wrote_down(maly, other_clerk, thief):
    age(maly, 60)
    Person.objects.filter(pk=maly.pk).update(phone=OWN_SIM)
    KeySetup.objects.create(person=maly, official=other_clerk, kind="registration")
    age(maly, 8)
    with pytest.raises(NumberTooNew):
        claim(thief, maly)


@pytest.mark.parametrize(("language", "words"), [("en", "Your number is new"), ("km", "ទើបនឹងមាន")])
def test_who_holds_it_reads_where_to_go(maly, other_clerk, thief, language, words):
    written_down(other_clerk, maly, 8)
    answers = {
        "kind": "spid", "number": maly.spid,
        "born_day": BOPHA_BORN.day, "born_month": BOPHA_BORN.month, "born_year": BOPHA_BORN.year,
    }  # fmt: skip
    page = browser(thief).post(f"/{language}/my/claim/", answers).content.decode()
    assert words in page


def test_after_30_days_it_does_and_household_is_told(maly, other_clerk, thief):
    written_down(other_clerk, maly, 31)
    assert claim(thief, maly).used_at
    assert texts("claimed") == {OWN_SIM}
    assert texts("claimed_beside") == {HEAD}


def test_an_account_on_a_young_number_says_no_yes(maly, other_clerk, thief):
    """However the account got it."""
    age(maly, 60)
    Person.objects.filter(pk=maly.pk).update(phone=OWN_SIM)
    age(maly, 8)
    give_account(person=fresh(maly), account=thief, actor=thief)
    assert not has_established_account(fresh(maly))
    assert confirmation_phone(fresh(maly)) == MALY_PHONE
    assert ask(thief, "leaves", who=about(maly), where={"where": "elsewhere"}).confirmation == ""
    assert texts("claimed") == {OWN_SIM, MALY_PHONE}


def test_30_days_after_it_was_given_it_says_yes(maly, thief):
    age(maly, 60)
    give_account(person=fresh(maly), account=thief, actor=thief)
    assert confirmation_phone(fresh(maly)) == MALY_PHONE
    age(maly, 31)
    assert confirmation_phone(fresh(maly)) == OWN_SIM


def test_an_established_account_is_not_silenced_by_a_number_on_record(maly, other_clerk):
    claim(User.objects.create_citizen(phone=MALY_PHONE), maly)
    age(maly, 31)
    written_down(other_clerk, maly, 1)
    assert confirmation_phone(fresh(maly)) == MALY_PHONE


def test_who_claims_by_the_number_that_stood_says_yes_at_once(maly):
    age(maly, 60)
    account = User.objects.create_citizen(phone=MALY_PHONE)
    claim(account, maly)
    assert has_established_account(fresh(maly))
    assert ask(account, "leaves", who=about(maly), where={"where": "elsewhere"}).confirmation == "own"


def test_a_phone_for_somebody_without_one_is_told_to_the_household(phoneless, other_clerk):
    written_down(other_clerk, phoneless, 0)
    assert texts("details_changed") == {HEAD}


def test_a_phone_for_a_child_is_told_to_the_head(rith, other_clerk):
    written_down(other_clerk, rith, 0)
    assert HEAD in texts("details_changed")


def test_a_child_is_claimed_by_nobody(rith, other_clerk, thief):
    written_down(other_clerk, rith, 90)
    assert claim(thief, rith).person is None
    with pytest.raises(NumberNotFree):
        give_account(person=fresh(rith), account=thief, actor=thief)


def test_the_head_says_yes_for_a_child_whatever_phone_the_child_has(rith, thief):
    Person.objects.filter(pk=rith.pk).update(phone=OWN_SIM, account=thief)
    age(rith, 90)
    assert confirmation_contact(fresh(rith))[0] == HEAD
    assert ask(thief, "leaves", who=about(rith), where={"where": "elsewhere"}).confirmation != "own"


def test_a_child_who_is_the_head_says_it_themself(rith):
    Person.objects.filter(pk=rith.pk).update(phone=OWN_SIM)
    Membership.objects.exclude(person=rith).update(ended_on=date(2026, 1, 1))
    Membership.objects.filter(person=rith).update(relationship="head")
    age(rith, 90)
    assert confirmation_contact(fresh(rith))[0] == OWN_SIM


@pytest.fixture
def elsewhere(maly):
    """She claimed her record by a code to the number on it, and signs in with another one."""
    age(maly, 60)
    account = User.objects.create_citizen(phone="+85516555777")
    give_account(person=fresh(maly), account=account, actor=account)
    return fresh(maly)


def test_a_lost_number_is_told_and_silent_a_week_later(elsewhere):
    assert report_lost(account=elsewhere.account)
    assert texts("number_lost") == {MALY_PHONE}
    assert not report_lost(account=elsewhere.account)
    assert confirmation_phone(elsewhere) == MALY_PHONE
    lose(elsewhere, 8)
    assert confirmation_phone(elsewhere) == ""


def lose(person: Person, days: int) -> None:
    with as_owner(), pgtrigger.ignore():
        for lost in person.lost_numbers.all():
            person.lost_numbers.filter(pk=lost.pk).update(at=lost.at - timedelta(days=days))


def test_a_number_put_on_record_again_is_lost_no_more(elsewhere):
    report_lost(account=elsewhere.account)
    for phone in ("+85516000009", MALY_PHONE):
        Person.objects.filter(pk=elsewhere.pk).update(phone=phone)
    lose(elsewhere, 8)
    assert confirmation_phone(elsewhere) == MALY_PHONE


def test_an_account_that_an_official_set_up_silences_nobody(elsewhere, other_clerk):
    KeySetup.objects.create(person=elsewhere, official=other_clerk, kind="account")
    with pytest.raises(PermissionDenied):
        report_lost(account=elsewhere.account)
    page = browser(elsewhere.account).get("/en/my/lost-number/").content.decode()
    assert 'name="lost"' not in page
