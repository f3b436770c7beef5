"""A corrected date of birth changes who speaks for whom only after it has stood for a time."""

import html
import re
from datetime import date, timedelta
from pathlib import Path

import pgtrigger
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.changes import selectors
from registry.changes.context import may_head, self_and_children
from registry.changes.hearings.selectors import concerned_by, hearing_of
from registry.changes.hearings.services import answer_household_change
from registry.changes.kinds import KINDS
from registry.changes.selectors import moves_of
from registry.errors import ChangeError, ConfirmationMissing
from registry.models import ChangeRequest, Person
from registry.my_data.selectors import data_subject, logged_subjects
from registry.persons.ages import children_for_consent, is_child
from registry.phones.replacements.requests import refusal
from registry.phones.selectors import confirmation_contact, may_have_account, phones_of_adults, who_consents
from tests.packages import DOMAINS
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, OWN_SIM
from tests.registry.changes.cast import about, ask, decide, heard
from tests.registry.changes.hearings.test_heard_first import for_
from tests.registry.changes.test_children_leave import WAYS, put_out, told
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

UNDER_15, GROWN = date(2013, 6, 1), date(2008, 6, 1)


def corrected(actor: User, person: Person, born: date, **more) -> ChangeRequest:
    birth = {"born": born.isoformat()}
    return ask(actor, "birth-date", who=about(person), birth=birth, right=True, **more)


def correct(person: Person, born: date) -> Person:
    """By any write: the database keeps the history."""
    Person.objects.filter(pk=person.pk).update(date_of_birth=born)
    person.refresh_from_db()
    return person


def days_pass(days: int) -> None:
    """As if everything in the history were old."""
    events = Person.events.rel.related_model
    with as_owner(), pgtrigger.ignore():
        for event in events.objects.all():
            event.pgh_created_at -= timedelta(days=days)
            event.save(update_fields=["pgh_created_at"])


# --- who is heard before it is decided


def test_who_would_become_a_child_is_told_and_waited_for(maly, heng, maly_at_home, other_clerk):
    request = corrected(heng, maly, UNDER_15)
    assert concerned_by(request) == [maly]
    assert told("household_asked") == {MALY_PHONE}
    with pytest.raises(ChangeError):
        decide(request, other_clerk)
    assert decide(heard(request), other_clerk).state == "applied"


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_does_not_agree_that_they_are_a_child_leaves_it_to_the_district(
    maly, heng, maly_at_home, other_clerk, language
):
    request = corrected(heng, maly, UNDER_15)
    page = f"/{language}/my/household-changes/{request.reference}/"
    assert 'name="answer"' in browser(maly_at_home).get(page).content.decode()
    answer_household_change(request=request, agrees=False, note="", actor=maly_at_home)
    with translation.override(language), pytest.raises(ChangeError):
        decide(heard(request), other_clerk)


def test_the_head_who_speaks_for_a_child_is_heard_before_it_is_grown(rith, heng, maly_at_home, other_clerk):
    request = corrected(maly_at_home, rith, GROWN)
    assert concerned_by(request) == [rith, heng.person]
    assert told("household_asked") == {HEAD_PHONE}
    with pytest.raises(ChangeError):
        decide(request, other_clerk)


def test_so_are_both_where_an_official_asks_it(maly, heng, maly_at_home, other_clerk):
    request = corrected(other_clerk, maly, UNDER_15, assisted_session=for_(other_clerk, maly))
    assert {one.pk for one in concerned_by(request)} == {maly.pk, heng.person.pk}
    assert told("household_asked") == {MALY_PHONE, HEAD_PHONE}


def test_a_correction_that_takes_no_voice_waits_for_nobody(maly, rith, heng, maly_at_home, other_clerk):
    for person, born in ((maly, date(1993, 1, 1)), (rith, UNDER_15)):
        request = corrected(heng, person, born)
        assert (concerned_by(request), hearing_of(request).until) == ([], None)
        assert decide(request, other_clerk).state == "applied"
    assert told("household_asked") == set()


@pytest.mark.parametrize("born", [date(1993, 1, 1), UNDER_15])
@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_of_who_asks_says_whether_others_are_heard(maly, heng, maly_at_home, born, language):
    request = corrected(heng, maly, born)
    path = f"/{language}/my/changes/requests/{request.reference}/"
    page = html.unescape(browser(heng).get(path).content.decode())
    words = {"en": "can answer for three days", "km": "អាចឆ្លើយក្នុងរយៈពេលបីថ្ងៃ"}[language]
    assert (words in page.replace("\u200b", "")) is (born == UNDER_15)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "a corrected date of birth makes somebody a child"), ("km", "ការកែថ្ងៃខែឆ្នាំកំណើតធ្វើឱ្យ")],
)
def test_the_help_says_so(client, language, words):
    assert words in html.unescape(client.get(f"/{language}/help/changes/").content.decode()).replace(
        "\u200b", ""
    )


# --- an adult who was made a child


@pytest.fixture
def made_child(maly, heng, maly_at_home):
    return correct(maly, UNDER_15)


def test_who_was_grown_lately_still_speaks_for_themself(made_child):
    assert who_consents(made_child) == made_child
    assert confirmation_contact(made_child)[0] == MALY_PHONE


@pytest.mark.parametrize("kind", WAYS)
def test_the_head_does_not_put_them_out(made_child, heng, other_clerk, kind):
    request = put_out(kind, heng, made_child)
    assert (request.mover, request.confirmation) == (made_child, "")
    assert told("move_asked") == {MALY_PHONE}
    with pytest.raises(ConfirmationMissing):
        decide(request, other_clerk)
    assert request in moves_of(made_child)
    assert request not in moves_of(heng.person)


