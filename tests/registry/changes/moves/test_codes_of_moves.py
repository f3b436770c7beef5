"""Wrong or repeated codes by strangers for a number do not lock out the user signed in with it."""

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import PhoneChallenge, PhoneEvent, User
from tests.registry.cast import MALY_PHONE
from tests.registry.changes.cast import ask, joining, press
from tests.registry.phones.test_attack import by_the_counter
from tests.registry.phones.test_pages import code_in
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
KINDS = ["wrong", "sent"]


@pytest.fixture
def move(family_of_one, maly, sokha):
    return ask(sokha, "joins", **joining(maly))


def strangers(phone: str, kind: str, account: User | None = None) -> None:
    """As at the sign-in, from browsers that do not know the number."""
    at = timezone.now() - timezone.timedelta(minutes=5)
    for _try in range(10):
        PhoneEvent.objects.create(phone=phone, account=account, kind=kind, at=at)


@pytest.mark.parametrize("kind", KINDS)
def test_at_the_counter_the_code_of_a_move_is_taken_all_the_same(move, commune_clerk, kind):
    client, page = browser(commune_clerk), f"/en/counter/moves/{move.reference}/"
    strangers(MALY_PHONE, kind)
    press(client, page, "send")
    client.post(f"{page}code/", {"code": code_in(client)})
    move.refresh_from_db()
    assert move.confirmation == "phone"


@pytest.mark.parametrize("kind", KINDS)
def test_and_in_the_movers_own_account(move, maly, kind):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    client, page = browser(maly.account), f"/en/my/moves/{move.reference}/"
    strangers(MALY_PHONE, kind, maly.account)
    press(client, page, "yes")
    client.post(f"{page}code/", {"code": code_in(client)})
    move.refresh_from_db()
    assert move.confirmation == "phone"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("door", ["lost", "first"])
def test_and_where_an_official_sets_up_a_phone(maly, other_clerk, kind, door):
    if door == "lost":
        maly.account = User.objects.create_citizen(phone=MALY_PHONE)
        maly.save(update_fields=["account"])
    strangers("+85516999002", kind)
    strangers(MALY_PHONE, kind, maly.account)
    client = browser(other_clerk)
    told = {"reason": "lost"} if door == "lost" else {}
    answer = by_the_counter(client, maly, f"/en/counter/{door}-phone/", told, f"{door}_phone")
    assert "/counter/phones/P-" in answer.url


def test_who_types_ten_wrong_ones_at_the_counter_waits(move, commune_clerk):
    client, page = browser(commune_clerk), f"/en/counter/moves/{move.reference}/"
    PhoneEvent.objects.bulk_create(
        PhoneEvent(phone=MALY_PHONE, account=commune_clerk, kind="wrong") for _try in range(10)
    )
    press(client, page, "send")
    assert not PhoneChallenge.objects.exists()


def test_one_official_locks_out_no_other(move, commune_clerk, second_clerk):
    PhoneEvent.objects.bulk_create(
        PhoneEvent(phone=MALY_PHONE, account=commune_clerk, kind="wrong") for _try in range(10)
    )
    client, page = browser(second_clerk), f"/en/counter/moves/{move.reference}/"
    press(client, page, "send")
    client.post(f"{page}code/", {"code": code_in(client)})
    move.refresh_from_db()
    assert move.confirmation == "phone"
