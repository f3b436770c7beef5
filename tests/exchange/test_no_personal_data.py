"""The exchange has no personal data: after a busy day every row, message and log line is searched.

The one exception is named: ``subject`` and ``values`` of a status report are the operator's own message. They
are stored before they are handled, never shown, logged or sent on, and the values of what was handled are
forgotten after some months (``retention``).
"""

import logging
from datetime import date

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from dsp_platform.exchange.adapters.statuses import Reported
from dsp_platform.exchange.agreements.first_fill import fill_new_agreements
from dsp_platform.exchange.delivery import release
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.delivery.release_job import release_held
from dsp_platform.exchange.ledger import retention
from dsp_platform.exchange.models import Attempt, LedgerEntry, Operator, StatusReport
from dsp_platform.exchange.operations import alerts, metrics
from dsp_platform.exchange.reports import services as reports
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job
from registry.consents.services import withdraw_consent
from registry.models import Household, Person
from registry.persons.reported import set_poverty_level
from registry.registration.services import register_household
from tests.exchange.conftest import OperatorDatabase
from tests.exchange.operations.test_admin import address, signed_in
from tests.registry.cast import child_details, household_details, person_details
from tests.roles import as_owner
from tests.stack import empty_operator_databases

NAME, GIVEN, LATIN = "ឃ្លោងឃ្លាំង", "ព្រីងខ្មៅ", "Zyxwvut"
PHONE, DOCUMENT, ADDRESS, NOTE = "+85577713579", "987654321", "ក្បែរដើមឈើទាលធំ", "ស្លាប់ពីដើមឆ្នាំ"
NAMED_EXCEPTION = {("exchange_statusreport", "subject"), ("exchange_statusreport", "values")}


