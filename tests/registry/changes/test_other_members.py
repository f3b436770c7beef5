"""What waits and tells who leads the household, when the household has other members by then."""

import pytest
from django.db import transaction
from django.utils import timezone, translation

from dsp_platform.notifications.models import Message
from registry.changes.kinds import KINDS
from registry.errors import ChangeError, ReportedDead
from registry.models import ChangeRequest, Household, Person
from registry.persons.writer import PersonWriter
from tests.registry.cast import HEAD_PHONE, MALY_PHONE
from tests.registry.changes.cast import BABY, about, ask, decide, heard, joining, members
from tests.registry.changes.moves.test_moves import say_yes
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
ELSEWHERE = {"where": "elsewhere"}
DIED = {"died": "2026-11-20"}
OVER = {"km": "សមាជិកផ្សេង", "en": "other members than when this was asked"}


@pytest.fixture
def home(maly):
    return maly.memberships.get(ended_on=None).household


@pytest.fixture
def death(maly, maly_at_home, heng, rith):
    """Of the head; his wife tells it, and is to lead."""
    relations = {rith.spid: "child"}
    return ask(
        maly_at_home, "death", who=about(heng.person), died=DIED, head=about(maly), relationships=relations
    )


def comes(asker, decider, **answers) -> None:
    decide(ask(asker, "birth", **{**BABY, **answers}), decider)


def leave(asker, person: Person, decider) -> None:
    decide(ask(asker, "leaves", who=about(person), where=ELSEWHERE), decider)


def record(death: ChangeRequest, decider) -> ChangeRequest:
    death.refresh_from_db()
    return decide(heard(death), decider)


# --- a death


def test_a_death_is_recorded_though_a_child_was_born_meanwhile(death, home, heng, other_clerk):
    comes(heng, other_clerk)
    record(death, other_clerk)
    assert members(home) == {"ម៉ាលី": "head", "រិទ្ធ": "child", "ថ្មី": "other_relative"}
    assert Person.objects.get(pk=death.person_id).died_on


def test_the_oldest_leads_where_who_was_named_has_left(
    death, home, maly, maly_at_home, heng, rith, other_clerk
):
    leave(maly_at_home, maly, other_clerk)
    record(death, other_clerk)
    assert members(home) == {"រិទ្ធ": "head"}


def test_an_adult_who_came_leads_where_a_child_was_named(home, maly, maly_at_home, heng, rith, other_clerk):
    leave(maly_at_home, maly, other_clerk)
    Person.objects.filter(pk=maly.pk).update(account=None)
    Person.objects.filter(pk=rith.pk).update(account=maly_at_home)
    told = ask(maly_at_home, "death", right=True, who=about(heng.person), died=DIED, head=about(rith))
    aunt = joining(maly) | {"relationship": {"relationship": "other_relative"}}
    decide(say_yes(ask(heng, "joins", **aunt), other_clerk, MALY_PHONE), other_clerk)
    record(told, other_clerk)
    assert members(home) == {"រិទ្ធ": "other_relative", "ម៉ាលី": "head"}


def test_the_household_is_told_to_say_who_leads_it(death, heng, other_clerk):
    comes(heng, other_clerk)
    record(death, other_clerk)
    told = Message.objects.filter(template="change_successor")
    assert [one.phone for one in told] == [MALY_PHONE]
    assert death.events.order_by("pk").last().step == "successor"


def test_nobody_is_told_so_where_all_is_as_it_was_told(death, other_clerk):
    record(death, other_clerk)
    assert not Message.objects.filter(template="change_successor").exists()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_commune_reads_it_before_it_decides(death, heng, other_clerk, language):
    page = f"/{language}/counter/changes/{death.reference}/"
    before = browser(other_clerk).get(page).content.decode()
    comes(heng, other_clerk)
    after = browser(other_clerk).get(page).content.decode()
    with translation.override(language):
        title = str(KINDS["head"].title)
    assert (title in before, title in after) == (False, True)


def test_a_death_that_the_asker_told_stays_when_they_leave(
    death, home, maly, maly_at_home, heng, other_clerk
):
    leave(maly_at_home, maly, other_clerk)
    death.refresh_from_db()
    assert death.state == "waiting"


# --- everything else that tells of a new head


@pytest.fixture
def new_head(maly, heng, rith):
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    return ask(heng, "head", head=about(maly), relationships=relations)


@pytest.fixture
def head_leaves(maly, heng, rith):
    relations = {rith.spid: "child"}
    return ask(
        heng, "leaves", who=about(heng.person), where=ELSEWHERE, head=about(maly), relationships=relations
    )


