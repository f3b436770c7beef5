"""Whatever one network requests within an hour, strangers in all others are still served."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.notifications import budget, checks, delivery, rate_limits
from dsp_platform.notifications.models import CODES, Message, MessageKind, Tier, Window
from dsp_platform.web.origin import Origin

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 10, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
PURPOSE = {MessageKind.CODE: Purpose.SIGN_IN, MessageKind.CONFIRM: Purpose.CONTACT}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def network(monkeypatch):
    def of(name: str) -> None:
        who = Origin(network=name.encode() * 16, account=None)
        monkeypatch.setattr(rate_limits.origin, "current", lambda: who)

    return of


def flood(kind: MessageKind) -> None:
    """By strangers with a number each, by a list of numbers with an account, and by known browsers."""
    for tier in Tier:
        for count in range(100):
            send(kind, tier, count)


def send(kind: MessageKind, tier: Tier, count: int) -> Message:
    challenge = codes.PhoneChallenge.objects.create(
        phone=f"+85592{place(tier)}{count:05}", purpose=PURPOSE[kind], nonce=b"1", browser_digest=b"1",
        expires_at=NOON.replace(hour=23),
    )  # fmt: skip
    return codes.notifications.send(
        kind=kind, tier=tier, unproved=False, phone=challenge.phone, language="en", template=codes.TEXT,
        params={"challenge": str(challenge.pk)}, expires_at=challenge.expires_at,
    )  # fmt: skip


def place(tier: Tier) -> int:
    return 1 + list(Tier).index(tier)


@pytest.mark.parametrize("kind", CODES)
def test_strangers_elsewhere_get_their_codes_after_any_flood_of_one_network(tenth, network, kind, outbox):
    network("h")
    flood(kind)
    while delivery.sweep():
        pass
    spent = len(outbox)
    assert 0 < spent < budget.limit(kind, Window.HOUR) * (100 - tenth.SMS_CODE_RESERVE) // 100
    network("a")
    message = send(kind, Tier.OPEN, 999)
    delivery.sweep()
    message.refresh_from_db()
    assert message.state == "sent"


def test_the_settings_of_the_house_keep_it_so():
    assert checks.no_network_uses_up_the_budget(None) == []


@pytest.mark.parametrize(("hour", "day"), [(2_000, 3_000), (600, 20_000)])
def test_settings_that_let_one_network_spend_it_all_are_told(settings, hour, day):
    settings.SMS_NETWORK_CODES = {"hour": hour, "day": day}
    assert {one.id for one in checks.no_network_uses_up_the_budget(None)} == {"dspp.W021"}
