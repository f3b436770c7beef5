"""A yes to a move is to the terms that were shown, and to no others."""

from datetime import date

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.errors import InConflict, Overtaken
from dsp_platform.khmer.dates import PartialDate
from registry.changes.moves.services import (
    NotAsked,
    OldTerms,
    agree_by_code,
    agree_to_registration,
    answer_for_mover,
)
from registry.changes.moves.terms import registration_terms, terms_for, terms_of
from registry.changes.selectors import OLD_COMMUNE, waits_for
from registry.changes.services import withdraw_change
from registry.errors import ChangeError, ConfirmationMissing, MoverConfirmationNeeded, TermsChanged
from registry.models import ChangeRequest, Household, Membership, MoverConfirmation, Person
from registry.registration.services import register_household
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, OWN_SIM, household_details, person_details
from tests.registry.changes.cast import about, agree, ask, decide, joining, press
from tests.registry.changes.moves.test_moves import CARD, agree_there, free_with_card, say_yes
from tests.registry.phones.test_pages import code_in, text
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(family_of_one, maly, sokha):
    return ask(sokha, "joins", **joining(maly, "spouse"))


@pytest.fixture
def maly_at_home(maly):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    return browser(maly.account)


def at_home(move: ChangeRequest, language: str = "en") -> str:
    return f"/{language}/my/moves/{move.reference}/"


def at_counter(move: ChangeRequest, language: str = "en") -> str:
    return f"/{language}/counter/moves/{move.reference}/"


def another_head(household: Household) -> None:
    """The receiving household has another head now."""
    new = Person.objects.create(
        spid="123456789012", family_name="ឈិន", given_name="វិបុល", sex="male",
        date_of_birth=date(1980, 1, 1), village_id=household.village_id,
    )  # fmt: skip
    Membership.objects.filter(household=household).update(relationship="sibling")
    Membership.objects.create(household=household, person=new, relationship="head", started_on="2026-11-01")


# --- what is shown


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Husband or wife", "Everybody else, children too", "None ends by the move itself")),
        ("km", ("ប្តី ឬប្រពន្ធ", "អ្នកដទៃទាំងអស់", "គ្មានការឧបត្ថម្ភណាចប់")),
    ],
)
def test_the_mover_and_the_old_commune_read_as_whom_and_what_follows(
    move, maly, maly_at_home, family_of_one, sokha, other_clerk, language, words
):
    old = maly.memberships.get(ended_on=None).household
    for client, page in ((maly_at_home, at_home), (browser(other_clerk), at_counter)):
        html = text(client, page(move, language))
        assert all(word in html for word in (*words, old.number, family_of_one.number, sokha.person.name))


def test_the_commune_that_takes_in_reads_it_to_them_without_learning_who_it_is(move, maly, commune_clerk):
    html = text(browser(commune_clerk), at_counter(move))
    assert "Husband or wife" in html
    assert "The one the person lives in now, if any" in html
    assert maly.memberships.get(ended_on=None).household.number not in html


def test_what_is_shown_without_the_mover_is_the_same_whether_or_not_anybody_fits(
    move, maly, family_of_one, sokha
):
    wrong = joining(maly, "spouse") | {"birth": {"born": "1991-01-01"}}
    other = ask(sokha, "joins", **wrong)
    with translation.override("en"):
        rows = [terms_of(one, seen=False).rows for one in (move, other)]
    assert [row for row in rows[0] if row[0] != "Date of birth"] == [
        row for row in rows[1] if row[0] != "Date of birth"
    ]


def test_who_is_paid_or_leads_there_reads_what_becomes_of_it(family_of_one, maly, sokha):
    head = User.objects.get(phone=HEAD_PHONE).person
    Household.objects.filter(memberships__person=head).update(payee=head)
    with translation.override("en"):
        rows = dict(terms_of(ask(sokha, "joins", **joining(head))).rows)
    assert rows["Money for that household"].startswith("Nobody receives it")
    assert "before that household has a new head" in rows["Head of that household"]