def test_what_tells_how_all_are_related_ends_when_a_child_is_born(new_head, head_leaves, heng, other_clerk):
    comes(heng, other_clerk)
    for one in (new_head, head_leaves):
        one.refresh_from_db()
        assert (one.state, one.events.order_by("pk").last().step) == ("ended", "other_members")
        assert Message.objects.filter(template="change_ended", subject_id=one.pk, phone=HEAD_PHONE).exists()


def test_and_when_somebody_moves_in(new_head, heng, sokha, family_of_one, other_clerk):
    request = ask(heng, "joins", **joining(sokha.person))
    phone = request.mover.phone or sokha.phone
    decide(say_yes(request, other_clerk, phone), other_clerk)
    new_head.refresh_from_db()
    assert new_head.events.order_by("pk").last().step == "other_members"


def test_and_when_somebody_leaves_who_is_only_related(new_head, maly_at_home, heng, rith, other_clerk):
    leaving = ask(maly_at_home, "leaves", who=about(rith), where=ELSEWHERE)
    if leaving.mover:
        leaving = say_yes(leaving, heng, HEAD_PHONE)
    decide(leaving, other_clerk)
    new_head.refresh_from_db()
    assert new_head.events.order_by("pk").last().step == "other_members"


def test_it_can_be_asked_anew_at_once(new_head, maly, heng, rith, home, other_clerk):
    comes(heng, other_clerk)
    baby = Person.objects.get(given_name="ថ្មី")
    relations = {heng.person.spid: "spouse", rith.spid: "child", baby.spid: "child"}
    again = heard(ask(heng, "head", head=about(maly), relationships=relations))
    assert decide(again, other_clerk).state == "applied"


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_says_why_it_ended(new_head, heng, other_clerk, language):
    comes(heng, other_clerk)
    page = browser(heng).get(f"/{language}/my/changes/requests/{new_head.reference}/").content.decode()
    assert OVER[language] in page


# --- a death of somebody who goes elsewhere


@pytest.fixture
def reported(maly, heng, home):
    return ask(heng, "death", who=about(maly), died=DIED)


def gone(person: Person, to: Household | None = None) -> None:
    """By a way that no request stops: registered anew, or the registration taken back."""
    with transaction.atomic(), PersonWriter() as writer:
        last = person.memberships.get(ended_on=None)
        writer.update_membership(last, ended_on=timezone.localdate())
        if to is not None:
            writer.add_membership(to, person, "other_relative")


def test_a_report_goes_along_into_another_household(reported, maly, family_of_one, commune_clerk):
    gone(maly, family_of_one)
    with pytest.raises(ChangeError):
        record(reported, commune_clerk)  # the new household is heard first
    assert record(reported, commune_clerk).state == "applied"
    assert Person.objects.get(pk=maly.pk).died_on
    assert not maly.memberships.filter(ended_on=None).exists()


def test_a_report_stays_with_the_commune_where_they_lived_last(reported, maly, other_clerk):
    gone(maly)
    assert record(reported, other_clerk).state == "applied"
    assert Person.objects.get(pk=maly.pk).died_on


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("way", ["leaves", "joins"])
def test_who_is_reported_dead_is_moved_only_when_that_is_decided(
    reported, maly, maly_at_home, sokha, family_of_one, other_clerk, commune_clerk, way, language
):
    if way == "leaves":
        moving = ask(maly_at_home, "leaves", who=about(maly), where=ELSEWHERE)
    else:
        moving = say_yes(ask(sokha, "joins", **joining(maly)), commune_clerk, MALY_PHONE)
    decider = other_clerk if way == "leaves" else commune_clerk
    words = {"km": "ស្លាប់", "en": "has died"}[language]
    with translation.override(language), pytest.raises(ReportedDead, match=words):
        decide(moving, decider)
    assert maly.memberships.filter(ended_on=None).exists()
    reported.refresh_from_db()
    decide(reported, other_clerk, "refuse", "x")
    moving.refresh_from_db()
    assert decide(moving, decider).state == "applied"


# --- one waits already


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_first_page_leads_to_what_waits_already(new_head, heng, maly_at_home, language):
    link = f"/{language}/my/changes/requests/{new_head.reference}/"
    page = f"/{language}/my/changes/head/"
    assert link in browser(heng).get(page).content.decode()
    # Of nobody else: it may be a secret before them.
    assert link not in browser(maly_at_home).get(page).content.decode()
