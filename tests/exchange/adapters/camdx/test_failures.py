"""Every way in which CamDX or the operator behind it can fail, and how each is classified."""

import pytest
from django.test import override_settings

from dsp_platform.exchange.adapters import camdx_errors
from dsp_platform.exchange.adapters.base import OperatorUnavailable, Outcome
from dsp_platform.exchange.ledger.reasons import REASONS
from tests.exchange.adapters.camdx.conftest import failure_of, new_server, person, push
from tests.exchange.adapters.camdx.security_server import Reply, SecurityServer, acknowledged, failed, serving

SOKHA = person(1, revision=7)
XML = b"<Fault><faultcode>Server</faultcode><faultstring>sokha</faultstring></Fault>"


@pytest.mark.parametrize(
    ("reply", "reason", "sent"),
    [
        # Temporary.
        (failed("Server.ServerProxy.NetworkError"), "network", True),
        (failed("server.serverproxy.network_error"), "network", True),
        (failed("Server.ClientProxy.NetworkError"), "network", True),
        (failed("Server.ClientProxy.IOError"), "network", True),
        (failed("Server.ServerProxy.HttpError"), "network", True),
        (failed("Server.ServerProxy.ServiceFailed"), "operator_error", True),
        (failed("Server.ServerProxy.ServiceFailed.InternalError"), "operator_error", True),
        (failed("Server.ServerProxy.ServiceDisabled"), "maintenance", False),
        (failed("server.server_proxy.service_disabled"), "maintenance", False),
        (failed("Server.ClientProxy.OutdatedGlobalConf"), "security_server", False),
        (failed("Server.ServerProxy.InternalError"), "security_server", True),
        (failed("Server.ServerProxy.DatabaseError"), "security_server", True),
        (failed("Server.ServerProxy.LoggingFailed.TimestampingFailed"), "security_server", True),
        (failed("Server.ServerProxy.NobodyHasSeenThisYet"), "security_server", True),
        # A person must act.
        (failed("Server.ServerProxy.AccessDenied"), "access_denied", False),
        (failed("server.serverproxy.access_denied"), "access_denied", False),
        (failed("Client.AccessDenied", 400), "access_denied", False),
        (failed("Server.ClientProxy.UnknownMember"), "unknown_member", False),
        (failed("Client.UnknownMember", 400), "unknown_member", False),
        (failed("Server.ServerProxy.UnknownService"), "unknown_service", False),
        (failed("Server.ServerProxy.ServiceMissingUrl"), "unknown_service", False),
        (failed("Server.ClientProxy.SslAuthenticationFailed"), "bad_certificate", False),
        (failed("server.clientproxy.ssl_authentication_failed"), "bad_certificate", False),
        (failed("Server.ServerProxy.CertValidation"), "bad_certificate", True),
        (failed("Server.ClientProxy.SignatureVerification.InvalidSignatureValue"), "bad_signature", True),
        (failed("Server.ClientProxy.CannotCreateSignature.Signer.TokenNotActive"), "cannot_sign", True),
        (failed("Server.ServerProxy.MalformedServerConf"), "security_server_setup", False),
        # The body may be anything; the header may be a mere flag.
        (Reply(500, XML, xroad="Server.ServerProxy.AccessDenied"), "access_denied", False),
        (Reply(500, b"no access", xroad="Server.ServerProxy.AccessDenied"), "access_denied", False),
        (Reply(500, b"", xroad="Server.ServerProxy.AccessDenied"), "access_denied", False),
        (failed("Server.ServerProxy.AccessDenied")._replace(xroad="true"), "access_denied", False),
        (Reply(500, XML, xroad="true"), "security_server", True),
        # The operator itself answered: no X-Road header, whatever its text looks like.
        (failed("Server.ServerProxy.AccessDenied", 503)._replace(xroad=""), "maintenance", True),
        (Reply(502, XML), "operator_error", True),
        (Reply(504), "time_out", True),
        (Reply(429, b"slow down"), "busy", True),
        (Reply(401), "not_allowed", True),
        (Reply(403, XML), "not_allowed", True),
        (Reply(404, b"nothing here"), "unknown_service", True),
        (acknowledged("ERR", "err.service.unavailable"), "maintenance", True),
        (acknowledged("ERR", "err.request.too_many_requests"), "busy", True),
        (acknowledged("ERR", "err.request.unauthorized", 401), "not_allowed", True),
        (acknowledged("ERR", "err.signature.invalid"), "bad_signature", True),
        (acknowledged("ERR", "err.signature.invalid", 400), "bad_signature", True),
        (acknowledged("ERR", "err.sender_id.invalid"), "unknown_sender", True),
        (acknowledged("ERR", "err.receiver_id.invalid"), "unknown_receiver", True),
        (acknowledged("ERR", "err.encryption.invalid"), "encryption_refused", True),
        # Not an answer to a notify message.
        (Reply(302, headers={"Location": "/r1/elsewhere"}), "redirected", True),
        (Reply(200), "unexpected_answer", True),
        (Reply(200, b"OK"), "unexpected_answer", True),
        (Reply(200, XML), "unexpected_answer", True),
        (Reply(200, b"[" * 5000), "unexpected_answer", True),
        (Reply(200, b'{"message": {"ack_status": "MAYBE"}}'), "unexpected_answer", True),
        (acknowledged("ACK")._replace(headers={"X-Road-Id": "another"}), "unexpected_answer", True),
    ],
)
def test_the_operator_as_a_whole_waits(security_server, family_fund, reply, reason, sent):
    security_server.failures.append(reply)
    assert failure_of(family_fund, SOKHA) == (reason, sent)
    assert len(security_server.requests) == 1  # and no redirect was followed


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        (failed("Client.BadRequest", 400), "refused", "refused_by_xroad"),
        (failed("client.invalid_body", 400), "refused", "refused_by_xroad"),
        (Reply(400, XML, xroad="Client.InvalidRequest"), "refused", "refused_by_xroad"),
        (Reply(400, b"sokha has no house"), "refused", "refused_by_operator"),
        (Reply(409), "refused", "refused_by_operator"),
        (Reply(422, XML), "refused", "refused_by_operator"),
        (Reply(413), "invalid", "message_too_large"),
        (acknowledged("ERR", "err.request.bad"), "refused", "refused_by_operator"),
        (acknowledged("ERR", "err.of.their.own"), "refused", "refused_by_operator"),
        (acknowledged("ERR"), "refused", "refused_by_operator"),
        (Reply(500, b"Traceback: sokha"), "unknown", "operator_error"),
    ],
)
def test_one_record_is_held_and_the_operator_stays_up(security_server, family_fund, reply, status, reason):
    security_server.failures.append(reply)
    assert push(family_fund, SOKHA) == [Outcome(1, status, reason)]


