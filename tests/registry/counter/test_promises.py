"""The pages of the counter announce what happens, and refuse before anything is typed or sent."""

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.models import KeySetup, Person
from registry.phones.replacements.stops import object_to_replacement, withdraw_replacement
from tests.notifications.parts import part_count
from tests.registry.cast import MALY_PHONE, OWN_SIM
from tests.registry.phones.replacements.test_replacements import (
    assisted_session_of,
    open_account,
    request_replacement,
)
from tests.registry.phones.replacements.test_stops import page_of, text
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
FIRST, LOST = "/en/counter/first-phone/", "/en/counter/lost-phone/"
TYPED = {"document": "passport", "checked": "on", "reason": "lost"}
AT_ONCE, WAITS = "the account opens at once", "or after 7 days in which nobody objects"
ONLY_SECOND = "and not before: one was stopped lately."


@pytest.fixture
def person(family_of_one, sokha):
    return sokha.person


def at_counter(clerk: User, person: Person):
    assisted_session_of(clerk, person)
    return browser(clerk)


# --- a first account


@pytest.mark.parametrize(
    ("who", "phone", "at_once"),
    [("maly", MALY_PHONE, True), ("maly", OWN_SIM, False), ("phoneless", OWN_SIM, False)],
)
def test_what_the_pages_of_a_first_account_say_is_done(request, other_clerk, who, phone, at_once):
    person = request.getfixturevalue(who)
    client = at_counter(other_clerk, person)
    first = text(client, FIRST)
    assert (AT_ONCE in first) == (who == "maly")
    assert WAITS in first
    client.post(FIRST, {**TYPED, "phone": phone})
    page = text(client, f"{FIRST}code/")
    assert ("Open the account" in page, "Ask for the account" in page) == (at_once, not at_once)
    assert (WAITS in page) == (not at_once)
    code = codes.code_of(PhoneChallenge.objects.get())
    client.post(f"{FIRST}code/", {"code": code})
    person.refresh_from_db()
    assert (person.account is not None) == at_once


def test_whom_the_official_registered_in_this_assisted_session_reads_that_it_opens(maly, other_clerk):
    client = at_counter(other_clerk, maly)
    Person.objects.filter(pk=maly.pk).update(registered_by=other_clerk, created_at=timezone.now())
    assert AT_ONCE in text(client, FIRST)
    assert WAITS not in text(client, FIRST)


def test_after_a_stop_no_page_promises_days(
    phoneless, other_clerk, person, commune_clerk, second_clerk, sokha
):
    asked = open_account(other_clerk, phoneless)
    withdraw_replacement(replacement=asked, actor=other_clerk)
    object_to_replacement(replacement=request_replacement(commune_clerk, person, "+85516000002"), actor=sokha)
    client = at_counter(second_clerk, person)
    assert ONLY_SECOND in text(client, LOST)
    assert WAITS not in text(client, LOST)
    assert WAITS in text(at_counter(other_clerk, phoneless), FIRST)
    asked.state = "stopped"
    asked.save(update_fields=["state"])
    assert ONLY_SECOND in text(at_counter(other_clerk, phoneless), FIRST)


# --- refused beforehand


@pytest.mark.parametrize("language", ["en", "km"])
@pytest.mark.parametrize("why", ["objected", "near", "child"])
def test_who_may_not_ask_reads_it_before_anything_is_typed(
    request, person, commune_clerk, other_clerk, sokha, language, why
):
    match why:
        case "objected":
            object_to_replacement(replacement=request_replacement(commune_clerk, person), actor=sokha)
            clerk, path, words = (
                commune_clerk,
                "lost-phone",
                {"en": "another official must ask", "km": "30 ថ្ងៃ"},
            )
        case "near":
            User.objects.filter(pk=commune_clerk.pk).update(spid=person.spid)
            clerk, path = User.objects.get(pk=commune_clerk.pk), "lost-phone"
            words = {"en": "This is about yourself", "km": "ទាក់ទងនឹងអ្នកផ្ទាល់"}
        case "child":
            person, clerk, path = request.getfixturevalue("rith"), other_clerk, "first-phone"
            words = {"en": "under 15", "km": "15 ឆ្នាំ"}
    client, page = at_counter(clerk, person), f"/{language}/counter/{path}/"
    Message.objects.all().delete()
    for shown in (text(client, page), text(client, page, {**TYPED, "phone": "016 000 002"})):
        assert words[language] in shown
        assert 'name="phone"' not in shown
    assert not Message.objects.exists()


# --- what the page says


@pytest.mark.parametrize("language", ["en", "km"])
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, {"en": "or it holds on", "km": "ប្រើបាន"}),
        ({"is_first": True}, {"en": "or it opens on", "km": "បើក"}),
        ({"second_only": True}, {"en": "waits for a second official", "km": "រង់ចាំ"}),
    ],
)
def test_the_text_to_the_new_number_says_how_it_holds(language, how, words):
    params = {"reference": "P-7K3M-92QX", "until": "2026-12-28", **how}
    text = render("replacement_waits", params, language)
    assert words[language] in text
    assert part_count(text) == 1


@pytest.mark.parametrize("language", ["en", "km"])
@pytest.mark.parametrize("first", [True, False])
def test_the_persons_page_in_the_assisted_session_shows_what_waits(
    person, phoneless, commune_clerk, other_clerk, language, first
):
    clerk, whose = (other_clerk, phoneless) if first else (commune_clerk, person)
    asked = (open_account if first else request_replacement)(clerk, whose)
    assert page_of(asked, language) in text(at_counter(clerk, whose), f"/{language}/my/")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "the commune where you live answers"), ("km", "គ្មានលេខណា")]
)
def test_an_account_just_set_up_says_no_yes_and_reads_so(phoneless, other_clerk, language, words):
    phoneless.account = User.objects.create_citizen(phone=OWN_SIM)
    phoneless.save(update_fields=["account"])
    KeySetup.objects.create(person=phoneless, kind="account", official=other_clerk)
    page = f"/{language}/my/lost-number/"
    assert words in text(browser(phoneless.account), page)
    with translation.override(language):
        assert translation.gettext(
            "No other number says yes for you beside the one you sign in with."
        ) not in (text(browser(phoneless.account), page))