@pytest.mark.parametrize("kind", ["phone", "circumstances"])
def test_nor_changes_their_number_or_daily_life(made_child, heng, kind):
    answers = {"phone": {"phone": {"phone": OWN_SIM}}, "circumstances": {"circumstances": {"working": "yes"}}}
    with pytest.raises((ChangeError, PermissionDenied)):
        ask(heng, kind, who=about(made_child), **answers[kind])
    made_child.refresh_from_db()
    assert (made_child.phone, made_child.working) != (OWN_SIM, True)


def test_everywhere_they_are_treated_as_grown(made_child, rith, heng, other_clerk):
    context = selectors.household_context(heng, None)
    members = {one.person_id: one for one in context.members}
    assert not is_child(made_child)
    assert members[made_child.pk] not in self_and_children(context)
    assert may_head([members[made_child.pk], members[rith.pk]]) == [members[made_child.pk]]
    assert MALY_PHONE in phones_of_adults(rith)
    made_child.account = None
    made_child.save(update_fields=["account"])
    assert may_have_account(made_child)
    assert refusal(other_clerk, made_child) is None


def test_nor_does_the_household_read_who_looked_at_them(made_child, heng, rith):
    assert set(logged_subjects(data_subject(heng.person))["person"]) == {heng.person.pk, rith.pk}


def test_after_thirty_days_the_head_speaks(made_child, heng):
    days_pass(31)
    assert is_child(made_child)
    assert who_consents(made_child) == heng.person


def test_who_was_grown_only_before_those_days_is_a_child(maly, heng):
    correct(maly, UNDER_15)
    days_pass(31)
    Person.objects.filter(pk=maly.pk).update(working=True)
    assert is_child(maly)


# --- a child who was made an adult


@pytest.fixture
def made_grown(rith, heng, maly_at_home):
    return correct(rith, GROWN)


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("language", ["km", "en"])
def test_who_was_made_grown_leaves_with_the_yes_of_the_head(
    made_grown, maly_at_home, heng, other_clerk, kind, language
):
    request = put_out(kind, maly_at_home, made_grown)
    assert (request.mover, request.confirmation) == (made_grown, "")
    assert told("move_asked") == {HEAD_PHONE}
    with translation.override(language), pytest.raises(ConfirmationMissing):
        decide(request, other_clerk)
    assert request.reference in browser(heng).get(f"/{language}/my/").content.decode()


def test_also_when_they_ask_it_themself_or_have_a_number(made_grown, other_clerk):
    made_grown.account = User.objects.create_citizen(phone=OWN_SIM)
    made_grown.phone = OWN_SIM
    made_grown.save(update_fields=["account", "phone"])
    assert put_out("leaves", made_grown.account, made_grown).confirmation == ""
    assert confirmation_contact(made_grown)[0] == HEAD_PHONE


def test_nor_does_a_day_as_grown_give_a_child_a_voice(made_grown, heng):
    assert who_consents(correct(made_grown, UNDER_15)) == heng.person


def test_what_others_may_change_of_a_child_they_change_of_them_no_more(made_grown, heng):
    context = selectors.household_context(heng, None)
    assert made_grown not in [one.person for one in self_and_children(context)]


def test_after_thirty_days_they_speak_for_themself(made_grown):
    days_pass(31)
    assert who_consents(made_grown) == made_grown


def test_who_lives_with_nobody_speaks_for_themself_at_once(made_grown):
    made_grown.memberships.update(ended_on=timezone.localdate())
    assert who_consents(made_grown) == made_grown


def test_who_turns_fifteen_speaks_that_day(rith, heng):
    today = timezone.localdate()
    for born, speaker in ((today + timedelta(days=1), heng.person), (today, rith)):
        correct(rith, born.replace(year=today.year - 15))
        days_pass(31)
        assert who_consents(rith) == speaker


def test_who_may_be_fifteen_by_the_year_of_birth_counts_as_grown(rith):
    year = timezone.localdate().year - 15
    for born, child in ((year, False), (year + 1, True)):
        rith.born = PartialDate.parse(str(born))
        rith.save()
        days_pass(31)
        assert (is_child(rith), children_for_consent([rith]) == {rith.pk}) == (child, child)


def test_nothing_is_told_of_the_correction_but_to_whom_it_concerns(rith, maly_at_home, heng):
    corrected(maly_at_home, rith, GROWN)
    rows = Message.objects.filter(template="household_asked")
    assert [one.phone for one in rows] == [HEAD_PHONE]


# --- one place


def test_ages_are_counted_in_one_place_beside_eligibility():
    """Other queries use the present date of birth."""
    counting = {
        str(path)
        for domain in DOMAINS
        for path in Path(domain).rglob("*.py")
        if re.search(r"full_years\(|ages_on\(|date_of_birth\.year", path.read_text())
    }
    assert counting == {
        "registry/eligibility/telling.py",
        "registry/persons/ages.py",
        "registry/plausibility/cases.py",
        "registry/facts/fact.py",
        "registry/facts/of_person.py",
    }


def test_every_kind_that_corrects_a_date_of_birth_says_whom_it_concerns(maly):
    home = maly.memberships.get().household
    kinds = [kind for kind in KINDS.values() if "born" in kind.basis(home, maly)]
    assert kinds
    assert not [kind.code for kind in kinds if kind.at_once or kind.concerns is None]


def test_all_members_are_read_in_one_question(maly, heng, rith, django_assert_num_queries):
    context = selectors.household_context(heng, None)
    with django_assert_num_queries(1):
        assert len(self_and_children(context)) == 2
    with django_assert_num_queries(1):
        assert children_for_consent(one.person for one in context.members) == {rith.pk}
