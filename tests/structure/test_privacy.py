"""Personal data is stored in the registry and nowhere else: not in logs, messages to workers, or the audit.

One household goes through the whole process at the counter with values that occur nowhere else; then
everything that was written is searched for them.
"""

import logging

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.db import DataError, connection, transaction
from django.db.models import TextField

from applications.models import Application
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.background import workers
from dsp_platform.exchange.delivery import drain
from dsp_platform.exchange.models import Agreement
from dsp_platform.monitoring.logs import LineFormatter
from dsp_platform.notifications import delivery
from grievances.models import Grievance
from registry.models import Draft, Household, Person
from tests.packages import DOMAINS
from tests.registry.pages import Family, asked_on, shown_on
from tests.roles import as_owner
from tests.structure.conftest import browser

NAME, GIVEN, LATIN = "ឃ្លោងឃ្លាំង", "ព្រីងខ្មៅ", "Zyxwvut"
PHONE, DOCUMENT, ADDRESS = "+85577713579", "987654321", "ក្បែរដើមឈើទាលធំ"
WORDS = "ខ្ញុំមិនទាន់បានប្រាក់ឧបត្ថម្ភ"
COUNTER = {
    "name": {"family_name": NAME, "given_name": GIVEN, "latin_family_name": LATIN},
    "document": {"document_type": "identity_card", "document_number": DOCUMENT},
    "phone": {"phone": PHONE},
    "place": {"village_code": "01020101", "address": ADDRESS},
    "consent": {"agree": "on", "operators": ["nssf"]},
}
# Where each may be stored in plain text. Searchable columns cannot be encrypted; all others are.
ALLOWED = {
    "registry_person": {NAME, GIVEN, LATIN, PHONE, "spid"},
    "registry_personevent": {NAME, GIVEN, LATIN, PHONE, "spid"},
    "registry_household": {ADDRESS},
    "registry_householdevent": {ADDRESS},
    "accounts_user": {PHONE},
    "accounts_phonechallenge": {PHONE},
    "accounts_phoneevent": {PHONE},
    "notifications_message": {PHONE},
    "grievances_grievance": {PHONE},
}


