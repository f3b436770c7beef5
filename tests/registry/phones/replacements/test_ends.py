"""Trying out a new SIM does not block its use, and a replacement that ends says why, to both phones."""

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.errors import NumberNotFree, TooManySent
from dsp_platform.accounts.models import PhoneEvent, User
from dsp_platform.accounts.my_account.phone_change import change_phone
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.claims import services as accounts
from registry.claims.services import begin_claim
from registry.models import Draft, Person, PhoneReplacement
from registry.persons import selectors
from registry.phones.replacements.stops import object_to_replacement, withdraw_replacement
from registry.registration import drafts
from registry.registration import services as registration
from registry.registration.services import register_household
from registry.tasks import replace_phones
from tests.notifications.parts import part_count
from tests.registry.cast import MALY_PHONE, OWN_SIM, household_details, person_details
from tests.registry.claims.test_claim import BORN
from tests.registry.phones.replacements.test_replacements import (
    confirm,
    open_account,
    phone_of,
    proved,
    request_replacement,
)
from tests.structure.conftest import browser, report

pytestmark = pytest.mark.django_db
OLD = "+85512345678"


@pytest.fixture
def person(family_of_one, sokha):
    return sokha.person


@pytest.fixture
def asked(person, commune_clerk):
    return request_replacement(commune_clerk, person)


@pytest.fixture
def tried(db):
    """Signed in with the new SIM, which creates an account for it."""
    account = User.objects.create_citizen(phone=OWN_SIM)
    browser(account).get("/en/my/")
    return account


def texts(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("phone", flat=True))


def begin_registration(account: User) -> Draft:
    return drafts.save_draft(
        owner=account, assisted_session=None, answers={"members": [{"id": 1, "given_name": "ម៉ាលី"}]}
    )


# --- an empty account


def test_trying_the_new_sim_meanwhile_hinders_nothing(asked, tried, second_clerk, sokha):
    assert confirm(asked, second_clerk).state == "applied"
    assert phone_of(sokha) == OWN_SIM
    tried.refresh_from_db()
    assert (tried.phone, tried.is_active) == (None, False)


def test_nor_does_having_tried_it_before(person, tried, commune_clerk, second_clerk, sokha):
    confirm(request_replacement(commune_clerk, person), second_clerk)
    assert phone_of(sokha) == OWN_SIM


def test_the_sessions_of_the_empty_account_end(asked, second_clerk):
    open_one = browser(User.objects.create_citizen(phone=OWN_SIM))
    confirm(asked, second_clerk)
    assert open_one.get("/en/my/account/").status_code == 302


def test_a_change_of_the_own_phone_takes_the_number_of_an_empty_account(sokha, tried):
    proved(OWN_SIM, sokha, lambda number: change_phone(account=sokha, phone=number, keep=None))
    assert phone_of(sokha) == OWN_SIM


def test_the_code_goes_to_a_number_whose_account_is_empty(sokha, tried):
    challenge = codes.send_code(phone=OWN_SIM, browser="b", language="en", purpose="new_phone", account=sokha)
    assert codes.code_of(challenge) in render("sign_in_code", {"challenge": str(challenge.pk)}, "en")


def test_a_first_account_is_the_one_that_was_tried(maly, other_clerk, district, tried):
    confirm(open_account(other_clerk, maly), district)
    assert Person.objects.get(pk=maly.pk).account == tried


def test_a_claim_is_made_with_an_account_that_was_tried(maly, tried):
    begin_claim(
        account=tried,
        identity=accounts.Identity(kind="spid", number=maly.spid, born=PartialDate(BORN)),
        proved=True,
    )
    assert selectors.subject_for(tried, None) is None  # it waits for the code to her phone


@pytest.mark.parametrize("holds", ["person", "draft", "grievance", "closed"])
def test_an_account_that_holds_anything_keeps_its_number(
    person, tried, commune_clerk, maly, operators, holds
):
    match holds:
        case "person":
            Person.objects.filter(pk=maly.pk).update(account=tried)
        case "draft":
            begin_registration(tried)
        case "grievance":
            report(tried, operators["nssf"])
        case "closed":
            User.objects.filter(pk=tried.pk).update(is_active=False)
    with pytest.raises(NumberNotFree):
        request_replacement(commune_clerk, person)
    assert phone_of(tried) == OWN_SIM


# --- why it ended


