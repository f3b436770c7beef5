"""Who is asked for a document before they move, because no commune let them go."""

from datetime import date

import pgtrigger
import pytest

from dsp_platform.database.history import history_of
from dsp_platform.database.history_context import history_context
from registry.changes.moves.services import is_asked_in_person
from registry.models import Membership
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
LONG_AGO, LATER = date(2026, 10, 1), date(2026, 11, 1)


class Lives:
    """In a household, by a membership whose history is written step by step."""

    def __init__(self, person, other, elsewhere):
        self.person, self.other, self.elsewhere = person, other, elsewhere
        self.membership = person.memberships.get()

    def write(self, why, **values):
        with history_context(why):
            Membership.objects.filter(pk=self.membership.pk).update(**values)

    def let_go(self, day=LATER):
        self.write("change", ended_on=day)

    def moved_by_a_merge(self, day=LATER):
        self.write("merge", ended_on=day)

    def moves_on(self):
        self.membership = self.elsewhere.memberships.create(
            person=self.person, relationship="other_relative", started_on=LONG_AGO
        )

    def forgotten(self):
        with as_owner(), pgtrigger.ignore():
            history_of(Membership).filter(pgh_obj=self.membership).delete()


def lives_there(_lives):
    pass


def never_lived_anywhere(lives):
    lives.membership.delete()


def let_go(lives):
    lives.let_go()


def ended_by_a_merge(lives):
    lives.moved_by_a_merge()


def ended_by_an_unmerge(lives):
    lives.write("unmerge", ended_on=LATER)


def let_go_while_an_alias(lives):
    lives.other.memberships.update(ended_on=LONG_AGO)
    lives.write("merge", person=lives.other)
    lives.let_go()
    lives.write("unmerge", person=lives.person)


def let_go_and_touched_by_an_unmerge(lives):
    lives.let_go()
    lives.write("unmerge", relationship="sibling")


def touched_by_a_merge_and_let_go(lives):
    lives.write("merge", relationship="sibling")
    lives.let_go()


def returned_after_a_merge_and_let_go(lives):
    lives.moved_by_a_merge(LONG_AGO)
    lives.write("unmerge", ended_on=None)
    lives.let_go()


def moved_by_a_merge_and_lives_elsewhere(lives):
    lives.moved_by_a_merge()
    lives.moves_on()


def moved_by_a_merge_and_let_go_elsewhere(lives):
    lives.moved_by_a_merge(LONG_AGO)
    lives.moves_on()
    lives.let_go()


def let_go_and_moved_by_a_merge_elsewhere(lives):
    lives.let_go(LONG_AGO)
    lives.moves_on()
    lives.moved_by_a_merge()


def left_before_there_was_a_history(lives):
    lives.let_go()
    lives.forgotten()


@pytest.mark.parametrize(
    ("past", "asked"),
    [
        (lives_there, False),
        (never_lived_anywhere, True),
        (let_go, False),
        (ended_by_a_merge, True),
        (ended_by_an_unmerge, True),
        (let_go_while_an_alias, True),
        (let_go_and_touched_by_an_unmerge, False),
        (touched_by_a_merge_and_let_go, False),
        (returned_after_a_merge_and_let_go, False),
        (moved_by_a_merge_and_lives_elsewhere, False),
        (moved_by_a_merge_and_let_go_elsewhere, False),
        (let_go_and_moved_by_a_merge_elsewhere, True),
        (left_before_there_was_a_history, False),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_who_was_not_let_go_by_a_commune_is_asked(past, asked, phoneless, heng, family_of_one):
    past(Lives(phoneless, heng.person, family_of_one))
    assert is_asked_in_person(phoneless) == asked


def test_who_has_a_phone_is_asked_by_it(maly):
    maly.memberships.all().delete()
    assert not is_asked_in_person(maly)
