"""Metrics for Prometheus, and alerts by log and webhook."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import partitions
from dsp_platform.exchange.models import Incident, Operator, Outstanding, StatusReport
from dsp_platform.exchange.operations import alerts, overview
from dsp_platform.jobs.models import Job
from dsp_platform.monitoring import metrics
from tests.exchange.conftest import announce
from tests.roles import as_owner

TOKEN = "only-for-tests-metrics-token"
WORKS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def scrape(client, settings):
    """{(name, labels by name): value}."""
    settings.METRICS_TOKEN = TOKEN

    def read() -> dict[tuple, float]:
        page = client.get(reverse("metrics"), headers=WORKS).content.decode()
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        }

    return read


def test_without_a_token_set_there_is_no_such_address(db, client):
    assert client.get(reverse("metrics"), headers=WORKS).status_code == 404


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_the_token_has_to_be_shown(db, client, settings, header):
    settings.METRICS_TOKEN = TOKEN
    assert client.get(reverse("metrics"), headers=header).status_code == 401


def test_the_figures_are_those_of_the_database(people, family_package, family_package_db, scrape):
    announce(people.add(1), people.add(2, sex="other"))
    drain("family_package")
    announce(people.add(3))
    Outstanding.objects.filter(held=False).update(since=timezone.now() - timedelta(minutes=10))
    Job.objects.create(kind="first_fill", state="running")
    StatusReport.objects.create(
        operator=family_package, reference="1", kind="x", subject="x", status="x", state="held",
        occurred_at=timezone.now(),
    )  # fmt: skip
    figures = scrape()
    here = ("operator", "family_package")
    assert figures["dspp_exchange_due", ("fill", "live"), here] == 1
    assert figures["dspp_exchange_held", here, ("reason", "no_code:sex")] == 1
    assert 600 <= figures["dspp_exchange_oldest_due_seconds", ("fill", "live"), here] < 700
    assert figures["dspp_exchange_last_success_timestamp_seconds", here] > 1.7e9
    assert figures["dspp_exchange_reports", here, ("state", "held")] == 1
    assert figures["dspp_jobs", ("kind", "first_fill"), ("state", "running")] == 1
    assert figures["dspp_texts_due",] == 0
    assert {value for (name, *_rest), value in figures.items() if name == "dspp_collector_up"} == {1}


def test_a_part_that_takes_too_long_is_left_out_and_the_others_are_told(scrape, db, settings, monkeypatch):
    monkeypatch.setattr(metrics, "MOST_MILLISECONDS", 300)
    settings.METRICS_COLLECTORS = [
        "tests.exchange.operations.test_metrics.slow",
        "dsp_platform.notifications.metrics.collect",
    ]
    figures = scrape()
    assert figures["dspp_collector_up", ("part", "exchange")] == 0
    assert ("dspp_texts_due",) in figures


def slow() -> list:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(10)")
    return []


# --- Alerts -------------------------------------------------------------------------------------


@pytest.fixture
def errors(caplog):
    caplog.set_level(logging.ERROR, "dsp_platform.exchange.operations.alerts")
    return lambda: [record.getMessage() for record in caplog.records if "alert" in record.getMessage()]


def wait_since(minutes: int) -> None:
    Outstanding.objects.update(since=timezone.now() - timedelta(minutes=minutes))


def test_an_old_change_is_told_once_when_it_is_late_and_once_when_it_is_over(
    people, family_package, family_package_db, errors
):
    announce(people.add(1))
    wait_since(14)
    alerts.check()
    assert errors() == []
    wait_since(16)
    alerts.check()
    alerts.check()
    (error,) = errors()
    assert error.startswith("alert oldest_due open operator=family_package figure=96")
    drain("family_package")
    alerts.check()
    alerts.check()
    assert [line.split()[2] for line in errors()] == ["open", "over"]
    assert Incident.objects.get().ended_at is not None


def test_who_wants_to_be_left_alone_is_not_late(people, family_package):
    announce(people.add(1))
    wait_since(60)
    now = timezone.localtime()
    for change in (
        {"paused_at": now},
        {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_to": (now + timedelta(hours=1)).time()},
        {"quiet_from": (now - timedelta(hours=2)).time(), "quiet_to": (now - timedelta(minutes=5)).time()},
    ):
        Operator.objects.update(**{"paused_at": None, "quiet_from": None, "quiet_to": None, **change})
        assert list(alerts.problems(timezone.now())) == []
    Operator.objects.update(paused_at=timezone.now() - timedelta(hours=25), quiet_from=None)
    (trouble,) = alerts.problems(timezone.now())
    assert trouble.code == "paused_long"


def test_a_first_fill_is_late_only_if_it_stands_still(people, family_package):
    announce(people.add(1))
    Outstanding.objects.update(backlog=True)
    wait_since(60)
    Operator.objects.update(last_success_at=timezone.now())
    assert list(alerts.problems(timezone.now())) == []
    Operator.objects.update(last_success_at=None)
    (trouble,) = alerts.problems(timezone.now())
    assert trouble.code == "fill_stalled"


def test_many_held_an_unreadable_report_and_a_missing_month_are_troubles(
    people, family_package, family_package_db, settings
):
    settings.EXCHANGE_ALERT_HELD = 2
    announce(*(people.add(number, sex="other") for number in (1, 2)))
    drain("family_package")
    Operator.objects.update(pull_error="missing_table")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {partitions.this_month().plus(1).table}")
    found = {(trouble.code, trouble.operator, trouble.reason) for trouble in alerts.problems(timezone.now())}
    assert found == {
        ("held_grows", "family_package", ""),
        ("pull_fails", "family_package", "missing_table"),
        ("partition_missing", None, ""),
    }


def test_the_hours_of_quiet_may_go_over_midnight(family_package):
    family_package.quiet_from, family_package.quiet_to = time(22), time(6)
    here = timezone.get_default_timezone()
    since = {
        hour: overview.contactable_since(family_package, datetime(2026, 11, 23, hour, tzinfo=here))
        for hour in (21, 22, 3, 6)
    }
    assert (since[22], since[3]) == (None, None)
    assert since[6] == since[21] == datetime(2026, 11, 23, 6, tzinfo=here)


@pytest.fixture
def receiver() -> Iterator[ThreadingHTTPServer]:
    """A real server on a socket; ``status`` is its answer, ``got`` what it received."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.got.append(json.loads(body))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status = [], 204
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_webhook_gets_codes_and_numbers_and_is_asked_again_until_it_took_them(
    people, family_package, receiver, settings, caplog
):
    settings.ALERT_WEBHOOK_URL = f"http://127.0.0.1:{receiver.server_port}/secret-of-the-address"
    announce(people.add(1))
    wait_since(20)
    receiver.status = 500
    alerts.check()
    receiver.status = 204
    alerts.check()
    alerts.check()
    Outstanding.objects.all().delete()
    alerts.check()
    alerts.check()
    assert [alert["state"] for alert in receiver.got] == ["open", "open", "over"]
    alert = receiver.got[0]
    assert set(alert) == {"alert", "state", "operator", "figure", "reason", "since"}
    assert (alert["alert"], alert["operator"]) == ("oldest_due", "family_package")
    assert "alert webhook answered 500" in caplog.text
    assert "secret-of-the-address" not in caplog.text


def test_a_receiver_that_is_gone_stops_nothing(people, family_package, settings, caplog):
    settings.ALERT_WEBHOOK_URL = "http://127.0.0.1:1/"
    announce(people.add(1))
    wait_since(20)
    alerts.check()
    assert Incident.objects.get().posted == ""
    assert "alert webhook failed: ConnectError" in caplog.text