@pytest.mark.parametrize("cause", ["taken", "changed", "gone", "closed", "unlinked"])
@pytest.mark.parametrize("language", ["km", "en"])
def test_both_phones_are_told_why_it_ended(asked, person, maly, sokha, second_clerk, cause, language):
    Person.objects.filter(pk=person.pk).update(language=language)
    match cause:
        case "taken":
            Person.objects.filter(pk=maly.pk).update(account=User.objects.create_citizen(phone=OWN_SIM))
        case "changed":
            User.objects.filter(pk=sokha.pk).update(phone="+85516000003")
        case "gone":
            Person.objects.filter(pk=person.pk).update(merged_into=maly)
        case "closed":
            User.objects.filter(pk=sokha.pk).update(is_active=False)
        case "unlinked":
            Person.objects.filter(pk=person.pk).update(account=None)
    ended = confirm(asked, second_clerk)
    assert (ended.state, ended.cause) == ("overtaken", {"unlinked": "changed"}.get(cause, cause))
    assert texts("replacement_ended") == {OLD, OWN_SIM}
    assert {one.language for one in Message.objects.filter(template="replacement_ended")} == {language}


@pytest.mark.parametrize("cause", PhoneReplacement.Cause.values)
@pytest.mark.parametrize("language", ["km", "en"])
def test_every_cause_fits_one_text_message(cause, language):
    words = render("replacement_ended", {"reference": "P-7K3M-92QX", "cause": cause}, language)
    assert part_count(words) == 1, f"{len(words)} signs: {words}"


@pytest.mark.parametrize(("language", "words"), [("en", "deletes"), ("km", "លុប")])
def test_where_a_registration_was_begun_it_waits_and_says_what_to_do(asked, second_clerk, language, words):
    draft = begin_registration(User.objects.create_citizen(phone=OWN_SIM))
    page = f"/{language}/counter/phones/{asked.reference}/"
    answer = browser(second_clerk).post(page, {"document": "passport", "checked": "on"})
    assert words in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "waiting"
    assert Draft.objects.get() == draft


def test_once_it_is_deleted_the_phone_is_replaced(asked, second_clerk, sokha):
    holder = User.objects.create_citizen(phone=OWN_SIM)
    begin_registration(holder)
    client = browser(holder)
    assert "Delete what I began" in client.get("/en/my/").content.decode()
    client.post("/en/my/", {"forget": "1"})
    assert not Draft.objects.exists()
    confirm(asked, second_clerk)
    assert phone_of(sokha) == OWN_SIM


def test_a_registration_in_which_nothing_was_told_hinders_nothing(person, tried, commune_clerk, second_clerk):
    drafts.save_draft(owner=tried, assisted_session=None, answers={"consent": {"agree": True}})
    confirm(request_replacement(commune_clerk, person), second_clerk)
    assert phone_of(person.account) == OWN_SIM


# --- the new number meanwhile


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("first", [False, True])
def test_the_new_number_gets_the_reference(person, phoneless, commune_clerk, other_clerk, language, first):
    Person.objects.update(language=language)
    person.refresh_from_db()
    phoneless.refresh_from_db()
    asked = open_account(other_clerk, phoneless) if first else request_replacement(commune_clerk, person)
    message = Message.objects.get(template="replacement_waits")
    assert (message.phone, message.language) == (OWN_SIM, language)
    assert asked.reference in render(message.template, message.params, language)


@pytest.mark.parametrize(("language", "words"), [("en", "need not register"), ("km", "មិនចាំបាច់ចុះបញ្ជី")])
@pytest.mark.parametrize("first", [False, True])
def test_its_page_says_so_and_offers_no_registration(
    person, phoneless, commune_clerk, other_clerk, language, words, first
):
    asked = open_account(other_clerk, phoneless) if first else request_replacement(commune_clerk, person)
    client = browser(User.objects.filter(phone=OWN_SIM).first() or User.objects.create_citizen(phone=OWN_SIM))
    page = client.get(f"/{language}/my/").content.decode()
    assert words in page
    assert asked.reference in page
    assert f'href="/{language}/register/"' not in page
    assert words in client.get(f"/{language}/my/phones/{asked.reference}/").content.decode()
    for path in ("register/", "register/consent/"):
        assert client.get(f"/{language}/{path}").url == f"/{language}/my/"


def test_the_new_number_stops_nothing(asked, tried):
    client = browser(tried)
    assert 'name="stop"' not in client.get(f"/en/my/phones/{asked.reference}/").content.decode()
    assert client.post(f"/en/my/phones/{asked.reference}/", {"stop": "1"}).status_code == 403
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_an_objection_is_told_to_the_new_phone_too(asked, sokha):
    object_to_replacement(replacement=asked, actor=sokha)
    assert texts("replacement_stopped") == {OLD}
    assert texts("replacement_ended") == {OWN_SIM}