def test_who_lives_alone_reads_that_the_household_is_closed(family_of_one, maly, sokha):
    Membership.objects.exclude(person=maly).filter(household__memberships__person=maly).update(
        ended_on="2026-11-01"
    )
    with translation.override("en"):
        rows = dict(terms_of(ask(sokha, "joins", **joining(maly))).rows)
    assert rows["Who stays there"].startswith("Nobody")


def test_who_moves_out_reads_whereto_and_who_leads_then(maly, rith):
    head = User.objects.get(phone=HEAD_PHONE)
    move = ask(
        head,
        "leaves",
        who=about(maly),
        where={"where": "own"},
        place={"village_code": "01020201", "address": "ផ្ទះ 12"},
    )
    with translation.override("en"):
        rows = dict(terms_of(move).rows)
    assert rows["Lives now"] == "In a household of their own"
    assert "no poverty level yet" in rows["Supports"]


# --- agreeing to what was shown


@pytest.mark.parametrize("language", ["en", "km"])
def test_a_yes_to_an_older_text_is_refused_and_the_new_one_shown(move, family_of_one, maly_at_home, language):
    press(maly_at_home, at_home(move, language), "yes")
    another_head(family_of_one)
    code = {"code": code_in(maly_at_home)}
    answer = maly_at_home.post(f"{at_home(move, language)}code/", code, follow=True)
    html = answer.content.decode()
    assert {"en": "has changed since it was shown", "km": "បានប្រែប្រួល"}[language] in html
    assert "វិបុល" in html
    move.refresh_from_db()
    assert not move.confirmation


def test_no_code_goes_out_for_an_older_text(move, family_of_one, maly_at_home, commune_clerk):
    for client, page, button in (
        (maly_at_home, at_home(move), "yes"),
        (browser(commune_clerk), at_counter(move), "send"),
    ):
        assert client.post(page, {button: "1", "shown": "00"}).url == page


def test_at_the_counter_it_is_the_same(move, family_of_one, commune_clerk):
    client = browser(commune_clerk)
    press(client, at_counter(move), "send")
    another_head(family_of_one)
    assert client.post(f"{at_counter(move)}code/", {"code": code_in(client)}).url == at_counter(move)
    move.refresh_from_db()
    assert not move.confirmation


def test_the_old_commune_says_no_yes_to_an_older_text(family_of_one, phoneless, sokha, other_clerk):
    move = ask(sokha, "joins", **joining(phoneless))
    client = browser(other_clerk)
    shown = terms_for(other_clerk, move).shown
    another_head(family_of_one)
    answer = client.post(at_counter(move), {"answer": "yes", "note": "", "shown": shown})
    assert answer.url == at_counter(move)
    assert "has changed since it was shown" in text(client, at_counter(move))
    with pytest.raises(TermsChanged):
        answer_for_mover(request=move, agrees=True, note="", shown=shown, actor=other_clerk)


def test_the_language_is_no_other_text(move, maly_at_home, family_of_one):
    press(maly_at_home, at_home(move, "km"), "yes")
    maly_at_home.post(f"{at_home(move, 'en')}code/", {"code": code_in(maly_at_home)})
    move.refresh_from_db()
    assert move.confirmation == "phone"


@pytest.mark.parametrize("language", ["en", "km"])
def test_what_changes_after_the_yes_is_asked_anew(move, family_of_one, commune_clerk, language):
    say_yes(move, commune_clerk)
    another_head(family_of_one)
    move.refresh_from_db()
    with translation.override(language), pytest.raises(TermsChanged):
        decide(move, commune_clerk)
    move.refresh_from_db()
    assert (move.confirmation, move.state) == ("", "waiting")
    assert move.events.filter(step="ask_anew").exists()


def test_a_yes_from_before_there_were_terms_is_asked_anew(move, commune_clerk):
    ChangeRequest.objects.filter(pk=move.pk).update(
        confirmation="phone", confirmed_at=timezone.now(), confirmed_by=commune_clerk
    )
    with pytest.raises(TermsChanged):
        decide(move, commune_clerk)


