import pytest
from django.test import Client

from dsp_platform.accounts import alerts

pytestmark = pytest.mark.django_db


def test_many_codes_from_one_address_are_told_and_served(signing, monkeypatch, caplog):
    monkeypatch.setattr(alerts, "EVERY", 3)
    for number in range(4):
        assert signing.ask(Client(), f"012 345 67{number}").status_code == 302
    told = [record.getMessage() for record in caplog.records if record.name == alerts.__name__]
    assert told == ["one address asked for 3 sign-in codes within an hour"]


def test_what_a_visitor_writes_into_the_proxys_header_is_not_believed(rf, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    honest = rf.get("/", headers={"x-forwarded-for": "203.0.113.9"})
    lying = rf.get("/", headers={"x-forwarded-for": "198.51.100.1, 203.0.113.9"})
    assert alerts.address_digest(lying) == alerts.address_digest(honest)
