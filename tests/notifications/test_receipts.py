"""Delivery receipts of a gateway: accepted with the secret only, and idempotent."""

import logging

import pytest

from dsp_platform.notifications.models import Message

pytestmark = pytest.mark.django_db
PATH = "/text-messages/receipts/http_gateway/"
SECRET = "a-secret-of-more-than-24-signs"
HEADERS = {"X-Receipt-Secret": SECRET}


@pytest.fixture(autouse=True)
def configure(monkeypatch):
    def set_values(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SMS_GATEWAY_{name}", value)

    set_values(RECEIPT_SECRET=SECRET)
    return set_values


@pytest.fixture
def sent(write):
    message = write()
    Message.objects.filter(pk=message.pk).update(
        state="sent", provider="http_gateway", provider_reference="m-1"
    )
    return message


def fate(message: Message) -> str:
    message.refresh_from_db()
    return f"{message.state} {message.reason}".strip()


def tell(client, status="DELIVRD", reference="m-1", headers=HEADERS, **extra):
    return client.post(PATH, {"reference": reference, "status": status}, headers=headers, **extra)


def test_arrived(client, sent):
    assert tell(client).status_code == 200
    assert fate(sent) == "delivered"
    assert sent.delivered_at


def test_did_not_arrive(client, sent):
    tell(client, "UNDELIV")
    assert fate(sent) == "failed not_arrived"
    assert sent.delivered_at is None


def test_repeated_and_out_of_order(client, sent):
    tell(client, "enroute")
    assert fate(sent) == "sent"
    tell(client)
    first = Message.objects.get(pk=sent.pk).delivered_at
    for status in ("DELIVRD", "UNDELIV", "enroute"):
        tell(client, status)
    assert fate(sent) == "delivered"
    assert sent.delivered_at == first


def test_arrived_after_all(client, sent):
    tell(client, "EXPIRED")
    tell(client, "DELIVRD")
    assert fate(sent) == "delivered"


def test_a_receipt_changes_nothing_that_was_not_handed_over(client, write):
    message = write()
    Message.objects.filter(pk=message.pk).update(provider="http_gateway", provider_reference="m-1")
    tell(client)
    assert fate(message) == "due"


def test_nor_a_message_of_the_other_gateway(client, sent):
    Message.objects.update(provider="second_http_gateway")
    tell(client)
    assert fate(sent) == "sent"


@pytest.mark.parametrize("how", ["get", "form", "json", "several"])
def test_as_gateways_tell_it(client, sent, how):
    receipt = {"reference": "m-1", "status": "delivered"}
    match how:
        case "get":
            client.get(PATH, receipt, headers=HEADERS)
        case "form":
            client.post(PATH, receipt, headers=HEADERS)
        case "json":
            client.post(PATH, receipt, content_type="application/json", headers=HEADERS)
        case _:
            several = [{"reference": "m-0", "status": "DELIVRD"}, receipt]
            client.post(PATH, several, content_type="application/json", headers=HEADERS)
    assert fate(sent) == "delivered"


def test_the_words_and_places_are_the_gateways(client, sent, configure):
    configure(
        RECEIPT_REFERENCE_PATH="data.id", RECEIPT_STATUS_PATH="data.state", RECEIPT_DELIVERED_VALUES="2"
    )
    body = {"data": {"id": "m-1", "state": 2}}
    client.post(PATH, body, content_type="application/json", headers=HEADERS)
    assert fate(sent) == "delivered"


def test_the_secret_may_stand_in_a_field(client, sent, configure):
    configure(RECEIPT_SECRET_FIELD="key")
    assert tell(client).status_code == 403
    receipt = {"reference": "m-1", "status": "DELIVRD", "key": SECRET}
    assert client.get(PATH, receipt).status_code == 200
    assert fate(sent) == "delivered"


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], "ក" * 30])
def test_a_stranger_is_turned_away(client, sent, secret, configure):
    configure(RECEIPT_SECRET_FIELD="key")
    answer = client.post(PATH, {"reference": "m-1", "status": "DELIVRD", "key": secret})
    assert (answer.status_code, answer.content) == (403, b"")
    assert fate(sent) == "sent"


def test_without_a_secret_the_door_does_not_exist(client, sent, configure):
    configure(RECEIPT_SECRET="")
    assert tell(client).status_code == 404
    assert client.post("/text-messages/receipts/demo/", {}, headers=HEADERS).status_code == 404


def test_only_from_the_named_addresses(client, sent, configure):
    configure(RECEIPT_ADDRESSES="203.0.113.0/24, 2001:db8::1")
    assert tell(client).status_code == 403
    assert tell(client, REMOTE_ADDR="203.0.113.7").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("x" * 40_000, "application/json", 413), ("[1, 2", "application/json", 400),
        ("[[]]", "application/json", 400), ("[" * 20_000, "application/json", 400),
        ("[]", "application/json", 200), ("{}", "application/json", 200), ("", "text/plain", 200),
        ("reference=a%00b&status=DELIVRD", "application/x-www-form-urlencoded", 200),
    ],
)  # fmt: skip
def test_rubbish(client, sent, body, kind, status):
    assert client.post(PATH, body, content_type=kind, headers=HEADERS).status_code == status
    assert fate(sent) == "sent"


def test_known_and_unknown_references_look_the_same_and_nothing_is_logged(client, sent, caplog):
    caplog.set_level(logging.DEBUG)
    answers = {(tell(client, reference=name).status_code, tell(client).content) for name in ("m-1", "m-2")}
    assert len(answers) == 1
    assert SECRET not in caplog.text
    assert "m-1" not in caplog.text


def test_it_is_cheap(client, sent, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        tell(client)
    with django_assert_max_num_queries(0):
        tell(client, headers={})


def test_a_foreign_page_needs_no_token_and_gets_no_session(client, sent):
    answer = tell(type(client)(enforce_csrf_checks=True))
    assert answer.status_code == 200
    assert not answer.cookies