@pytest.mark.parametrize("changed", ["relationship", "head", "village"])
def test_a_yes_at_a_registration_is_to_what_was_entered(
    areas, operators, commune_clerk, second_clerk, changed
):
    dara = free_with_card(commune_clerk)
    session = AssistedSession.objects.create(official=second_clerk, reason="register", consent_text="x")

    def entered(head="ពៅ", relationship="sibling", village="01020101"):
        mover = person_details(given_name="ដារា", relationship=relationship, phone="", **CARD)
        elder = {"born": PartialDate(date(1979, 2, 3)), "latin_family_name": "", "latin_given_name": ""}
        return household_details(person_details(given_name=head, **elder), mover, village_code=village)

    other = {"relationship": "spouse", "head": "ម៉ៅ", "village": "01020102"}[changed]
    agree_to_registration(
        person=dara, phone=OWN_SIM, details=entered(), member=1,
        shown=registration_terms(entered(), 1, dara).shown,
        assisted_session=session, actor=second_clerk,
    )  # fmt: skip
    with pytest.raises(MoverConfirmationNeeded):
        register_household(actor=second_clerk, assisted_session=session, details=entered(**{changed: other}))
    register_household(actor=second_clerk, assisted_session=session, details=entered())


def test_a_yes_at_a_registration_to_an_older_text_is_refused(areas, operators, commune_clerk, second_clerk):
    dara = free_with_card(commune_clerk)
    session = AssistedSession.objects.create(official=second_clerk, reason="register", consent_text="x")
    details = household_details(person_details(given_name="ដារា", **CARD))
    moved = household_details(person_details(given_name="ដារា", **CARD), village_code="01020102")
    with pytest.raises(OldTerms):
        agree_to_registration(
            person=dara, phone=OWN_SIM, details=moved, member=0,
            shown=registration_terms(details, 0, dara).shown,
            assisted_session=session, actor=second_clerk,
        )  # fmt: skip
    agree_there(dara, session, details)
    agree_there(dara, session, moved)  # the later one counts
    assert bytes(MoverConfirmation.objects.get().terms) == registration_terms(moved, 0, dara).digest


# --- the person who wants to join


def test_of_two_requests_for_one_mover_the_first_that_is_done_ends_the_yes_to_the_other(
    family_of_one, maly, sokha, commune_clerk
):
    first, second = (ask(sokha, "joins", **joining(maly)) for _again in range(2))
    for one in (first, second):
        say_yes(one, commune_clerk)
    first.refresh_from_db()
    second.refresh_from_db()
    decide(first, commune_clerk)
    with pytest.raises(TermsChanged):
        decide(second, commune_clerk)


def test_the_terms_of_one_request_are_none_of_another(family_of_one, maly, sokha, commune_clerk):
    first, second = (ask(sokha, "joins", **joining(maly)) for _again in range(2))
    shown = terms_for(commune_clerk, first).shown
    with pytest.raises(OldTerms):
        agree_by_code(request=second, phone=MALY_PHONE, shown=shown, actor=commune_clerk)


@pytest.mark.parametrize("how", ["died", "merged"])
def test_nobody_says_yes_for_a_mover_who_died_or_became_another_record(
    family_of_one, phoneless, sokha, other_clerk, commune_clerk, how
):
    move = ask(sokha, "joins", **joining(phoneless))
    gone = {"died_on": date(2026, 11, 20)} if how == "died" else {"merged_into": sokha.person}
    Person.objects.filter(pk=phoneless.pk).update(**gone)
    with pytest.raises(ChangeError):
        agree(move, other_clerk)
    with pytest.raises(NotAsked):
        say_yes(move, commune_clerk)


def test_a_mover_who_died_after_the_yes_is_not_moved(move, maly, commune_clerk):
    say_yes(move, commune_clerk)
    Person.objects.filter(pk=maly.pk).update(died_on=date(2026, 11, 20))
    move.refresh_from_db()
    with pytest.raises(ChangeError):
        decide(move, commune_clerk)
    assert maly.memberships.filter(ended_on=None).get().household.village_id == "01020201"


