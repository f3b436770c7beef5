"""Sign-ins at the same time: none waits in a thread for another, and what is not verified is not counted."""

import inspect
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client

from dsp_platform.accounts.models import SignInFailure
from dsp_platform.accounts.staff_sign_in import proof, throttle, verifications
from dsp_platform.audit.models import AuditEvent
from dsp_platform.webserver.server import web_command
from tests.conftest import PASSWORD
from tests.stack import Answer, Browser, Web, wait_for

DOORS = ("/en/counter/sign-in/", "/en/admin/login/")
BUSY = "Too many passwords are being checked"
WRONG = "The user name, the password or the code is not right"
# Every verification waits until the test lets it go on.
GATED = """
import os, time
from pathlib import Path
from uuid import uuid4

from dsp_platform.wsgi import application
from dsp_platform.accounts.staff_sign_in import proof

folder, authenticate = Path(__file__).parent, proof.authenticate

def gated(*given, **named):
    (folder / f"{uuid4()}.begun").touch()
    while not (folder / "open").exists():
        time.sleep(0.05)
    return authenticate(*given, **named)

proof.authenticate = gated
"""


class GatedWeb(Web):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "web.log", PYTHONPATH=str(folder))
        self.folder = folder
        (folder / "gated.py").write_text(GATED)
        self.command[self.command.index("dsp_platform.wsgi")] = "gated:application"

    def in_progress(self) -> int:
        return len(list(self.folder.glob("*.begun")))

    def open(self) -> None:
        (self.folder / "open").touch()


@pytest.fixture
def web(transactional_db, tmp_path: Path) -> Iterator[GatedWeb]:
    web = GatedWeb(tmp_path)
    web.start()
    yield web
    web.open()
    web.stop()


@pytest.fixture
def begin(web) -> Iterator[Callable[..., "Future[Answer]"]]:
    """``begin(name, address)``: a sign-in that goes on while the test does."""
    with ThreadPoolExecutor(40) as pool:

        def start(name: str, address: str, *, cookies: dict[str, str] | None = None, token: str = "000000"):
            browser = Browser(web, cookies, address=address)
            browser.get(DOORS[0])
            typed = {"username": name, "password": PASSWORD, "otp_token": token}
            return pool.submit(browser.post, DOORS[0], typed)

        yield start
        web.open()  # however the test ends


def known_browser(user, signing) -> dict[str, str]:
    """Its cookies."""
    client = Client()
    typed = {"username": user.username, "password": PASSWORD, "otp_token": signing.token(1)}
    client.post(DOORS[0], typed)
    return {throttle.COOKIE: client.cookies[throttle.COOKIE].value}


def without(page: str, name: str) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value)="[^"]*"', r"\1", page.replace(name, ""))


def page(sign_in: "Future[Answer]") -> str:
    return sign_in.result(timeout=30).content.decode()


def test_no_sign_in_waits_in_a_thread_for_another(web, begin, commune_clerk, signing):
    signing.give_device(commune_clerk)
    cookies = known_browser(commune_clerk, signing)

    # One network, and two names. All are answered but the one that is verified.
    strangers = [begin(f"nobody{number % 2}", "127.0.1.5") for number in range(24)]
    wait_for(lambda: sum(one.done() for one in strangers) == 23)
    assert web.in_progress() == 1
    assert all(BUSY in page(one) for one in strangers if one.done())

    # The other slot is not for the same name, nor for the same network.
    (verified,) = (one for one in strangers if not one.done())
    for name in ("nobody0", "nobody1"):
        assert BUSY in page(begin(name, "127.0.1.99"))
    others = [begin(f"somebody{network}", f"127.0.{network}.5") for network in range(2, 8)]
    wait_for(lambda: sum(one.done() for one in others) == 5)
    assert web.in_progress() == verifications.STRANGERS_AT_A_TIME == 2

    # Strangers hold all that they can. Whoever signed in before in this browser is verified nevertheless.
    official = begin("clerk.banteay", "127.0.1.5", cookies=cookies, token=signing.token())
    wait_for(lambda: web.in_progress() == verifications.AT_A_TIME == 3)
    again = begin("clerk.banteay", "127.0.1.5", cookies=cookies, token=signing.token())
    assert BUSY in page(again)

    # Pages are answered while three are being verified.
    for path in ("/en/", DOORS[0], "/healthz"):
        assert Browser(web).get(path).status_code == 200
    assert not any(one.done() for one in (verified, official))

    web.open()
    wait([*strangers, *others, official], timeout=30)
    assert official.result().url == "/en/counter/"
    assert WRONG in page(verified)
    assert sum(WRONG in page(one) for one in others) == 1
    # Two for each failed try: for its name and for its network. Nothing that was not verified is counted.
    assert SignInFailure.objects.count() == 4
    assert AuditEvent.objects.filter(action="sign_in_failed").count() == 2


