"""No child is moved out of a household, or reported dead, without whoever speaks for it."""

from datetime import date

import pytest
from django.utils import translation

from dsp_platform.accounts.models import User
from dsp_platform.notifications.models import Message
from registry.changes.moves.services import refuse_to_move
from registry.changes.selectors import MOVER, waits_for
from registry.errors import ChangeError, ConfirmationMissing
from registry.models import ChangeRequest, Person
from registry.phones.selectors import confirmation_contact
from tests.registry.cast import HEAD_PHONE, MALY_PHONE
from tests.registry.changes.cast import about, ask, decide, heard
from tests.registry.changes.moves.test_moves import say_yes
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
ELSEWHERE = {"where": {"where": "elsewhere"}}
WAYS = {"leaves": ELSEWHERE, "marriage": {"living": {"living": "elsewhere"}, **ELSEWHERE}}
DIED = {"died": "2026-11-20"}


def put_out(kind: str, actor: User, child: Person, **more) -> ChangeRequest:
    return ask(actor, kind, who=about(child), right=True, **WAYS[kind], **more)


def told(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("phone", flat=True))


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("language", ["km", "en"])
def test_no_child_is_put_out_without_the_yes_of_the_head(rith, maly_at_home, other_clerk, kind, language):
    Person.objects.filter(pk=rith.pk).update(date_of_birth=date(2013, 6, 1))  # at seven nobody marries
    request = put_out(kind, maly_at_home, rith)
    assert (request.mover, waits_for(request)) == (rith, MOVER)
    assert told("move_asked") == {HEAD_PHONE}
    with translation.override(language), pytest.raises(ConfirmationMissing):
        decide(request, other_clerk)
    assert confirmation_contact(rith)[0] == HEAD_PHONE


def test_with_the_code_of_the_head_it_goes(rith, maly_at_home, other_clerk):
    request = say_yes(put_out("leaves", maly_at_home, rith), other_clerk, HEAD_PHONE)
    assert decide(request, other_clerk).state == "applied"


def test_the_head_may_refuse_on_the_own_page(rith, maly_at_home, heng):
    request = put_out("leaves", maly_at_home, rith)
    assert request.reference in browser(heng).get("/en/my/").content.decode()
    assert refuse_to_move(request=request, actor=heng).state == "refused"


def test_of_a_head_who_asks_it_in_the_own_account_no_other_yes_is_needed(rith, heng, other_clerk):
    request = put_out("leaves", heng, rith)
    assert (request.confirmation, told("move_asked")) == ("own", set())
    assert decide(request, other_clerk).state == "applied"


def test_a_young_account_of_the_head_is_no_yes(rith, heng, maly_at_home):
    """The person in the assisted session may not be the head: the number on record is asked."""
    Person.objects.filter(account=heng).update(account=None)
    head = Person.objects.get(given_name="ហេង")
    head.account = User.objects.create_citizen(phone="+85516000009")
    head.save(update_fields=["account"])
    assert put_out("leaves", head.account, rith).confirmation == ""
    assert told("move_asked") == {HEAD_PHONE}


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_death_of_a_child_is_told_to_the_head_who_is_heard(rith, maly_at_home, heng, district, language):
    request = ask(maly_at_home, "death", who=about(rith), died=DIED)
    assert told("household_asked") == {HEAD_PHONE}
    with translation.override(language), pytest.raises(ChangeError):
        decide(request, district)
    assert request.reference in browser(heng).get(f"/{language}/my/").content.decode()


def test_after_three_days_of_hearing_the_death_is_decided(rith, maly_at_home, district):
    request = ask(maly_at_home, "death", who=about(rith), died=DIED)
    assert decide(heard(request), district).state == "applied"


def test_the_head_is_told_when_a_member_has_left_and_not_before(maly, maly_at_home, other_clerk):
    """Somebody fleeing a household is not announced to its phone before it is done."""
    request = put_out("leaves", maly_at_home, maly)
    assert not Message.objects.filter(phone=HEAD_PHONE).exclude(template__startswith="registered").exists()
    decide(request, other_clerk)
    assert told("details_changed") == {HEAD_PHONE}


def test_who_leads_the_household_from_then_on_is_told(maly, rith, heng, other_clerk):
    request = ask(
        heng, "leaves", who=about(heng.person), where={"where": "elsewhere"},
        head=about(maly), relationships={rith.spid: "child"},
    )  # fmt: skip
    assert not Message.objects.filter(phone=MALY_PHONE).exists()
    decide(request, other_clerk)
    assert told("details_changed") == {MALY_PHONE}


def test_the_head_is_told_that_a_child_has_left(rith, maly_at_home, other_clerk):
    decide(say_yes(put_out("leaves", maly_at_home, rith), other_clerk, HEAD_PHONE), other_clerk)
    assert told("details_changed") == {HEAD_PHONE}
