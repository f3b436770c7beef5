"""Our side of CamDX in the tests: the environment, one operator, one agreement."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from dsp_platform.exchange.adapters.base import Delivery, OperatorUnavailable, Outcome
from dsp_platform.exchange.adapters.camdx import CamdxAdapter
from dsp_platform.exchange.contract import Record, Withdrawal
from dsp_platform.exchange.models import Agreement, Operator
from tests.exchange.adapters.camdx.certificates import Authority, private_key
from tests.exchange.adapters.camdx.security_server import CLIENT, SERVICE, SecurityServer, serving

MAPPING = {
    "table": "SRPerson",
    "key": {"field": "spid", "column": "spid"},
    "version": "version",
    "withdrawn": {"column": "status", "boolean": ["active", "withdrawn"], "at": "withdrawn_on"},
    "columns": {
        "full_name": "name.km",
        "sex": {"column": "sex", "values": {"female": "2", "male": "1"}},
        "date_of_birth": {"column": "birth.year", "part": "year"},
    },
    "constants": {"source": "DSPP"},
}


@dataclass(frozen=True)
class Keys:
    """The authority that is trusted here, and another."""

    folder: Path
    camdx: Authority
    stranger: Authority
    signing: Path

    def file(self, name: str) -> str:
        return str(self.folder / name)


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Keys:
    folder = tmp_path_factory.mktemp("camdx")
    camdx, stranger = Authority(folder, "camdx"), Authority(folder, "stranger")
    for authority, name in [(camdx, "server"), (camdx, "client"), (stranger, "unknown-client")]:
        authority.certificate(name)
    camdx.certificate("elsewhere", address="127.0.0.9")
    private_key(folder / "signing.key")
    return Keys(folder, camdx, stranger, folder / "signing.key")


def new_server(keys: Keys, certificate: str = "server") -> SecurityServer:
    server = SecurityServer()
    server.signing_key = ECKey.import_key(ECKey.import_key(keys.signing.read_bytes()).as_dict(private=False))
    if certificate:
        server.secure(keys.folder / f"{certificate}.pem", keys.folder / f"{certificate}.key", keys.camdx.file)
    return server


@pytest.fixture(scope="session")
def running_server(keys) -> Iterator[SecurityServer]:
    with serving(new_server(keys)) as server:
        yield server


@pytest.fixture
def environment(monkeypatch, keys) -> dict[str, str]:
    values = {
        "CAMDX_CLIENT": CLIENT,
        "CAMDX_CERTIFICATE": keys.file("client.pem"),
        "CAMDX_KEY": keys.file("client.key"),
        "CAMDX_CA_FILE": keys.file("camdx-ca.pem"),
        "CAMDX_SIGNING_KEY": str(keys.signing),
        "CAMDX_SECONDS": "20",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture
def security_server(running_server, environment, monkeypatch) -> Iterator[SecurityServer]:
    running_server.reset()
    monkeypatch.setenv("CAMDX_SECURITY_SERVER", running_server.url)
    yield running_server
    assert running_server.broken_rules == []


@pytest.fixture
def family_fund() -> Operator:
    return Operator(
        code="family_fund",
        adapter="camdx",
        address={"member": "/".join(SERVICE[:4]), "service": SERVICE[4]},
    )


def person(number: int, revision: int, **values: Any) -> Delivery:
    described = {"spid": f"{number:012d}", "full_name": "សុខា", "sex": "female", "date_of_birth": "1980-02-29"}
    return Delivery(revision, Record(number, 1, {**described, **values}))


def gone(number: int, revision: int) -> Delivery:
    return Delivery(revision, Withdrawal(number, 1, f"{number:012d}"))


def push(operator: Operator, *deliveries: Delivery, mapping: dict[str, Any] = MAPPING) -> list[Outcome]:
    session = CamdxAdapter().open(operator)
    try:
        return session.push(Agreement(pk=1, operator=operator, mapping=mapping), deliveries)
    finally:
        session.close()


def failure_of(operator: Operator, *deliveries: Delivery) -> tuple[str, bool]:
    """(reason, whether something may have arrived)."""
    with pytest.raises(OperatorUnavailable) as caught:
        push(operator, *deliveries)
    return caught.value.reason, caught.value.sent
