"""What waits on a laptop that is left, shared, or whose official is one no more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import end_open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.accounts.sessions import desk_lock
from dsp_platform.offline import services
from dsp_platform.offline.models import OfflineItem
from dsp_platform.offline.services import purge
from registry.models import Draft
from tests.offline.sealing import Item
from tests.registry.pages import HEAD, begin_household, official_client

pytestmark = pytest.mark.django_db
CONSENT = "/km/register/consent/"
STATUS = "/km/offline/status/"


@pytest.fixture
def laptop(areas, commune_clerk, consent_agreements):
    browser = official_client(commune_clerk)
    begin_household(browser)
    return browser


@pytest.fixture
def waiting(laptop, commune_clerk) -> Item:
    return Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"])


def set_locked(laptop, locked: bool) -> None:
    session = laptop.session
    if locked:
        session[desk_lock.LOCKED], session[desk_lock.TRIES] = int(timezone.now().timestamp()), 0
    else:
        del session[desk_lock.LOCKED]
    session.save()


def test_a_locked_desk_sends_nothing_until_it_is_unlocked(laptop, waiting):
    set_locked(laptop, True)
    assert laptop.get(STATUS).json() == {"account": ""}
    answer = waiting.send(laptop)
    assert answer["Offline-Next"].startswith("/km/counter/lock/")
    assert "Offline-Outcome" not in answer.headers
    assert not OfflineItem.objects.exists()
    set_locked(laptop, False)
    assert waiting.send(laptop)["Offline-Outcome"] == "applied"


def test_the_next_official_neither_sends_nor_sees_it(laptop, waiting, other_clerk):
    """Also not what came already and waits for the first one."""
    other = official_client(other_clerk)
    assert waiting.send(other)["Offline-Outcome"] == "another"
    end_open_assisted_session(official=waiting.official, end="closed")
    late = Item(waiting.official, "/km/my/changes/address/address/", {"address": "ផ្ទះលេខ ៧៧"}, waiting.shown)
    assert late.send(laptop)["Offline-Outcome"] == "needs_you"
    assert "ផ្ទះលេខ ៧៧" in laptop.get("/km/offline/").content.decode()
    assert "ផ្ទះលេខ ៧៧" not in other.get("/km/offline/").content.decode()
    other.post("/km/offline/settle/", {"item": late.key})
    assert OfflineItem.objects.get(pk=late.key).typed


def test_of_a_closed_account_nothing_is_sent(laptop, waiting, commune_clerk):
    User.objects.filter(pk=commune_clerk.pk).update(is_active=False)
    assert laptop.get(STATUS).json() == {"account": ""}
    answer = waiting.send(laptop)
    assert answer["Offline-Next"].startswith("/km/sign-in/")
    assert not OfflineItem.objects.exists()
    assert not Draft.objects.exists()


def test_who_was_moved_to_another_commune_sends_nothing_of_the_old_one(laptop, waiting, commune_clerk, sokha):
    """What was typed is on their own list, and changes nothing of people who are not theirs any more."""
    end_open_assisted_session(official=commune_clerk, end="closed")
    User.objects.filter(pk=commune_clerk.pk).update(area_code="0201")
    shown = {**waiting.shown}
    late = Item(commune_clerk, "/km/my/changes/address/address/", {"address": "ផ្ទះលេខ ៧៧"}, shown)
    assert late.send(laptop)["Offline-Outcome"] == "needs_you"
    assert [one.pk.hex for one in services.waiting_for(commune_clerk)] == [late.key.replace("-", "")]


def test_what_nobody_comes_back_for_is_deleted_after_a_month(laptop, waiting, commune_clerk):
    end_open_assisted_session(official=commune_clerk, end="closed")
    Item(commune_clerk, "/km/my/changes/address/address/", {"address": "x"}, waiting.shown).send(laptop)
    User.objects.filter(pk=commune_clerk.pk).update(is_active=False)
    assert purge() == 0
    OfflineItem.objects.update(received_at=timezone.now() - services.RETENTION - timedelta(hours=1))
    assert purge() == 1
