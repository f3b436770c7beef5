"""The HTTP gateway's client against a real server that is strict, slow, broken or hostile."""

import logging
import re

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from dsp_platform.notifications.alphabet import is_unicode
from dsp_platform.notifications.providers import alert_webhook, http_gateway
from dsp_platform.notifications.providers.contract import MessageRefused, OutcomeUnknown, Receipt, Unreachable
from dsp_platform.notifications.providers.gateway_settings import gateway_settings, mistakes
from tests.notifications.gateway import KEY, make_certificate, running
from tests.notifications.parts import part_count

PHONE, TEXT = "+85512345678", "Your code: 123456"
PREFIX = "SMS_GATEWAY_"


@pytest.fixture
def gateway():
    with running() as server:
        yield server


@pytest.fixture
def configure(monkeypatch, gateway):
    def set_values(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(PREFIX + name, value)

    set_values(URL=gateway.url, HEADERS=f'{{"X-Key": "{KEY}"}}', SUCCESS_PATH="status", SUCCESS_VALUES="ok",
         REFUSED_VALUES="blocked", REFERENCE_PATH="messages.0.id")  # fmt: skip
    return set_values


def send(text: str = TEXT) -> Receipt:
    return http_gateway.HttpGateway().send(PHONE, text)


def test_a_message_is_handed_over_and_its_reference_kept(gateway, configure):
    configure(FIELDS='{"sender": "DSPP"}')
    assert send() == Receipt("m-1")
    assert gateway.taken == [{"to": PHONE, "text": TEXT, "sender": "DSPP"}]


@pytest.mark.parametrize(("form", "number"), [("international", "85512345678"), ("national", "012345678")])
@pytest.mark.parametrize("body", ["json", "form", "query"])
def test_the_shape_is_the_gateways(gateway, configure, body, form, number):
    configure(BODY=body, PHONE_FORM=form, HEADERS="{}", USER="dspp", PASSWORD=KEY)
    send("សួស្ដី")
    assert gateway.taken == [{"to": number, "text": "សួស្ដី"}]


def test_khmer_is_marked_for_gateways_that_ask_for_it(gateway, configure):
    configure(UNICODE_FIELDS='{"coding": "8"}')
    send("ជំរាបសួរ")
    send("hello")
    assert [fields.get("coding") for fields in gateway.taken] == ["8", None]


def test_the_connection_is_kept(gateway, configure):
    for _ in range(5):
        send()
    assert len(gateway.connections) == 1


def test_a_reference_is_found_in_an_answer_that_is_no_json(gateway, configure):
    configure(SUCCESS_PATH="", SUCCESS_VALUES="", ANSWER_PATTERN=r'"id": "(?P<reference>[^"]+)"')
    assert send().reference == "m-1"


@pytest.mark.parametrize(
    ("behaviour", "outcome", "reason"),
    [
        ("floods", OutcomeUnknown, "huge_answer"),
        ("babbles", OutcomeUnknown, "malformed_answer"),
        ("is_not_http", OutcomeUnknown, "no_answer"),
        ("half_closes", OutcomeUnknown, "no_answer"),
        ("sits_behind_a_proxy_that_gave_up", OutcomeUnknown, "gateway_timeout"),
        ("redirects", Unreachable, "redirected"),
        ("has_no_credit", Unreachable, "not_accepted"),
        ("is_busy", Unreachable, "busy"),
        ("refuses", MessageRefused, "refused"),
    ],
)
def test_each_failure_has_its_outcome_and_a_reason_that_tells_nothing(
    gateway, configure, caplog, behaviour, outcome, reason
):
    caplog.set_level(logging.DEBUG)
    configure(BODY="query")
    gateway.behaviour = behaviour
    with pytest.raises(outcome) as failure:
        send()
    assert type(failure.value) is outcome
    assert failure.value.args == (reason,)
    assert "12345678" not in caplog.text


def test_no_address_of_a_request_is_logged(gateway, configure, caplog):
    caplog.set_level(logging.DEBUG)
    configure(BODY="query")
    assert send().reference
    assert not alert_webhook.post(f"{gateway.url}?secret", {"alert": "x"})
    assert "alert webhook answered 401" in caplog.text
    assert not [record for record in caplog.records if "/send" in record.getMessage()]
    assert "12345678" not in caplog.text


@pytest.mark.parametrize("behaviour", ["hangs", "drips"])
def test_a_slow_answer_is_cut_off(gateway, configure, monkeypatch, behaviour):
    monkeypatch.setattr(http_gateway, "TOTAL_SECONDS", 0.5)
    gateway.behaviour = behaviour
    with pytest.raises(OutcomeUnknown, match="no_answer"):
        send()
    gateway.behaviour = "accepts"
    assert send().reference


def test_the_time_of_two_providers_stays_below_the_lease():
    assert 2 * (http_gateway.TOTAL_SECONDS + 8) < 60


def test_nobody_there_is_not_handed_over(configure):
    configure(URL="http://127.0.0.1:1/send")
    with pytest.raises(Unreachable, match="no_connection") as failure:
        send()
    assert not isinstance(failure.value, OutcomeUnknown)


def test_wrong_credentials_keep_the_message_for_later(gateway, configure):
    configure(HEADERS="{}")
    with pytest.raises(Unreachable, match="credentials"):
        send()


def test_a_certificate_nobody_vouches_for_is_not_believed(configure, tmp_path):
    certificate = make_certificate(tmp_path / "gateway.pem")
    with running(certificate) as server:
        configure(URL=f"https://127.0.0.1:{server.server_port}/send")
        with pytest.raises(Unreachable, match="no_connection"):
            send()
        configure(CA_FILE=str(certificate))
        assert send().reference == "m-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", ""), ("URL", "ftp://x/"), ("URL", "https://user:secret@x/"), ("URL", "http://example.org/"),
        ("BODY", "xml"), ("PHONE_FORM", "short"), ("HEADERS", "not json"), ("FIELDS", "[1]"),
        ("HEADERS", '{"X": "a\\nb"}'), ("USER", "alone"), ("SUCCESS_VALUES", ""), ("ANSWER_PATTERN", "("),
        ("CA_FILE", "/nowhere"), ("RECEIPT_SECRET", "short"), ("RECEIPT_ADDRESSES", "everywhere"),
        ("TEXT_FIELD", "to"),
    ],
)  # fmt: skip
def test_a_setting_without_sense_fails_the_check(configure, settings, name, value):
    settings.SMS_PROVIDER = "http_gateway"
    configure(**{name: value})
    if name == "SUCCESS_VALUES":
        configure(REFUSED_VALUES="")
    with pytest.raises(SystemCheckError, match=rf"{PREFIX}{name}.*dspp|dspp\.E023") as failure:
        call_command("check")
    assert re.search(f"{PREFIX}{name}", str(failure.value))
    assert not value or f"secret@{value}" not in str(failure.value)


def test_production_accepts_no_plain_address(configure):
    assert not mistakes(gateway_settings(PREFIX), production=False)
    assert mistakes(gateway_settings(PREFIX), production=True)


def test_the_second_provider_must_be_another(settings):
    settings.SMS_PROVIDER = settings.SMS_SECOND_PROVIDER = "console"
    with pytest.raises(SystemCheckError, match=r"dspp\.E022"):
        call_command("check")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ក" * 70, 1),
        ("ក" * 71, 2),
        ("ក" * 135, 3),
    ],
)
def test_parts_are_counted_as_the_network_does(text, parts):
    assert part_count(text) == parts
    assert is_unicode(text) == ("ក" in text)