def test_a_known_and_an_unknown_name_are_each_verified_once_at_a_time(web, begin, commune_clerk, signing):
    signing.give_device(commune_clerk)
    names = ("clerk.banteay", "nobody")
    tries = [(name, begin(name, f"127.0.{network}.5")) for network in range(1, 7) for name in names]
    wait_for(lambda: sum(one.done() for _name, one in tries) == 10)
    assert web.in_progress() == 2
    told = {
        name: {without(page(one), name) for of, one in tries if of == name and one.done()} for name in names
    }
    assert told["clerk.banteay"] == told["nobody"]
    assert all(BUSY in said and "000000" in said for said in told["nobody"])
    web.open()
    assert [WRONG in page(one) for _name, one in tries].count(True) == 2
    assert SignInFailure.objects.filter(bucket=throttle.bucket_of(None, "nobody")).count() == 1
    assert SignInFailure.objects.filter(bucket=throttle.bucket_of(None, "clerk.banteay")).count() == 1


def test_pages_always_have_a_thread():
    threads = inspect.signature(web_command).parameters["threads"].default
    in_production = re.search(
        r"webserver\.server\.Worker .*--threads (\d+)", Path("docs/guides/production.md").read_text()
    )
    assert min(threads, int(in_production[1])) > verifications.AT_A_TIME


def test_a_slot_is_free_again_however_the_verification_ends(db, client, monkeypatch):
    def broken(*given, **named):
        raise OperationalError

    monkeypatch.setattr(proof, "authenticate", broken)
    for _ in range(2 * verifications.AT_A_TIME):
        with pytest.raises(OperationalError):
            client.post(DOORS[0], {"username": "nobody", "password": "x", "otp_token": "000000"})
    assert verifications._in_progress == []


def test_what_ends_in_an_error_before_it_was_verified_is_not_counted(db, client, monkeypatch):
    def too_late(*given):
        raise OperationalError

    monkeypatch.setattr(throttle, "take_turn", too_late)
    with pytest.raises(OperationalError):
        client.post(DOORS[0], {"username": "nobody", "password": "x", "otp_token": "000000"})
    assert not SignInFailure.objects.exists()


REFUSALS = [
    throttle.Busy(),
    throttle.NameMustWait(wait=timedelta(seconds=30)),
    throttle.NetworkLimitReached(wait=timedelta(minutes=30)),
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_whoever_must_wait_keeps_what_was_typed_but_the_password(db, client, monkeypatch, door, refusal):
    def refuse(*given):
        raise refusal

    monkeypatch.setattr(throttle, "take_turn", refuse)
    typed = {"username": "clerk.banteay", "password": "secret-of-mine", "otp_token": "918273"}
    page = client.post(door, typed).content.decode()
    assert str(refusal) in page
    assert "secret-of-mine" not in page
    fields = "".join(re.findall(r"<input[^>]*>", page))
    assert 'value="clerk.banteay"' in fields
    assert 'value="918273"' in fields


def test_it_is_said_in_khmer(db, client, monkeypatch):
    def busy(*given):
        raise throttle.Busy

    monkeypatch.setattr(throttle, "take_turn", busy)
    typed = {"username": "nobody", "password": "x", "otp_token": "000000"}
    said = client.post("/km/counter/sign-in/", typed).content.decode()
    assert "មានពាក្យសម្ងាត់ច្រើនពេក" in said


def test_tries_that_are_given_back_do_not_fill_the_audit(db):
    """At the last attempt of a network too."""
    bucket = throttle.network_digest(Client().get(DOORS[0]).wsgi_request)
    for _ in range(throttle.NETWORK_FAILURES - 1):
        SignInFailure.objects.create(bucket=bucket)
    for _ in range(3):
        with throttle.attempt(Client().get(DOORS[0]).wsgi_request, "nobody"):
            pass
    assert not AuditEvent.objects.filter(action="sign_in_budget_spent").exists()
    with throttle.attempt(Client().get(DOORS[0]).wsgi_request, "nobody") as attempt:
        attempt.failed = True
    assert AuditEvent.objects.filter(action="sign_in_budget_spent").count() == 1
