"""Nobody writes to somebody who has died: news of what was theirs goes to the head of their household."""

from datetime import date

import pytest

from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.models import Message
from registry.models import Person
from registry.phones.selectors import contact_phone, held_by_others, numbers_left_behind, numbers_of
from tests.registry.cast import HEAD_PHONE, MALY_PHONE
from tests.registry.changes.cast import about, ask, decide, heard

pytestmark = pytest.mark.django_db


def die(person, reporter, clerk):
    died = {"died": "2026-11-20"}
    decide(heard(ask(reporter, "death", who=about(person), died=died)), clerk)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def dead(maly, heng, other_clerk):
    return die(maly, heng, other_clerk)


def test_they_have_no_number_and_their_head_is_reached(dead):
    assert numbers_of(dead, with_typed=True) == []
    assert contact_phone(dead) == HEAD_PHONE


def test_where_nobody_is_left_nobody_is_reached(dead):
    dead.memberships.first().household.memberships.update(ended_on=date(2026, 11, 25))
    assert contact_phone(dead) == ""


def test_a_phone_that_somebody_else_has_is_still_written_to(maly, heng, rith, other_clerk):
    Person.objects.filter(pk=rith.pk).update(phone=MALY_PHONE)
    waiting = notifications.send(
        phone=MALY_PHONE, language="km", template="details_changed", params={"reference": "C-1"}
    )
    dead = die(maly, heng, other_clerk)
    assert held_by_others(dead, {MALY_PHONE, "+85511111111"}) == {MALY_PHONE}
    assert numbers_left_behind(dead, "") == set()
    assert Message.objects.get(pk=waiting.pk).state == "due"


def test_the_death_itself_is_not_told_to_their_phone(dead):
    told = Message.objects.filter(template="details_changed").values_list("phone", flat=True)
    assert MALY_PHONE not in set(told)