@pytest.mark.parametrize(
    "reply",
    [
        acknowledged("ACK"),
        acknowledged("NACK"),
        acknowledged("ERR", "rjct.message_id.duplicate"),
        acknowledged("ACK", http=202),
    ],
)
def test_the_operator_has_it(security_server, family_fund, reply):
    security_server.failures.append(reply)
    assert push(family_fund, SOKHA)[0].status == "delivered"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("cut_before_reading", "unreachable"),
        ("cut_after_reading", "unreachable"),
        ("hang", "time_out"),
        ("drip", "time_out"),
        ("flood", "unexpected_answer"),
    ],
)
def test_an_unknown_outcome_is_sent_again_and_counts_once(
    security_server, family_fund, monkeypatch, failure, reason
):
    security_server.failures.append(failure)
    with monkeypatch.context() as impatient:
        impatient.setenv("CAMDX_SECONDS", "0.3" if reason == "time_out" else "20")
        assert failure_of(family_fund, SOKHA) == (reason, True)
    assert push(family_fund, SOKHA)[0].status == "delivered"
    assert len(security_server.messages) == 1
    assert security_server.repeated == (failure != "cut_before_reading")


def test_nobody_listens(security_server, family_fund, monkeypatch):
    monkeypatch.setenv("CAMDX_SECURITY_SERVER", "https://127.0.0.1:1")
    assert failure_of(family_fund, SOKHA) == ("unreachable", False)


@pytest.mark.parametrize(
    ("name", "file"),
    [("CAMDX_CERTIFICATE", "unknown-client.pem"), ("CAMDX_CA_FILE", "stranger-ca.pem")],
)
def test_a_certificate_of_a_stranger_stops_at_the_door(
    security_server, family_fund, monkeypatch, keys, name, file
):
    """Ours that they do not know, theirs that we do not know: no message was sent."""
    monkeypatch.setenv(name, keys.file(file))
    monkeypatch.setenv(
        "CAMDX_KEY", keys.file(file.replace(".pem", ".key")) if "CERT" in name else keys.file("client.key")
    )
    assert failure_of(family_fund, SOKHA) == ("bad_certificate", False)
    assert security_server.requests == []