def columns() -> list[tuple[str, str]]:
    """Every table of the exchange and of jobs, monthly partitions included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name ~ '^(exchange|jobs)_' ORDER BY 1, 2"
        )
        return cursor.fetchall()


def written(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
        return "\n".join(
            bytes(value).decode(errors="replace") if isinstance(value, memoryview | bytes) else str(value)
            for (value,) in cursor.fetchall()
        )


def messages_in_redis(store: redis.Redis) -> str:
    """Values of any type."""
    read = {
        b"list": lambda key: store.lrange(key, 0, -1),
        b"hash": store.hgetall,
        b"set": store.smembers,
        b"zset": lambda key: store.zrange(key, 0, -1),
        b"string": store.get,
    }
    return "\n".join(f"{key!r} {read[store.type(key)](key)!r}" for key in store.keys("*"))


def found_in(text: str, needles: set[str]) -> set[str]:
    """Also with non-ASCII characters escaped as in JSON."""
    return {
        needle
        for needle in needles
        if needle in text or needle.encode("ascii", "backslashreplace").decode() in text
    }


@pytest.fixture
def store() -> redis.Redis:
    store = redis.Redis.from_url(settings.REDIS_URL)
    store.flushdb()
    return store


@pytest.fixture
def day(areas, sokha, steward, operator_databases, store, django_capture_on_commit_callbacks, caplog):
    """Registered, delivered, refused, held, crashed, reported, withdrawn, released, filled, cleaned up."""
    caplog.set_level(logging.INFO, "")
    caplog.set_level(logging.DEBUG, "dsp_platform")
    empty_operator_databases()
    call_command("load_operators", verbosity=0)
    codes = list(Operator.objects.values_list("code", flat=True))
    with as_owner():
        Operator.objects.filter(pk="pmrs").update(adapter="fake_refuse")
    with as_owner():
        Operator.objects.filter(pk="scholarship").update(adapter="fake_crash")
    OperatorDatabase("family_package")("ALTER TABLE fp_person ADD CONSTRAINT k CHECK (false) NOT VALID")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            household = _register(sokha, tuple(codes))
            for code in codes:
                drain(code)
            _report(household)
            withdraw_consent(household=household, operator_code="idpoor", actor=sokha, assisted_session=None)
            for code in ("idpoor", "family_package"):
                drain(code)
            held = LedgerEntry.objects.filter(operator="family_package", state="held")
            release.retry_entries(entries=held, actor=steward)
            drain("family_package")
            release_held(operator="pmrs", reason="refused_by_operator", rows=1, actor=steward)
            fill_new_agreements()
            for job in Job.objects.all():
                run_job(job.pk)
            drain("pmrs")
            alerts.check()
            retention.clear_all_old_values()
    finally:
        OperatorDatabase("family_package")("ALTER TABLE fp_person DROP CONSTRAINT k")
    return household


def _register(actor, codes: tuple[str, ...]) -> Household:
    head = person_details(
        family_name=NAME, given_name=GIVEN, latin_family_name=LATIN, phone=PHONE,
        document_type="identity_card", document_number=DOCUMENT, walking=3, date_of_birth=date(1950, 1, 1),
    )  # fmt: skip
    child = child_details(relationship="grandchild", family_name=NAME, studying=True)
    details = household_details(head, child, operators=codes, address=ADDRESS)
    household = register_household(actor=actor, details=details)
    set_poverty_level(household=household, level="level1", valid_to=date(2030, 1, 1))
    return household


def _report(household: Household) -> None:
    spid = household.memberships.get(relationship="head").person.spid
    told = [
        Reported(number, str(number), "enrolment", subject, "approved", timezone.now(), {"note": NOTE})
        for number, subject in enumerate((spid, "000000000000"), start=1)
    ]
    reports.store(Operator.objects.get(pk="idpoor"), told)
    reports.handle_waiting()


@pytest.fixture
def needles(day) -> set[str]:
    spids = set(Person.objects.values_list("spid", flat=True))
    return {NAME, GIVEN, LATIN, PHONE, PHONE[4:], DOCUMENT, ADDRESS, NOTE, day.number, *spids}


def test_no_row_message_or_line_of_a_busy_day_holds_anything_of_a_person(day, needles, store, caplog):
    outcomes = set(LedgerEntry.objects.values_list("state", flat=True))
    assert outcomes == {"delivered", "held", "due", "withdrawn"}  # it was a busy day
    assert set(Attempt.objects.values_list("reason", flat=True)) >= {"check_failed", "refused_by_operator"}
    assert Job.objects.filter(state="done").exists()
    assert StatusReport.objects.filter(state="held").exists()

    places = {
        (table, column): written(table, column)
        for table, column in columns()
        if (table, column) not in NAMED_EXCEPTION
    }
    places["redis", "messages"] = messages_in_redis(store)
    lines = logging.Formatter()  # complete lines, also what the platform's own formatter leaves out
    places["log", "lines"] = "\n".join(map(lines.format, caplog.get_records("setup")))
    places["metrics", "figures"] = "".join(map(str, metrics.collect()))
    assert len(places["redis", "messages"]) > 100
    assert "delivery to scholarship crashed" in places["log", "lines"]
    assert {place: found for place, text in places.items() if (found := found_in(text, needles))} == {}
    # The same search finds them where they belong.
    assert found_in(written("registry_person", "family_name"), needles) == {NAME}
    assert NOTE in written("exchange_statusreport", "values")


def test_no_page_of_a_steward_shows_what_the_operator_wrote_of_a_person(day, needles, steward):
    staff_client = signed_in(steward)
    report = StatusReport.objects.get(reference="1")
    head = day.memberships.get(relationship="head").person
    for page in (
        address("statusreport_change", report.pk),
        address("ledgerentry_subject", "person", head.pk),
        address("operator_change", "family_package"),
        address("operator_changelist"),
    ):
        shown = staff_client.get(page)
        assert shown.status_code == 200
        assert found_in(shown.content.decode(), needles - {head.spid}) == set()
