"""Limits by network and account, seen from the pages: strangers are stopped, citizens are not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.accounts.phones import known_browsers
from dsp_platform.notifications import delivery, rate_limits
from dsp_platform.notifications.models import Budget, Message, RateCounter

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 10, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
HOME, AWAY = "203.0.113.7", "198.51.100.7"
FLOOD = 16  # more than either of the small limits
SOKHA = "012 345 678"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def limits(settings):
    """Small limits: 10 codes an hour for a network, and 5 numbers that are not verified."""
    settings.SMS_NETWORK_CODES = {"hour": 10, "day": 100}
    settings.SMS_NETWORK_UNPROVED = {"hour": 5, "day": 50}
    return settings


def number(count: int) -> str:
    return f"092 {count // 1000 + 100} {count % 1000:03}"


def ask(typed: str, address: str = HOME, client: Client | None = None) -> Client:
    client = client or Client()
    client.defaults["REMOTE_ADDR"] = address
    assert client.post("/en/sign-in/", {"phone": typed}).status_code == 302
    return client


def answer(client: Client):
    challenge = PhoneChallenge.objects.get(pk=client.session["sign_in"]["challenge"])
    return client.post("/en/sign-in/code/", {"code": codes.code_of(challenge)})


def code_page(client: Client) -> str:
    return client.get("/en/sign-in/code/").content.decode()


def left() -> int:
    """Messages that are going to be sent."""
    return Message.objects.filter(state="due").count()


def test_strangers_of_one_network_are_stopped_and_the_page_says_so(clock, limits):
    clients = [ask(number(count), f"203.0.113.{count}") for count in range(FLOOD)]
    assert left() == 5
    assert "If none comes, try again after 13:00" in code_page(clients[-1])
    assert Message.objects.filter(state="failed", reason="origin").count() == FLOOD - 5
    clock.shift(timedelta(hours=1))
    ask(number(99))
    assert left() == 6


def test_another_network_is_served_as_ever(clock, limits):
    for count in range(FLOOD):
        ask(number(count))
    client = ask(number(99), AWAY)
    assert Message.objects.latest("pk").state == "due"
    assert "try again after" not in code_page(client)


def test_a_flood_of_one_address_takes_little_of_the_nations_codes(clock, tenth, outbox):
    """A tenth of 330 requests; 4,800 once exhausted the hour of production."""
    for count in range(33):
        ask(number(count))
    assert left() == 30
    assert left() * 10 < tenth.SMS_BUDGET["code", "hour"]


def test_a_commune_behind_one_address_signs_in(clock, tenth, outbox):
    """A tenth of 300 people within an hour, who all ask before the first has typed a code; every third asks
    twice.
    """
    clients = [ask(number(count)) for count in range(30)]
    clock.shift(timedelta(seconds=61))
    for client in clients[::3]:
        client.post("/en/sign-in/code/", {"resend": "1"})
    assert left() == 40
    for client in clients:
        answer(client)
    assert User.objects.count() == 30
    clock.shift(timedelta(minutes=5))
    answer(ask(number(31)))
    assert User.objects.count() == 31


def test_who_confirms_is_counted_no_more(clock, limits):
    for count in range(10):
        answer(ask(number(count)))
    assert set(RateCounter.objects.filter(scope="code").values_list("unproved", flat=True)) == {0}
    assert left() == 10


def test_one_number_asked_again_and_again_is_one_number(clock, limits):
    for _ in range(3):
        ask(number(1))
        clock.shift(timedelta(seconds=61))
    assert set(RateCounter.objects.filter(scope="code").values_list("unproved", "count")) == {(1, 3)}


def test_a_known_browser_gets_its_code_in_a_flooded_network(clock, limits):
    client = ask(SOKHA)
    answer(client)
    clock.shift(timedelta(minutes=2))
    for count in range(FLOOD):
        ask(number(count))
    known = Client()
    known.cookies[known_browsers.COOKIE] = client.cookies[known_browsers.COOKIE].value
    ask(SOKHA, client=known)
    assert Message.objects.latest("pk").state == "due"
    assert "try again after" not in code_page(known)


def test_the_cookie_speaks_for_its_own_number_only_and_is_not_believed_when_forged(clock, limits):
    client = ask(number(1))
    answer(client)
    for count in range(2, FLOOD):
        ask(number(count))
    cookie = client.cookies[known_browsers.COOKIE].value
    for typed, value in ((number(98), cookie), (number(99), f"{cookie}x")):
        stranger = Client()
        stranger.cookies[known_browsers.COOKIE] = value
        ask(typed, client=stranger)
        assert Message.objects.latest("pk").tier == "open"
        assert Message.objects.latest("pk").state == "failed"


def test_a_number_with_an_account_gets_its_code_in_a_flooded_network_and_no_page_tells(clock, limits, sokha):
    for count in range(FLOOD):
        ask(number(count))
    pages = {}
    for typed in (SOKHA, number(99)):
        page = code_page(ask(typed))
        pages[typed] = page.replace(typed, "").partition("<main")[2].partition("csrfmiddlewaretoken")[0]
        assert "If none comes, try again after 13:00" in page
    assert pages[SOKHA] == pages[number(99)]
    assert Message.objects.get(phone=sokha.phone).state == "due"
    assert Message.objects.get(phone="+85592100099").state == "failed"


def test_what_a_page_shows_moves_alike_for_both_kinds_of_number(clock, limits):
    """Reaching the limit does not reveal who has an account."""
    for count in range(FLOOD):
        User.objects.create_citizen(phone=f"+85592200{count:03}")
    seen = {}
    for address, first in ((HOME, 0), (AWAY, 100_000)):
        shown = ["try again after" in code_page(ask(number(first + n), address)) for n in range(10)]
        seen[address] = shown
    assert number(100_000) == "092 200 000"
    assert seen[HOME] == seen[AWAY]
    assert seen[HOME] == [False] * 5 + [True] * 5


def test_both_kinds_of_number_cost_the_same_queries(clock, limits, sokha):
    def cost(typed: str) -> list[int]:
        client = Client()
        client.get("/en/sign-in/")
        with CaptureQueriesContext(
            connection,
        ) as requested:
            ask(typed, client=client)
        with CaptureQueriesContext(connection) as shown:
            code_page(client)
        assert not any("COUNT(" in one["sql"] for one in [*requested, *shown])
        return [len(requested), len(shown)]

    cost(number(0))
    before = cost(SOKHA), cost(number(1))
    assert before[0] == before[1]
    for count in range(2, FLOOD):
        ask(number(count))
    User.objects.create_citizen(phone="+85592100777")
    assert cost(number(777)) == cost(number(778)) == before[0]


def test_the_reserve_is_for_accounts_and_known_browsers(clock, settings, outbox, sokha):
    settings.SMS_BUDGET = {**settings.SMS_BUDGET, ("code", "hour"): 10}
    known = ask(SOKHA)
    delivery.sweep()
    answer(known)
    for count in range(8):
        ask(number(count))
    delivery.sweep()
    assert len(outbox) == 6
    client = ask(number(99))
    assert "If none comes, try again after 13:00" in code_page(client)
    clock.shift(timedelta(minutes=2))
    for count in range(3):
        phone = f"+8559230000{count}"
        User.objects.create_citizen(phone=phone)
        ask(phone)
    delivery.sweep()
    assert [phone for phone, _ in outbox[6:]] == ["+85592300000", "+85592300001"]
    again = Client()
    again.cookies[known_browsers.COOKIE] = known.cookies[known_browsers.COOKIE].value
    ask(SOKHA, client=again)
    assert "try again after" not in code_page(again)
    delivery.sweep()
    assert outbox[-1][0] == sokha.phone
    assert Budget.objects.get(kind="code", window="hour").count == 9


def test_when_nothing_can_be_sent_the_page_says_so_at_once(clock, settings, outbox, sokha):
    settings.SMS_BUDGET = {**settings.SMS_BUDGET, ("code", "hour"): 1}
    settings.SMS_CODE_RESERVE = 0
    ask(number(1))
    delivery.sweep()
    for typed in (SOKHA, number(2)):
        client = ask(typed)
        assert "No text message can be sent now. Try again after 13:00." in code_page(client)
        assert "commune or sangkat office" in code_page(client)


def test_with_no_provider_the_page_says_so(clock, settings):
    settings.SMS_PROVIDER = "fake_crashes"
    client = ask(number(1))
    for _ in range(6):
        delivery.sweep()
        clock.shift(timedelta(seconds=40))
    delivery.sweep()
    assert "No text message can be sent now" in code_page(client)
    assert (
        "We sent you a code again"
        not in client.post("/en/sign-in/code/", {"resend": "1"}, follow=True).content.decode()
    )


def test_with_no_worker_the_page_says_so(clock):
    client = ask(number(1))
    assert "No text message" not in code_page(client)
    clock.shift(timedelta(minutes=3))
    assert "No text message can be sent now. Try again after 12:18." in code_page(client)


@pytest.mark.parametrize(
    ("header", "networks"),
    [("198.51.100.{n}, 203.0.113.9", 1), ("203.0.113.9", 1)],
)
def test_an_invented_address_is_no_other_network(clock, settings, header, networks):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for count in range(3):
        client = Client(headers={"x-forwarded-for": header.format(n=count), "x-forwarded-proto": "https"})
        ask(number(count), client=client)
    assert RateCounter.objects.values("source").distinct().count() == networks


def test_without_a_proxy_the_header_is_not_read(clock):
    for count in range(3):
        ask(number(count), client=Client(headers={"x-forwarded-for": f"198.51.{count}.9"}))
    assert RateCounter.objects.values("source").distinct().count() == 1


def test_no_address_and_no_number_is_kept_with_what_is_counted(clock):
    ask(number(1))
    row = str(list(RateCounter.objects.values()))
    assert "203.0.113" not in row
    assert "92100001" not in row


def test_many_codes_from_one_network_are_told_in_the_log(clock, monkeypatch, caplog):
    monkeypatch.setattr(rate_limits, "ALERT_EVERY", 3)
    for count in range(4):
        ask(number(count))
    logged = [record.getMessage() for record in caplog.records if record.name == rate_limits.__name__]
    assert logged == ["one network asked for 3 codes (code) within an hour"]


def test_what_no_code_is_leaves_later_so_much_an_hour(clock, settings, write, rf, sokha, monkeypatch):
    settings.SMS_BUDGET = {**settings.SMS_BUDGET, ("other", "hour"): 10, ("other", "day"): 1000}
    origin = rate_limits.Origin(network=b"n" * 32, account=None)
    monkeypatch.setattr(rate_limits.origin, "current", lambda: origin)
    for _ in range(5):
        write()
    hours = [
        one.not_before.astimezone(NOON.tzinfo).strftime("%H:%M") for one in Message.objects.order_by("pk")
    ]
    assert hours == ["12:10", "12:10", "13:00", "13:00", "14:00"]
    assert set(Message.objects.values_list("state", flat=True)) == {"due"}


def test_what_a_worker_or_command_writes_is_counted_against_nobody(write):
    write()
    assert not RateCounter.objects.exists()


def test_rows_that_count_no_more_are_forgotten(clock):
    ask(number(1))
    clock.shift(timedelta(days=4))
    rate_limits.purge()
    assert not RateCounter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_at_once_no_network_passes_its_limit_and_nobody_waits_for_ever(settings):
    settings.SMS_NETWORK_CODES = {"hour": 20, "day": 20}
    settings.SMS_NETWORK_UNPROVED = {"hour": 100, "day": 100}

    def sign_in(count: int) -> int:
        try:
            return answer(ask(number(count))).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(sign_in, range(32))) == {302}
    assert left() == 20
    assert set(RateCounter.objects.filter(scope="code").values_list("count", "unproved")) == {(32, 0)}
