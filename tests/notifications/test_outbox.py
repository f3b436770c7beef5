"""A message is committed or rolled back with the state it reports on."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import transaction

from dsp_platform.background import workers
from dsp_platform.celery import app
from dsp_platform.notifications.delivery import sweep
from dsp_platform.notifications.models import DemoMessage, Message
from dsp_platform.notifications.services import send_all
from tests.stack import dials


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent(write, monkeypatch):
    notified = []
    monkeypatch.setattr(app, "send_task", lambda *args, **kwargs: notified.append(args))
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not notified


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_notified_with_a_number_only_after_the_commit(write, monkeypatch):
    notified = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **options: notified.append((name, args)))
    with transaction.atomic():
        message = write()
        assert not notified
    assert notified == [("notifications.deliver", (message.pk,))]


@pytest.mark.django_db(transaction=True)
def test_with_redis_gone_the_message_waits_for_the_sweep_and_the_page_does_not(write, monkeypatch, caplog):
    monkeypatch.setattr(workers, "_paused_until", 0.0)
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", "redis://127.0.0.1:1/0")
    workers.close()
    dialled = dials(monkeypatch)
    with transaction.atomic():
        message = write()
    assert dialled == [workers.BROKER_TIMEOUT]
    message.refresh_from_db()
    assert message.state == "due"
    assert "no broker for notifications.deliver" in caplog.text
    workers.close()


def test_the_demo_phone_shows_each_phone_and_its_newest_message_first(client, db):
    DemoMessage.objects.create(phone="+85512345678", text="older 111111")
    DemoMessage.objects.create(phone="+85512345678", text="newer 222222")
    DemoMessage.objects.create(phone="+85512345679", text="<script>no code</script>")
    page = client.get("/demo/phone/").content.decode()
    assert page.index("222222") < page.index("111111")
    assert "+85512345679" in page
    assert "<script>no code" not in page


@pytest.mark.parametrize("name", ["fake_accepts", "demo"])
def test_production_refuses_a_provider_that_reaches_no_phone(settings, name):
    settings.PRODUCTION = True
    settings.SMS_PROVIDER = name
    with pytest.raises(SystemCheckError, match=r"dspp\.E021"):
        call_command("check")


def test_an_unknown_provider_fails_the_check(settings):
    settings.SMS_PROVIDER = "carrier_pigeon"
    with pytest.raises(SystemCheckError, match=r"dspp\.E020"):
        call_command("check")


@pytest.mark.django_db
def test_one_text_to_many_waits_for_the_sweep(outbox):
    send_all(
        [("+85512000001", "km", 7), ("+85512000002", "en", 8)],
        template="details_changed",
        subject_kind="person",
    )
    assert [one.phone for one in Message.objects.filter(state=Message.State.DUE)] == [
        "+85512000001",
        "+85512000002",
    ]
    sweep()
    sent = Message.objects.order_by("phone").values_list("state", "language", "subject_kind", "subject_id")
    assert list(sent) == [("sent", "km", "person", 7), ("sent", "en", "person", 8)]


@pytest.mark.django_db
def test_a_text_that_is_not_registered_goes_to_nobody():
    with pytest.raises(ValueError, match="nothing_of_the_kind"):
        send_all([("+85512000001", "km", 7)], template="nothing_of_the_kind", subject_kind="person")
