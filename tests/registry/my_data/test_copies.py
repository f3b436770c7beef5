"""No complete copy of one's data within a week after any credential was set, by anybody."""

from datetime import timedelta

import pgtrigger
import pytest
import time_machine
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.accounts.my_account.phone_change import change_phone
from dsp_platform.audit.models import AuditEvent
from dsp_platform.khmer.dates import PartialDate
from registry.claims import services
from registry.claims.services import Identity
from registry.models import KeySetup, Person
from registry.phones.selectors import may_take_everything
from tests.accounts.passkeys.authenticator import Authenticator
from tests.accounts.passkeys.test_passkeys import add
from tests.registry.cast import BOPHA_BORN, MALY_PHONE, OWN_SIM
from tests.registry.changes.cast import about
from tests.registry.changes.cast import ask as ask_change
from tests.registry.phones.replacements.test_replacements import (
    confirm,
    open_account,
    proved,
    request_replacement,
)
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimed(maly):
    account = User.objects.create_citizen(phone=MALY_PHONE)
    services.begin_claim(
        account=account,
        identity=Identity(kind="spid", number=maly.spid, born=PartialDate(BOPHA_BORN)),
        proved=True,
    )
    return Person.objects.select_related("account").get(account=account)


def age(person: Person, days: int) -> None:
    """As if everything recorded about this person were that old."""
    events, back = Person.events.rel.related_model.objects, timedelta(days=days)
    with as_owner(), pgtrigger.ignore():
        for event in events.filter(pgh_obj=person):
            events.filter(pk=event.pk).update(pgh_created_at=event.pgh_created_at - back)
        for setup in KeySetup.objects.filter(person=person):
            KeySetup.objects.filter(pk=setup.pk).update(at=setup.at - back)


def test_who_registers_takes_it_at_once(family_of_one, sokha):
    assert may_take_everything(sokha.person)


@pytest.mark.parametrize(("language", "words"), [("en", "less than a week ago"), ("km", "មិនទាន់ដល់មួយសប្តាហ៍")])
def test_not_by_an_account_that_just_claimed_the_record(claimed, language, words):
    for page in ("everything/", "everything.json"):
        answer = browser(claimed.account).get(f"/{language}/my/data/{page}", follow=True)
        assert words in answer.content.decode()


def test_a_week_after_the_claim_it_is_taken(claimed):
    age(claimed, 8)
    assert may_take_everything(claimed)


def test_not_after_the_holder_took_another_phone(family_of_one, sokha):
    proved(OWN_SIM, sokha, lambda number: change_phone(account=sokha, phone=number, keep=None))
    assert not may_take_everything(sokha.person)
    with as_owner(), pgtrigger.ignore():
        AuditEvent.objects.filter(action="change_phone").update(at=timezone.now() - timedelta(days=8))
    assert may_take_everything(sokha.person)


def test_not_after_the_number_on_record_was_changed(family_of_one, sokha):
    ask_change(sokha, "phone", who=about(sokha.person), phone={"phone": "+85516000005"})
    person = Person.objects.select_related("account").get(account=sokha)
    assert not may_take_everything(person)
    age(person, 8)
    assert may_take_everything(person)


def test_not_after_a_first_account_at_the_counter(maly, other_clerk):
    open_account(other_clerk, maly, MALY_PHONE)
    person = Person.objects.get(pk=maly.pk)
    assert not may_take_everything(person)
    age(person, 8)
    assert may_take_everything(person)


def test_not_while_and_after_a_phone_is_replaced(family_of_one, sokha, commune_clerk, second_clerk):
    asked = request_replacement(commune_clerk, sokha.person)
    assert not may_take_everything(sokha.person)
    confirm(asked, second_clerk)
    assert not may_take_everything(Person.objects.get(account=sokha))


def test_not_in_the_week_after_a_passkey_was_added_also_when_it_is_removed_again(family_of_one, sokha):
    client, chip = browser(sokha), Authenticator()
    assert add(client, chip).url == "/en/my/account/"
    assert not may_take_everything(sokha.person)
    client.post(f"/en/my/account/passkeys/{sokha.passkeys.get().pk}/remove/")
    assert not may_take_everything(sokha.person)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert may_take_everything(sokha.person)