def test_the_cause_stands_on_the_pages_of_who_asked_and_of_the_person(
    asked, commune_clerk, second_clerk, sokha, maly
):
    holder = User.objects.create_citizen(phone=OWN_SIM)
    Person.objects.filter(pk=maly.pk).update(account=holder)
    page = f"/en/counter/phones/{asked.reference}/"
    answer = browser(second_clerk).post(page, {"document": "passport", "checked": "on"}, follow=True)
    words = "the new number has another account"
    assert words in answer.content.decode()
    for client, path in (
        (browser(commune_clerk), "/en/counter/phones/"),
        (browser(commune_clerk), page),
        (browser(sokha), "/en/my/"),
        (browser(sokha), "/en/"),
        (browser(User.objects.get(phone=OWN_SIM)), "/en/my/"),
    ):
        assert words in client.get(path).content.decode(), path


def test_who_registers_in_an_account_that_was_closed_meanwhile_does_not(areas, operators, tried):
    User.objects.filter(pk=tried.pk).update(is_active=False, phone=None)
    with pytest.raises(registration.PermissionDenied):
        register_household(actor=tried, details=household_details(person_details()))


def test_answers_of_a_registration_are_not_forgotten_in_silence(maly, tried):
    """An account in which a registration was begun got a record, by a claim or at the counter."""
    begin_registration(tried)
    Person.objects.filter(pk=maly.pk).update(account=tried)
    page = browser(tried).get("/en/register/", follow=True).content.decode()
    assert "The answers you began are deleted on" in page


def test_a_first_account_that_was_claimed_meanwhile_says_so(maly, other_clerk, district):
    asked = open_account(other_clerk, maly)
    Person.objects.filter(pk=maly.pk).update(account=User.objects.create_citizen(phone=MALY_PHONE))
    assert confirm(asked, district).cause == "changed"


def test_when_the_last_day_comes_a_registration_that_was_begun_ends_it(asked):
    begin_registration(User.objects.create_citizen(phone=OWN_SIM))
    PhoneReplacement.objects.update(due_at=timezone.now())
    replace_phones()
    asked.refresh_from_db()
    assert (asked.state, asked.cause) == ("overtaken", "draft")


def test_what_was_asked_for_again_warns_no_more(asked, person, sokha, commune_clerk, second_clerk):
    withdraw_replacement(replacement=asked, actor=commune_clerk)
    assert asked.reference in browser(sokha).get("/en/my/").content.decode()
    tried = browser(User.objects.create_citizen(phone=OWN_SIM))
    assert asked.reference in tried.get("/en/my/").content.decode()
    confirm(request_replacement(commune_clerk, person, "+85516000002"), second_clerk)
    assert asked.reference not in browser(User.objects.get(pk=sokha.pk)).get("/en/my/").content.decode()
    assert asked.reference not in tried.get("/en/my/").content.decode()


def test_what_came_too_late_says_so(asked, second_clerk, sokha):
    object_to_replacement(replacement=asked, actor=sokha)
    page = f"/en/counter/phones/{asked.reference}/"
    answer = browser(second_clerk).post(page, {"document": "passport", "checked": "on"})
    assert "Nothing was saved" in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "the account was opened"), ("km", "បានបើកគណនី")])
def test_a_first_account_ends_as_opened(maly, other_clerk, district, language, words):
    asked = open_account(other_clerk, maly)
    confirm(asked, district)
    page = browser(district).get(f"/{language}/counter/phones/{asked.reference}/").content.decode()
    assert words in page


def test_codes_sent_to_the_lost_phone_keep_nobody_from_the_new_one(asked, second_clerk, sokha):
    PhoneEvent.objects.all().delete()
    for _code in range(4):
        PhoneEvent.objects.create(phone=OLD, account=sokha, kind="sent", purpose="sign_in")
    confirm(asked, second_clerk)
    assert codes.send_code(phone=OWN_SIM, browser="new", language="en").phone == OWN_SIM
    with pytest.raises(TooManySent):
        codes.send_code(phone=OLD, browser="old", language="en")


@pytest.mark.parametrize(("language", "words"), [("en", "or to its account"), ("km", "ឬគណនី")])
def test_whose_count_it_is_is_said(sokha, language, words):
    for _code in range(4):
        PhoneEvent.objects.create(phone=OLD, account=sokha, kind="sent", purpose="contact")
    with translation.override(language), pytest.raises(TooManySent) as refused:
        codes.send_code(phone=sokha.phone, browser="b", language=language)
    with translation.override(language):
        assert words in str(refused.value)