def test_a_child_that_turns_15_is_no_longer_spoken_for_by_the_head(
    family_of_one, rith, sokha, commune_clerk, monkeypatch
):
    move = ask(sokha, "joins", **joining(rith))
    monkeypatch.setattr("registry.persons.ages.OF_AGE", 0)
    move.refresh_from_db()
    assert waits_for(move) == OLD_COMMUNE
    with pytest.raises(NotAsked):
        say_yes(move, commune_clerk, HEAD_PHONE)
    head = User.objects.get(phone=HEAD_PHONE)
    assert browser(head).get(at_home(move)).status_code == 404


def test_a_yes_of_the_head_for_a_child_that_turned_15_since_is_asked_anew(
    family_of_one, rith, sokha, commune_clerk, monkeypatch
):
    move = ask(sokha, "joins", **joining(rith))
    say_yes(move, commune_clerk, HEAD_PHONE)
    monkeypatch.setattr("registry.persons.ages.OF_AGE", 0)
    move.refresh_from_db()
    with pytest.raises(TermsChanged):
        decide(move, commune_clerk)


def test_the_head_who_asks_to_put_out_a_member_says_no_yes_for_them(maly, other_clerk):
    head = User.objects.get(phone=HEAD_PHONE)
    move = ask(head, "leaves", who=about(maly), where={"where": "elsewhere"})
    assert browser(head).get(at_home(move)).status_code == 404
    assert not move.confirmation


def test_a_yes_comes_too_late_for_what_was_taken_back(move, sokha, commune_clerk):
    withdraw_change(request=move, actor=sokha, assisted_session=None)
    with pytest.raises(NotAsked):
        say_yes(move, commune_clerk)


def test_a_yes_given_before_it_was_taken_back_is_not_given_again(move, sokha, commune_clerk):
    say_yes(move, commune_clerk)
    withdraw_change(request=move, actor=sokha, assisted_session=None)
    with pytest.raises(NotAsked):
        say_yes(move, commune_clerk)
    move.refresh_from_db()
    with pytest.raises(Overtaken):
        decide(move, commune_clerk)


def test_kin_of_whom_the_mover_marries_do_not_answer_for_the_mover(
    family_of_one, phoneless, sokha, other_clerk
):
    brother = register_household(
        actor=other_clerk,
        details=household_details(person_details(given_name="វិបុល"), village_code="01020201"),
    )
    other_clerk.spid = brother.memberships.get().person.spid
    other_clerk.save(update_fields=["spid"])
    groom = Person.objects.create(
        spid="123456789012", family_name="ឈិន", given_name="ដារា", sex="male",
        date_of_birth=date(1990, 1, 1), village_id=family_of_one.village_id,
    )  # fmt: skip
    Membership.objects.create(
        household=brother,
        person=groom,
        relationship="sibling",
        started_on="2020-01-01",
        ended_on="2025-01-01",
    )
    Membership.objects.create(
        household=family_of_one, person=groom, relationship="sibling", started_on="2025-01-02"
    )
    bride = joining(phoneless, "sibling")
    move = ask(sokha, "marriage", right=True, who=about(groom), living={"living": "here"}, **bride)
    with pytest.raises(InConflict):
        agree(move, other_clerk)


def test_without_a_yes_nothing_of_it_moves_anybody(move, commune_clerk):
    with pytest.raises(ConfirmationMissing):
        decide(move, commune_clerk)


# --- the banner of an open assisted session


def banner(client, page: str) -> str:
    return text(client, page).partition('<section class="banner"')[2].partition("</section>")[0]


def test_a_page_of_a_move_is_of_the_assisted_session_of_who_asked(move, sokha, commune_clerk):
    AssistedSession.objects.create(
        official=commune_clerk, subject_id=sokha.person.pk, reason="check", consent_text="x"
    )
    client = browser(commune_clerk)
    for page in (at_counter(move), f"/en/counter/changes/{move.reference}/"):
        assert "You are acting for" in banner(client, page)


def test_the_banner_does_not_tell_who_the_mover_is(move, maly, commune_clerk):
    """With an assisted session of the possible mover, the page would reveal whether they match."""
    AssistedSession.objects.create(
        official=commune_clerk, subject_id=maly.pk, reason="check", consent_text="x"
    )
    assert "not of your open case" in banner(browser(commune_clerk), at_counter(move))
