"""Officials related to the head of household neither answer nor decide for its children."""

import pgtrigger
import pytest
from django.utils import translation

from dsp_platform.casework.errors import InConflict
from registry.changes.services import withdraw_change
from registry.models import Person
from registry.persons.conflicts import WORDS
from tests.registry.changes.cast import agree, ask, decide, joining
from tests.registry.changes.hearings.test_heard_first import near
from tests.registry.changes.test_children_leave import put_out
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def child_moves(family_of_one, rith, sokha):
    """The head has no phone, so the old commune agrees for the child."""
    Person.objects.filter(pk=rith.pk).update(phone="")
    head = Person.objects.get(given_name="ហេង")
    head.account = None
    head.phone = ""
    head.save(update_fields=["account", "phone"])
    events = Person.events.rel.related_model
    with as_owner(), pgtrigger.ignore():
        events.objects.filter(pgh_obj=head).update(phone="")
    return ask(sokha, "joins", **joining(rith))


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("agrees", [True, False])
def test_who_set_up_the_account_of_the_head_says_nothing_for_the_child(
    child_moves, other_clerk, agrees, language
):
    near(other_clerk, Person.objects.get(given_name="ហេង"), "set_up")
    with translation.override(language), pytest.raises(InConflict) as refused:
        agree(child_moves, other_clerk, yes=agrees, note="x")
    assert str(refused.value) == str(WORDS["set_up"])


def test_nor_do_they_decide_of_it(child_moves, other_clerk, commune_clerk):
    agree(child_moves, other_clerk)
    near(commune_clerk, Person.objects.get(given_name="ហេង"), "set_up")
    with pytest.raises(InConflict):
        decide(child_moves, commune_clerk)


def test_another_official_of_the_old_commune_says_it(child_moves, other_clerk):
    assert agree(child_moves, other_clerk).version
    child_moves.refresh_from_db()
    assert child_moves.confirmation == "old_commune"


def test_nor_do_they_let_the_child_go(child_moves, rith, maly_at_home, other_clerk):
    """Without a phone of the head the commune decides alone."""
    withdraw_change(request=child_moves, actor=child_moves.asked_by, assisted_session=None)
    near(other_clerk, Person.objects.get(given_name="ហេង"), "set_up")
    request = put_out("leaves", maly_at_home, rith)
    assert request.mover is None
    with pytest.raises(InConflict):
        decide(request, other_clerk)
