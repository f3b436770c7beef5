"""What anonymous visitors may post writes nothing, or is rate limited: checked for every URL.

A new page that writes rows without an account needs a rate limit and a row in ``BRAKED``, or a reason in
``UNBRAKED``.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.uploads import limits as upload_limits
from grievances import limits, pins, services
from grievances.models import Grievance
from tests.grievances.test_pages import fill, pin_of, url
from tests.structure.test_access import addresses, expected
from tests.structure.test_posts import PLAUSIBLE

pytestmark = pytest.mark.django_db
# That many visitors of one network try, and then as many again.
MANY = 20
NOON = datetime(2026, 11, 23, 12, 10, tzinfo=ZoneInfo("Asia/Phnom_Penh"))


def count(tables: list[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f'SELECT count(*) FROM "{name}"' for name in tables))
        return sum(row[0] for row in cursor.fetchall())


def all_tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def stranger(number: int) -> Client:
    client = Client(REMOTE_ADDR=f"203.0.113.{number % 250}")
    client.get(reverse("accounts:sign_in"))
    return client


def answered(number: int) -> Grievance:
    steward = User.objects.create(username=f"steward{number}", role="steward", full_name="កែវ សុភា")
    return services.handle_grievance(
        grievance=told(number, phone="+85512000222"),
        step="resolve",
        actor=steward,
        expected_version=1,
        note="It came.",
    )


def phone(number: int) -> str:
    return f"092 1{number // 1000:02} {number % 1000:03}"


def told(number: int, phone: str = "+85512000111") -> Grievance:
    return services.report_grievance(
        actor=None,
        assisted_session=None,
        submission=uuid4(),
        details=services.Details(category="payment", text="It did not come.", phone=phone),
        language="km",
    )


def sign_in(number: int) -> None:
    stranger(number).post(reverse("accounts:sign_in"), {"phone": phone(number)})


def guess_code(number: int) -> None:
    client = stranger(number)
    client.post(reverse("accounts:sign_in"), {"phone": "092 100 100"})
    client.post(reverse("accounts:code"), {"code": "000000"})
    client.post(reverse("accounts:code"), {"resend": "1"})


def staff(name: str) -> Callable[[int], None]:
    def sign_in_as(number: int) -> None:
        typed = {"username": f"nobody{number}", "password": "wrong", "otp_token": "000000"}
        stranger(number).post(reverse(name), typed)

    return sign_in_as


def join(number: int) -> None:
    stranger(number).post(reverse("accounts:join"), {"code": f"ABCD-EFGH-{number:04}-JKLM-NPQR"})


def begin(number: int) -> None:
    stranger(number).post(url("report"), {"category": "payment"})


def report(number: int) -> None:
    fill(stranger(number))


def guess_pin(number: int) -> None:
    stranger(number).post(url("follow"), {"reference": f"G-{number:04}-0000", "pin": "000000000000"})


def add_words(number: int) -> None:
    found = Grievance.objects.filter(phone="+85512000111").first() or told(number)
    client = stranger(number)
    client.post(url("follow"), {"reference": found.reference, "pin": pin_of(found)})
    client.post(url("grievance", found.reference), {"words": f"more {number}"})


def rate(number: int) -> None:
    """The same report by everybody, as one of them may have told the PIN."""
    found = Grievance.objects.filter(phone="+85512000222").first() or answered(number)
    client = stranger(number)
    client.post(url("follow"), {"reference": found.reference, "pin": pin_of(found)})
    client.post(url("rate", found.reference), {"satisfaction": ("no", "solved")[number % 2]})


def look_again(number: int) -> None:
    """Once a report, whoever tries."""
    found = Grievance.objects.filter(phone="+85512000222").first() or answered(number)
    client = stranger(number)
    client.post(url("follow"), {"reference": found.reference, "pin": pin_of(found)})
    client.post(url("look_again", found.reference), {"words": f"more {number}"})


def send_file(number: int) -> None:
    found = Grievance.objects.filter(phone="+85512000333").first() or told(number, phone="+85512000333")
    client = stranger(number)
    client.post(url("follow"), {"reference": found.reference, "pin": pin_of(found)})
    sent = SimpleUploadedFile("a.amr", b"#!AMR\n" + number.to_bytes(4))
    client.post(url("files", found.reference), {"files": sent})


def confirm(number: int) -> None:
    client = stranger(number)
    if fill(client, contact={"phone": phone(number)}).status_code == 302:
        found = Grievance.objects.latest("pk")
        client.post(url("confirm_phone", found.reference))
        client.post(url("confirm_phone_code", found.reference), {"code": "000000"})


# What the rate limit protects: every row but sessions, which are deleted after 12 hours; or the messages
# sent. Rows for codes beyond the limit, written so that no page reveals it, are deleted after two days.
BRAKED: dict[str, tuple[Callable[[int], None], str]] = {
    "accounts:sign_in": (sign_in, "texts"),
    "accounts:code": (guess_code, "texts"),
    "accounts:counter_sign_in": (staff("accounts:counter_sign_in"), "rows"),
    "accounts:join": (join, "rows"),
    "admin:login": (staff("admin:login"), "rows"),
    "grievances:report": (begin, "rows and sessions"),
    "grievances:report_question": (report, "rows and sessions"),
    "grievances:follow": (guess_pin, "rows"),
    "grievances:grievance": (add_words, "rows"),
    "grievances:rate": (rate, "rows"),
    "grievances:look_again": (look_again, "rows"),
    "grievances:files": (send_file, "rows"),
    "grievances:confirm_phone": (confirm, "texts"),
    "grievances:confirm_phone_code": (confirm, "texts"),
}
UNBRAKED = {
    "accounts:passkey_sign_in": "a session of some hundred bytes, dropped after 12 hours",
    "accounts:join_set_up": "opens with the code of an invitation alone, and guesses at it are braked",
    "receipts:receive": "opens with the gateway's secret, and changes what is there alone",
}


def texts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notifications_message WHERE state = 'due'")
        return int(cursor.fetchone()[0])


def rows(left_out: tuple[str, ...]) -> int:
    return count([name for name in all_tables() if name not in left_out])


MEASURES: dict[str, Callable[[], int]] = {
    "texts": texts,
    "rows": lambda: rows(("django_session",)),
    "rows and sessions": lambda: rows(()),
}


@pytest.fixture
def low(monkeypatch, settings, tmp_path):
    """Limits that a test reaches, within one hour of the clock."""
    with time_machine.travel(NOON, tick=False):
        _lower(monkeypatch, settings, tmp_path)
        yield


def _lower(monkeypatch, settings, tmp_path):
    # For codes that confirm another number the limit is a twentieth.
    settings.SMS_NETWORK_CODES = {"hour": 20, "day": 20}
    settings.SMS_NETWORK_UNPROVED = {"hour": 100, "day": 100}
    monkeypatch.setattr(throttle, "NETWORK_FAILURES", 8)
    monkeypatch.setattr(pins, "FREE_FAILURES_OF_NETWORK", 8)
    settings.UPLOADS_FOLDER = str(tmp_path)
    monkeypatch.setattr(upload_limits, "OF_NETWORK", {"hour": 8, "day": 8})
    for name in ("NETWORK", "DRAFTS"):
        monkeypatch.setattr(limits, name, {"hour": 8, "day": 8})


@pytest.mark.parametrize("name", BRAKED)
def test_of_what_strangers_write_there_is_an_end(name, areas, operators, low):
    act, what = BRAKED[name]
    before = MEASURES[what]()
    for number in range(MANY):
        act(number)
    reached = MEASURES[what]()
    assert reached > before, "the test does not do what it is for"
    for number in range(MANY, 2 * MANY):
        act(number)
    assert MEASURES[what]() == reached


def test_every_other_page_that_is_open_to_strangers_writes_nothing(browsers, house):
    """Not even a session."""
    tables, wrong = all_tables(), []
    for name, path in addresses(house).items():
        outcome = (expected(name) or ["unknown"])[0]
        if outcome == "door" or name in BRAKED or name in UNBRAKED:
            continue
        client = Client()
        client.raise_request_exception = False
        before = count(tables)
        answer = client.post(path, PLAUSIBLE)
        if count(tables) != before or answer.status_code >= 500:
            wrong.append(f"{name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_what_is_behind_a_door_stays_there(browsers, house):
    tables, wrong = all_tables(), []
    for name, path in addresses(house).items():
        if (expected(name) or ["unknown"])[0] != "door":
            continue
        before = count(tables)
        Client().post(path, PLAUSIBLE)
        if count(tables) != before:
            wrong.append(name)
    assert not wrong


def test_the_tables_name_addresses_that_exist(browsers, house):
    assert {*BRAKED, *UNBRAKED} <= set(addresses(house))
