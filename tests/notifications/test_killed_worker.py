"""A worker killed with -9 while it talks to the provider."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from dsp_platform.notifications import delivery
from dsp_platform.notifications.models import Message

BASE = Path(__file__).resolve().parents[2]
# A worker whose provider takes the message and then never answers.
WORKER = """
import django, time
django.setup()
from dsp_platform.notifications import delivery, providers
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template

class Hangs:
    name = "hangs"
    def send(self, phone, text):
        print("talking", flush=True)
        time.sleep(60)

providers.PROVIDERS["hangs"] = Hangs
register_sms_template("tests.greeting", lambda params: params["words"], recipient=Recipient.PROVED)
delivery.sweep()
"""


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_its_message_is_sent_by_the_next_worker_once_the_lease_is_over(outbox, write):
    message = write("hello")
    url = urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=BASE,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "SMS_PROVIDER": "hangs",
            "DJANGO_SETTINGS_MODULE": "dsp_platform.settings",
        },
    )
    assert worker.stdout
    assert worker.stdout.readline() == b"talking\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    worker.stdout.close()

    assert delivery.sweep() == 0
    with time_machine.travel(timezone.now() + delivery.LEASE + timedelta(seconds=1)):
        assert delivery.sweep() == 1
    assert outbox == [("+85512345678", "hello")]
    assert Message.objects.get(pk=message.pk).attempts == 2
