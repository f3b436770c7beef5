"""What the system check and the command report about the CamDX settings."""

import json

import pytest
from django.core.management import call_command
from django.test import override_settings
from joserfc.jwk import KeySet

from dsp_platform.exchange.operations.checks import camdx_is_described


def errors() -> str:
    return " ".join(error.msg for error in camdx_is_described(None))


def test_whoever_does_not_use_camdx_is_asked_for_nothing():
    assert errors() == ""


def test_a_complete_description_is_accepted(security_server):
    assert errors() == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECURITY_SERVER", ""),
        ("SECURITY_SERVER", "https://user@camdx.example"),
        ("CLIENT", "CAMBODIA/GOV/CAMDX-1"),
        ("CERTIFICATE", "/no/such/file"),
        ("KEY", ""),
        ("CA_FILE", ""),
        ("SIGNING_KEY", ""),
        ("RECORDS", "many"),
        ("SECONDS", "0"),
    ],
)
def test_what_is_missing_or_makes_no_sense_is_named(security_server, monkeypatch, name, value):
    monkeypatch.setenv(f"CAMDX_{name}", value)
    assert f"CAMDX_{name} must" in errors()


@pytest.mark.parametrize(
    ("name", "words"),
    [("KEY", "belong together"), ("CA_FILE", "belong together"), ("SIGNING_KEY", "P-256")],
)
def test_files_that_hold_something_else_are_named(security_server, monkeypatch, keys, name, words):
    other = {"KEY": "server.key", "CA_FILE": "client.key", "SIGNING_KEY": "client.pem"}[name]
    monkeypatch.setenv(f"CAMDX_{name}", keys.file(other))
    assert words in errors()


def test_plain_http_is_an_error_in_production(environment, monkeypatch):
    monkeypatch.setenv("CAMDX_SECURITY_SERVER", "http://127.0.0.1:8080")
    assert errors() == ""
    with override_settings(PRODUCTION=True):
        assert errors() == "CAMDX_SECURITY_SERVER must be an https address."


def test_the_key_set_for_operators_holds_no_secret(security_server, capsys):
    call_command("camdx_key")
    (key,) = json.loads(capsys.readouterr().out)["keys"]
    assert (key["alg"], key["use"], "d" in key) == ("ES256", "sig", False)
    assert KeySet.import_key_set({"keys": [key]}).keys[0].thumbprint() == key["kid"]