def _texts() -> list[tuple[str, str]]:
    """Every column that can hold text, bytes included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type"
            " IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY', 'character')"
        )
        return cursor.fetchall()


def _rows(table: str, column: str) -> str:
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name(column)} FROM {name(table)}")
        found = (value for (value,) in cursor.fetchall() if value is not None)
        return "\n".join(
            bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
            for value in found
        )


def _escaped(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _held(text: str, marker: str) -> bool:
    return marker in text or _escaped(marker) in text


@pytest.fixture
@as_owner()  # nobody else puts one in that is in force already
def sharing(operators, steward, second_steward):
    """A real delivery, which fails at a table that does not exist."""
    return Agreement.objects.create(
        operator=operators["nssf"], kind="person", fields=["spid", "full_name"], concerns="rule", rule="true",
        mapping={
            "table": "nowhere", "key": {"field": "spid", "column": "spid"}, "version": "version",
            "withdrawn": "withdrawn", "columns": {"full_name": "name"},
        },
        basis="consent", purpose_en="test", state="approved", valid_from="2026-01-01",
        drafted_by=steward, approved_by=second_steward,
    )  # fmt: skip


@pytest.fixture
def journey(areas, operators, sharing, programme, commune_clerk, settings, caplog):
    """Registered, applied for, reported and searched for at the counter; then signed in by phone."""
    settings.SMS_PROVIDER = "console"
    caplog.set_level(logging.DEBUG, logger="")
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    workers.close()
    laptop = browser(commune_clerk)
    addresses: list[str] = []

    def post(path: str, data: dict) -> None:
        addresses.extend([path, laptop.post(path, data).headers.get("Location", "")])

    post("/km/counter/", {"query": "nobody of this name"})
    post("/km/counter/", {"new": "yes"})
    post("/km/counter/open/", {"reason": "register", "agree": "on"})
    family = Family(laptop)
    family.head(**COUNTER)
    family.finish()
    household = Household.objects.get()
    for path in ("my/", "slip/", "registered/", "my/consents/"):
        assert laptop.get(f"/km/{path}").status_code == 200
    post("/km/apply/health/", {"consent": "on", **shown_on(laptop, "/km/apply/health/")})
    post("/km/grievances/report/", {"category": "payment"})
    post("/km/grievances/report/what/", {"text": WORDS})
    post("/km/grievances/report/where/", {})
    last = "/km/grievances/report/contact/"
    post(last, {"phone": PHONE, **asked_on(laptop, last)})
    post("/km/grievances/report/", {"category": "payment"})
    post("/km/grievances/report/what/", {"text": WORDS})  # a second one that is left in the database
    post("/km/counter/end/", {})
    for typed in (NAME, LATIN, PHONE, DOCUMENT, household.memberships.get().person.spid):
        post("/km/counter/", {"query": typed})
    post("/km/counter/", {"query": "nobody of this name"})
    post("/km/counter/", {"new": "yes"})
    post("/km/counter/open/", {"reason": "register", "agree": "on"})
    family.head(**COUNTER)  # a draft that is left in the database
    _sign_in(addresses)
    drain.drain("nssf")
    delivery.sweep()
    return household, addresses, caplog


def _sign_in(addresses: list[str]) -> None:
    phone = browser(User.objects.create_citizen(phone="+85570000001"))
    phone.post("/km/sign-out/")
    addresses.append(phone.post("/km/sign-in/", {"phone": PHONE})["Location"])
    challenge = PhoneChallenge.objects.get()
    addresses.append(phone.post("/km/sign-in/code/", {"code": codes.code_of(challenge)})["Location"])


@pytest.mark.django_db(transaction=True)
def test_what_a_person_told_is_found_only_where_it_belongs(journey):
    household, addresses, caplog = journey
    person = household.memberships.get().person
    markers = {NAME, GIVEN, LATIN, PHONE, DOCUMENT, ADDRESS, WORDS}

    leaks = []
    for table, column in _texts():
        held = _rows(table, column)
        for marker in markers:
            if _held(held, marker) and marker not in ALLOWED.get(table, ()):
                leaks.append(f"{marker} in {table}.{column}")
        if _held(held, person.spid) and "spid" not in ALLOWED.get(table, ()):
            leaks.append(f"SPID in {table}.{column}")
    broker = redis.Redis.from_url(settings.REDIS_URL)
    queued = "".join(
        str(broker.lrange(key, 0, -1)) for key in broker.scan_iter() if broker.type(key) == b"list"
    )
    places = {
        "log": "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records
                         if not record.name.startswith("django.db.backends")),
        "addresses": "\n".join(addresses),
        "broker": queued,
    }  # fmt: skip
    leaks += [
        f"{marker} in {place}"
        for place, text in places.items() for marker in {*markers, person.spid, PHONE[4:]}
        if _held(text, marker)
    ]  # fmt: skip
    assert not leaks, "\n".join(leaks)
    # The search must find something where it belongs.
    assert (Application.objects.count(), Grievance.objects.count(), Draft.objects.count()) == (1, 1, 2)
    assert Person.objects.filter(family_name=NAME, phone=PHONE).exists()
    assert queued
    assert _held(_rows("registry_household", "address"), ADDRESS)


@pytest.mark.django_db
def test_a_crash_is_logged_without_what_was_being_handled(areas):
    """PostgreSQL reports "Failing row contains (…)" with the whole person in it."""
    try:
        with transaction.atomic():
            Household.objects.create(number=NAME * 20, village_id="01020101", address=ADDRESS)
    except DataError as error:
        failure = logging.LogRecord(
            "django.request", logging.ERROR, "", 1, "Failed: %s", (error,),
            (type(error), error, error.__traceback__),
        )  # fmt: skip
    line = LineFormatter("{levelname} {message}", style="{").format(failure)
    assert line.startswith("ERROR Failed: DataError")
    assert "psycopg.errors.StringDataRightTruncation" in line
    assert "test_privacy.py" in line


def test_the_message_of_an_error_never_reaches_a_line():
    try:
        try:
            raise ValueError(NAME)
        except ValueError as error:
            raise RuntimeError(PHONE) from error
    except RuntimeError as error:
        exc_info = (type(error), error, error.__traceback__)
    args = {"id": "7", "exc": PHONE, "traceback": NAME, "args": PHONE, "kwargs": ""}
    failure = logging.LogRecord(
        "celery.app.trace", logging.ERROR, "", 1, "Task %(id)s: %(exc)s\n%(traceback)s", (args,), exc_info
    )
    line = LineFormatter("{message}", style="{").format(failure)
    assert "ValueError" in line
    assert NAME not in line
    assert PHONE not in line


@pytest.mark.parametrize("control", ["\n", "\r\n", "\x1b[2J", "\x00", "\x85", "\u2028", "\u202e"])
def test_what_was_typed_begins_no_line_of_its_own(control):
    typed = f"x{control}CRITICAL root all is well"
    told = logging.LogRecord("dsp_platform", logging.ERROR, "", 1, "unknown: %s", (typed,), None)
    line = LineFormatter("{levelname} {message}", style="{").format(told)
    assert line.startswith("ERROR unknown: x\\")
    assert len(line.splitlines()) == 1
    assert line.isprintable()


def test_every_handler_writes_such_lines():
    formatters = {
        settings.LOGGING["formatters"][one["formatter"]]["()"]
        for one in settings.LOGGING["handlers"].values()
    }
    assert formatters == {f"{LineFormatter.__module__}.{LineFormatter.__qualname__}"}


def test_long_text_is_stored_in_the_clear_only_of_the_catalogue():
    """Elsewhere it is text about a person, and encrypted."""
    own = [model for model in apps.get_models() if model.__module__.partition(".")[0] in DOMAINS]
    plain = {
        model.__name__.removesuffix("Event")
        for model in own
        if any(
            isinstance(field, TextField) for field in model._meta.concrete_fields if field.name[:4] != "pgh_"
        )
    }
    assert plain == {"Programme", "ProgrammeQuestion", "RuleVersion"}
