"""Who has lost the PIN proves again the number confirmed for the report, and gets another one."""

import pytest
from django.test import Client

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.audit.models import AuditEvent
from grievances import pins, services
from grievances.models import Grievance
from tests.grievances.test_pages import fill, follow, pin_of, url

PHONE, OTHER = "012 345 678", "012 345 679"


@pytest.fixture
def report(operators, client) -> Grievance:
    fill(client, contact={"phone": PHONE})
    return confirmed()


def confirmed() -> Grievance:
    grievance = Grievance.objects.get()
    return services.confirm_phone(grievance=grievance, phone=grievance.phone)


def renew(browser: Client, reference: str, phone: str = PHONE, language: str = "en"):
    sent = browser.post(url("lost_pin", language=language), {"reference": reference, "phone": phone})
    assert sent.url == url("lost_pin_code", language=language)
    code = codes.code_of(PhoneChallenge.objects.latest("created_at"))
    return browser.post(sent.url, {"code": code}, follow=True).content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_new_pin_is_shown_and_the_old_one_is_gone(report, language):
    old, browser = pin_of(report), Client()
    page = renew(browser, report.reference.lower(), language=language)
    report.refresh_from_db()
    assert pins.grouped(pin_of(report)) in page
    assert pins.grouped(old) not in page
    assert pins.grouped(pin_of(report)) in browser.get(url("reported")).content.decode()
    assert "do not fit" in follow(Client(), report, old).content.decode()
    assert report.text in follow(Client(), report).content.decode()
    assert report.phone_confirmed_at
    assert AuditEvent.objects.get(action="renew_pin").subject_id == report.pk


def test_another_number_or_reference_gets_none(report):
    for reference, phone in ((report.reference, OTHER), ("G-2222-2222", PHONE)):
        assert "can get a new PIN" in renew(Client(), reference, phone)
        PhoneChallenge.objects.all().delete()
    assert pins.pin_digest(report.reference, pin_of(report)) == bytes(Grievance.objects.get().pin_digest)


def test_nor_does_a_report_of_violence_because_phones_are_shared(operators, client):
    fill(client, category="abuse", contact={"phone": PHONE})
    report = confirmed()
    assert "can get a new PIN" in renew(Client(), report.reference)
    assert report.submission == Grievance.objects.get().submission


def test_without_the_code_there_is_none(report):
    browser = Client()
    browser.post(url("lost_pin"), {"reference": report.reference, "phone": PHONE})
    assert "<title>Error:" in browser.post(url("lost_pin_code"), {"code": "000000"}).content.decode()
    assert browser.get(url("reported")).url == url("follow")
    assert report.submission == Grievance.objects.get().submission
