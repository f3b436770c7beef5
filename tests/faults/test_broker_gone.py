"""Redis is killed, or stops responding, while people register and apply. Every process is the real one."""

import signal

import pytest

from applications.models import Application
from dsp_platform.exchange.models import Attempt, LedgerEntry
from dsp_platform.notifications.models import DemoMessage, Message
from registry.models import Household
from tests.faults.conftest import told
from tests.registry.pages import shown_on
from tests.stack import celery, operator_rows, wait_for


@pytest.fixture
def beat(started, tmp_path):
    schedule = str(tmp_path / "beat")
    return started(
        celery(tmp_path / "beat.log", "beat", "--schedule", schedule, "--pidfile=", "-l", "WARNING")
    )


def everything_arrived() -> bool:
    due = LedgerEntry.objects.exclude(state="delivered").exists()
    return not due and not Message.objects.filter(state="due").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_pages_answer_and_later_everything_arrives_once(web, worker, beat, broker, how):
    family = told(web)
    wait_for(everything_arrived)
    broker.process.send_signal(how)
    registered = family.confirm()
    applied = family.client.post(
        "/km/apply/family-package/", {"consent": "on", **shown_on(family.client, "/km/apply/family-package/")}
    )
    assert registered.url == "/km/registered/"
    assert "/km/applications/" in applied.url
    assert max(registered.seconds, applied.seconds) < 2
    assert (Household.objects.count(), Application.objects.count()) == (1, 1)
    assert not Attempt.objects.exists()

    if how is signal.SIGKILL:
        broker.process.wait()
        broker.start()
    else:
        broker.process.send_signal(signal.SIGCONT)
    wait_for(everything_arrived, 45)
    assert operator_rows("idpoor", "SELECT count(*), count(DISTINCT spid) FROM hh_request_member") == [(2, 2)]
    assert operator_rows("family_package", "SELECT application_no FROM fp_application") == [
        (Application.objects.get().reference,)
    ]
    assert Attempt.objects.count() == LedgerEntry.objects.count()
    assert Message.objects.filter(template="application_received").count() == 1
    assert DemoMessage.objects.count() == Message.objects.filter(state="sent").count()
    assert worker.process.poll() is beat.process.poll() is None  # neither had to be restarted
