"""The message budget: it stops a flood, exempts decisions, alerts a steward, and renews by itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction

from dsp_platform.audit.models import AuditEvent
from dsp_platform.notifications import budget, delivery, services
from dsp_platform.notifications.models import Budget, Message
from dsp_platform.notifications.providers import PROVIDERS, fake
from dsp_platform.notifications.providers.contract import Unreachable
from tests.notifications.test_failover import CODE
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 10, tzinfo=ZoneInfo("Asia/Phnom_Penh"))


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def few(settings, outbox):
    settings.SMS_BUDGET = {
        ("code", "hour"): 2, ("code", "day"): 100, ("other", "hour"): 3, ("other", "day"): 4,
    }  # fmt: skip


def reasons() -> list[str]:
    return [f"{m.state} {m.reason}".strip() for m in Message.objects.order_by("pk")]


def test_beyond_the_hour_messages_wait_for_the_next(few, clock, outbox, write):
    for _ in range(5):
        write()
    delivery.sweep()
    assert reasons() == ["sent"] * 3 + ["due budget"] * 2
    clock.shift(timedelta(minutes=49))
    assert delivery.sweep() == 0
    clock.shift(timedelta(minutes=2))
    delivery.sweep()
    # Now the daily budget is exhausted.
    assert reasons() == ["sent"] * 4 + ["due budget"]
    clock.shift(timedelta(hours=11))
    delivery.sweep()
    assert reasons() == ["sent"] * 5


def test_a_flood_of_codes_stops_no_decision_and_codes_expire_as_ever(few, clock, outbox, write):
    for _ in range(6):
        write("code", template=CODE, expires_at=NOON + timedelta(minutes=10))
    write("decision")
    delivery.sweep()
    assert [text for _, text in outbox] == ["code", "code", "decision"]
    clock.shift(timedelta(minutes=11))
    delivery.sweep()
    assert reasons()[:6] == ["sent"] * 2 + ["expired expired"] * 4


def test_waiting_for_the_budget_is_no_attempt(few, clock, outbox, write):
    for _ in range(4):
        write()
    for _ in range(40):
        delivery.sweep()
    assert Message.objects.get(state="due").attempts == 0


def test_a_provider_that_is_down_does_not_use_up_the_budget(few, clock, settings, write):
    settings.SMS_PROVIDER = "fake_crashes"
    write()
    for _ in range(10):
        clock.shift(timedelta(minutes=3))
        delivery.sweep()
    assert {row.count for row in Budget.objects.filter(starts_at__hour=12)} <= {1}


def test_it_is_told_once_in_the_log(few, clock, write, caplog):
    for _ in range(8):
        write()
    delivery.sweep()
    delivery.sweep()
    assert caplog.text.count("budget of other per hour is used up") == 1


def test_a_steward_sees_it_on_every_page_and_allows_more(few, clock, outbox, write, steward):
    staff_client = browser(steward)
    staff_client.get("/en/admin/")
    for _ in range(4):
        write()
    assert "budget is used up" not in staff_client.get("/en/admin/").content.decode()
    delivery.sweep()
    assert "budget is used up" in staff_client.get("/en/admin/").content.decode()
    row = Budget.objects.get(kind="other", window="hour")
    address = "/en/admin/notifications/budget/"
    shown = staff_client.get(address).context["shown"]
    assert all(f'name="shown" value="{one}"' in staff_client.get(address).content.decode() for one in shown)
    chosen = {"action": "allow_more", "_selected_action": [row.pk]}
    staff_client.post(address, chosen)  # a form without the figures allows nothing
    answer = staff_client.post(address, {**chosen, "shown": shown}, follow=True)
    staff_client.post(address, {**chosen, "shown": shown})  # nor does a second click
    row.refresh_from_db()
    assert row.extra == budget.limit("other", "hour")
    assert "budget is used up" not in answer.content.decode()
    assert AuditEvent.objects.get(action="allow_messages").actor == steward
    delivery.sweep()
    assert reasons() == ["sent"] * 4


def test_a_reviewer_learns_nothing_of_it(few, clock, write, nssf_reviewer):
    for _ in range(4):
        write()
    delivery.sweep()
    assert "budget is used up" not in browser(nssf_reviewer).get("/en/admin/").content.decode()


def test_the_page_is_the_same_when_the_budget_is_used_up(few, clock, client, settings, sokha, outbox):
    pages = []
    for phone in ("012 345 678", "012 345 679", "012 345 677", "012 345 676"):
        client.cookies.clear()
        page = client.post("/en/sign-in/", {"phone": phone}, follow=True)
        delivery.sweep()
        pages.append((page.status_code, page.redirect_chain, len(page.context["form"].fields)))
    assert len(outbox) == 2
    assert len({str(page) for page in pages}) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_never_pass_the_limit(settings, outbox, write):
    settings.SMS_BUDGET = {
        ("code", "hour"): 1, ("code", "day"): 1, ("other", "hour"): 7, ("other", "day"): 100,
    }  # fmt: skip
    with time_machine.travel(NOON):
        for number in range(20):
            write(f"hello {number}")

        def work(_):
            try:
                return delivery.sweep()
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(work, range(3)))
    assert len(outbox) == 7
    assert Budget.objects.get(kind="other", window="hour").count == 7


def test_counting_reads_two_rows_and_never_the_messages(few, clock, django_assert_num_queries):
    with transaction.atomic():
        budget_rows = [budget.take("other", NOON)]  # makes the rows
        with django_assert_num_queries(2):
            budget_rows.append(budget.take("other", NOON))
    assert budget_rows == [None, None]


def test_a_steward_sends_again_what_failed_but_no_code(clock, outbox, write, steward, settings, monkeypatch):
    settings.SMS_PROVIDER = "fake_refuses"
    write()
    write("code", template=CODE)
    delivery.sweep()
    assert services.retry_failed(messages=Message.objects.all(), actor=steward) == 1
    settings.SMS_PROVIDER = "fake_accepts"
    delivery.sweep()
    assert [text for _, text in outbox] == ["hello"]
    assert AuditEvent.objects.filter(action="retry_message").count() == 1


def test_what_was_held_by_a_worker_that_died_is_counted_again(few, clock, outbox, write, monkeypatch):
    class Dies(fake.Accepts):
        name = "dies"

        def send(self, phone, text):
            raise Unreachable

    monkeypatch.setitem(PROVIDERS, "dies", Dies)
    message = write()
    Message.objects.filter(pk=message.pk).update(
        leased_until=NOON - timedelta(seconds=1), counted=True, attempts=1
    )
    delivery.sweep()
    assert Budget.objects.get(kind="other", window="hour").count == 1