def test_a_certificate_for_another_address_is_not_believed(environment, family_fund, monkeypatch, keys):
    with serving(new_server(keys, "elsewhere")) as server:
        monkeypatch.setenv("CAMDX_SECURITY_SERVER", server.url)
        assert failure_of(family_fund, SOKHA) == ("bad_certificate", False)


def plain(keys) -> SecurityServer:
    return new_server(keys, certificate="")


def test_a_server_without_tls_is_not_spoken_to(environment, family_fund, monkeypatch, keys):
    with serving(plain(keys)) as server:
        monkeypatch.setenv("CAMDX_SECURITY_SERVER", server.url.replace("http:", "https:"))
        assert failure_of(family_fund, SOKHA) == ("no_tls", False)


def test_plain_http_is_for_demonstrations_only(environment, family_fund, monkeypatch, keys):
    with serving(plain(keys)) as server:
        monkeypatch.setenv("CAMDX_SECURITY_SERVER", server.url)
        assert push(family_fund, SOKHA)[0].status == "delivered"
        with override_settings(PRODUCTION=True):
            assert failure_of(family_fund, SOKHA) == ("not_configured", False)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "name",
    ["SECURITY_SERVER", "CLIENT", "CERTIFICATE", "KEY", "CA_FILE", "SIGNING_KEY"],
)
def test_without_a_setting_nothing_is_sent(security_server, family_fund, monkeypatch, name):
    monkeypatch.delenv(f"CAMDX_{name}")
    assert failure_of(family_fund, SOKHA) == ("not_configured", False)


@pytest.mark.parametrize("name", ["CERTIFICATE", "CA_FILE", "SIGNING_KEY"])
def test_a_file_that_holds_something_else_is_told(security_server, family_fund, monkeypatch, tmp_path, name):
    (tmp_path / "letter").write_text("dear sir")
    monkeypatch.setenv(f"CAMDX_{name}", str(tmp_path / "letter"))
    assert failure_of(family_fund, SOKHA) == ("bad_key_file", False)


@pytest.mark.parametrize(
    "address",
    [
        {},
        None,
        {"member": "CAMBODIA/GOV/CAMDX-1", "service": "notify"},
        {"member": "CAMBODIA/GOV/../FAMILY", "service": "notify"},
        {"member": "CAMBODIA/GOV/CAMDX-1/FAM%2FILY", "service": "notify"},
        {"member": "CAMBODIA/GOV/CAMDX-1/FAMILY"},
        {"member": "CAMBODIA/GOV/CAMDX-1/FAMILY", "service": "no/tify"},
        {"member": "CAMBODIA/GOV/CAMDX-1/FAMILY", "service": "notify", "path": "v1/../admin"},
    ],
)
def test_an_address_that_is_none_is_told(security_server, family_fund, address):
    family_fund.address = address
    assert failure_of(family_fund, SOKHA) == ("bad_address", False)


def test_a_mapping_that_cannot_be_read_is_told(security_server, family_fund):
    with pytest.raises(OperatorUnavailable, match="bad_mapping"):
        push(family_fund, SOKHA, mapping={"table": "SRPerson"})


def test_no_words_of_others_stand_in_our_log(security_server, family_fund, caplog):
    caplog.set_level("INFO")
    security_server.failures += [Reply(400, b"sokha has no house"), failed("Server.ServerProxy.AccessDenied")]
    push(family_fund, SOKHA)
    failure_of(family_fund, SOKHA)
    assert "sokha" not in caplog.text
    assert "/r1/" not in caplog.text


def test_each_reason_of_the_table_has_words():
    reasons = {"not_configured", "bad_address", "bad_key_file", "bad_mapping", "cannot_encode", "no_code"}
    for name, value in vars(camdx_errors).items():
        entries = value.values() if isinstance(value, dict) and name.isupper() else [value]
        reasons |= {entry.reason for entry in entries if isinstance(entry, camdx_errors.Fault)}
        reasons |= {
            entry[1] for entry in entries if isinstance(entry, tuple) and entry[0] in ("refused", "invalid")
        }
    assert len(reasons) > 25
    assert reasons <= REASONS.keys()
