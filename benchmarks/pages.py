"""The ten main pages against a bare Django view: the same process, middleware, connection and minutes.

The server is started as `make run` starts it. Rounds alternate between the bare view and the page, and the
median of the rounds' ratios counts, because machines are noisy. ``--size`` is the number of rounds.

There are two references, as the same view is asked by two visitors. ``share_of_bare`` is of the bare view
without a session. ``share_of_bare_signed_in``, of signed-in pages only, is of the same view for the same
visitor, whose session and account are read from the database as for every page. Aimed at: 0.5 of bare
signed out, 0.2 signed in.
"""

import statistics
import subprocess
import sys
from contextlib import suppress
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from applications import services as applications
from applications.models import Application
from benchmarks._server import server
from dsp_platform.accounts.models import User
from registry.models import Person, Programme
from registry.persons.households import household_of
from registry.programmes.availability import takes_applications_on

SIZE = 5
SECONDS = 1.0
BARE = "/km/bare/"
SIGNED_OUT = {
    "home": ("registry:home", {}),
    "programmes": ("registry:programmes", {}),
    "programme": ("registry:programme", {"code": None}),
    "sign_in": ("accounts:sign_in", {}),
    "help": ("help:index", {}),
}
SIGNED_IN = {
    "my_page": ("registry:me", {}),
    "my_data": ("registry:my_data", {}),
    "application": ("applications:application", {"reference": None}),
    "changes": ("registry:changes", {}),
    "account": ("accounts:account", {}),
}


def run(size: int) -> dict[str, Any]:
    call_command("prepare", verbosity=0, stdout=StringIO())
    citizen = User.objects.filter(role="citizen").exclude(person=None).earliest("pk")
    application = _application(citizen)
    browser = Client(HTTP_HOST="127.0.0.1")
    browser.force_login(citizen, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    known = {"code": application.programme.code, "reference": application.reference}
    figures: dict[str, Any] = {}
    with server({"DJANGO_SETTINGS_MODULE": "benchmarks._pages_settings"}) as address:
        bare = _rate(address, BARE, "")
        figures["bare_per_second"], figures["bare_signed_in_per_second"] = bare, _rate(address, BARE, cookie)
        for name, path in _paths(SIGNED_OUT, known).items():
            figures |= _page(address, name, path, "", size, Client(HTTP_HOST="127.0.0.1"))
        for name, path in _paths(SIGNED_IN, known).items():
            figures |= _page(address, name, path, cookie, size, browser)
    return figures


def _application(citizen: User) -> Application:
    """One that waits: of anybody in the household, for a programme that takes applications."""
    person: Person = citizen.person  # type: ignore[attr-defined]
    household = household_of(person)
    found = Application.objects.filter(person__memberships__household=household).first()
    taking = Programme.objects.filter(takes_applications_on(timezone.localdate()))
    programme = taking.exclude(enrolments__person=person)
    return found or applications.submit_application(
        actor=citizen, assisted_session=None, person=person, programme=programme.earliest("pk"), consent=True
    )


def _paths(pages: dict[str, tuple[str, dict[str, Any]]], known: dict[str, str]) -> dict[str, str]:
    """Those that exist."""
    found = {}
    for name, (view, needs) in pages.items():
        with suppress(NoReverseMatch):
            found[name] = reverse(view, kwargs={key: known[key] for key in needs})
    return found


def _page(address: str, name: str, path: str, cookie: str, rounds: int, browser: Client) -> dict[str, Any]:
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    _rate(address, path, cookie, 0.5)  # warm up
    rates = [
        [_rate(address, *one) for one in ((BARE, ""), (BARE, cookie), (path, cookie))] for _ in range(rounds)
    ]
    figures = {
        f"{name}_per_second": statistics.median(page for *_bare, page in rates),
        f"{name}_share_of_bare": statistics.median(page / bare for bare, _same, page in rates),
    }
    if cookie:
        shares = (page / same for _bare, same, page in rates)
        figures[f"{name}_share_of_bare_signed_in"] = statistics.median(shares)
    return {**figures, f"{name}_queries": len(queries)}


def _rate(address: str, path: str, cookie: str, share: float = 1) -> float:
    client = [sys.executable, "-m", "benchmarks._pages_client", address, path, cookie, str(share * SECONDS)]
    return float(subprocess.run(client, capture_output=True, text=True, check=True).stdout)
