"""The connection to an operator's database: broken, timed out, not trusted; and its settings."""

import os
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dsp_platform.exchange.adapters import database_connection
from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.adapters.database import DatabaseSession
from dsp_platform.exchange.models import Agreement
from dsp_platform.exchange.operations.checks import operator_databases_are_described
from tests.exchange.adapters.camdx.certificates import Authority
from tests.exchange.adapters.database.proxy import Proxy
from tests.exchange.adapters.database.test_database_adapter import FAMILY_PACKAGE, records
from tests.exchange.conftest import MAPPING

SECRET = "only-for-tests-4471"
PREFIX = "OPERATOR_FAMILY_PACKAGE_DATABASE_"
AGREED = Agreement(pk=1_000_000, mapping={**MAPPING, "columns": {"full_name": "full_name"}})
MANY = records(*range(1, 5001))


def in_the_middle_of_copy(data: bytes, before: int) -> bool:
    return before > 100_000


def at_the_commit(data: bytes, before: int) -> bool:
    return b"COMMIT\x00" in data


@pytest.fixture
def through(family_package_db, monkeypatch) -> Callable[..., Proxy]:
    """The operator is reached through a proxy."""

    def reach(proxy: Proxy, host: str = "127.0.0.1") -> Proxy:
        monkeypatch.setenv(f"{PREFIX}URL", proxy.address(host))
        return proxy

    return reach


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setenv(f"{PREFIX}STATEMENT_SECONDS", "1")
    monkeypatch.setattr(database_connection, "GRACE_SECONDS", 0)


def pushed() -> tuple[str, bool] | int:
    """The failure of a batch, or how many arrived."""
    session = DatabaseSession(FAMILY_PACKAGE)
    try:
        return len([one for one in session.push(AGREED, MANY) if one.status == "delivered"])
    except OperatorUnavailable as trouble:
        return trouble.reason, trouble.sent
    finally:
        session.close()


@pytest.mark.faults
@pytest.mark.parametrize(
    ("breaks", "delivers", "expected", "arrived"),
    [
        (in_the_middle_of_copy, False, ("unreachable", False), 0),
        (at_the_commit, False, ("unreachable", True), 0),
        (at_the_commit, True, ("unreachable", True), 5000),
    ],
)
def test_a_cut_line_leaves_all_of_a_batch_or_nothing(
    through, family_package_db, breaks, delivers, expected, arrived
):
    with through(Proxy(family_package_db.url, breaks=breaks, delivers=delivers)) as proxy:
        assert pushed() == expected
        assert proxy.broke.wait(10)
    # The server has finished the broken statement when the table can be locked.
    family_package_db("BEGIN; LOCK TABLE fp_person; COMMIT")
    assert family_package_db("SELECT count(*) FROM fp_person") == [(arrived,)]


@pytest.mark.faults
@pytest.mark.parametrize(
    ("breaks", "sent"),
    [(in_the_middle_of_copy, False), (at_the_commit, True), (lambda data, before: True, None)],
)
def test_a_silent_peer_is_not_waited_for_for_ever(
    through, family_package_db, impatient, monkeypatch, breaks, sent
):
    monkeypatch.setenv(f"{PREFIX}CONNECT_SECONDS", "1")
    with through(Proxy(family_package_db.url, breaks=breaks, hangs=True)):
        if sent is None:
            with pytest.raises(OperatorUnavailable, match="time_out"):
                DatabaseSession(FAMILY_PACKAGE)
        else:
            assert pushed() == ("time_out", sent)


@pytest.mark.faults
def test_a_table_that_somebody_keeps_locked_is_busy(family_package_db, monkeypatch):
    monkeypatch.setenv(f"{PREFIX}LOCK_SECONDS", "1")
    with psycopg.connect(family_package_db.url) as other:
        other.execute("LOCK TABLE fp_person")
        assert pushed() == ("busy", False)


@pytest.fixture
def own_role(family_package_db) -> Iterator[str]:
    """The operator's own roles are shared by all test workers; this one may be changed."""
    name = f"broken_{os.getpid()}"
    owner = urlsplit(family_package_db.url).username
    with psycopg.connect(os.environ["OPERATOR_ADMIN_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{SECRET}' IN ROLE {owner}")
        yield name
        admin.execute(f"DROP ROLE {name}")


@pytest.mark.faults
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("SET default_transaction_read_only = on", "read_only"),
        ("CONNECTION LIMIT 0", "too_many_connections"),
        ("NOLOGIN", "wrong_password"),
    ],
)
def test_a_closed_database_is_told_apart(family_package_db, monkeypatch, own_role, broken, reason):
    with psycopg.connect(os.environ["OPERATOR_ADMIN_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {own_role} {broken}")
    parts = urlsplit(family_package_db.url)
    monkeypatch.setenv(
        f"{PREFIX}URL",
        parts._replace(netloc=f"{own_role}:{SECRET}@{parts.netloc.rpartition('@')[2]}").geturl(),
    )
    with pytest.raises(OperatorUnavailable, match=reason):
        DatabaseSession(FAMILY_PACKAGE).push(AGREED, MANY[:1])


@dataclass
class Papers:
    authority: Authority
    server: ssl.SSLContext

    def show(self, monkeypatch, name: str) -> None:
        """Ours to the operator."""
        certificate = self.authority.certificate(name)
        monkeypatch.setenv(f"{PREFIX}SSLCERT", str(certificate))
        monkeypatch.setenv(f"{PREFIX}SSLKEY", str(certificate.with_suffix(".key")))
        certificate.with_suffix(".key").chmod(0o600)


@pytest.fixture
def papers(tmp_path, settings) -> Papers:
    """An operator whose server has a certificate for 127.0.0.1 and requires ours, as in production."""
    settings.PRODUCTION = True
    authority = Authority(tmp_path, "operator")
    server = authority.certificate("server")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.file)
    context.load_cert_chain(server, server.with_suffix(".key"))
    context.verify_mode = ssl.CERT_REQUIRED
    return Papers(authority, context)


def test_both_sides_show_certificates(through, family_package_db, papers, monkeypatch):
    papers.show(monkeypatch, "platform")
    monkeypatch.setenv(f"{PREFIX}SSLROOTCERT", str(papers.authority.file))
    with through(Proxy(family_package_db.url, tls=papers.server)):
        assert pushed() == 5000


@pytest.mark.parametrize("wrong", ["another authority", "another host", "no certificate of ours", "no TLS"])
def test_in_production_nothing_leaves_for_who_is_not_the_operator(
    through, family_package_db, papers, monkeypatch, tmp_path, wrong
):
    trusted = Authority(tmp_path, "somebody").file if wrong == "another authority" else papers.authority.file
    monkeypatch.setenv(f"{PREFIX}SSLROOTCERT", str(trusted))
    if wrong != "no certificate of ours":
        papers.show(monkeypatch, "platform")
    tls = None if wrong == "no TLS" else papers.server
    host = "localhost" if wrong == "another host" else "127.0.0.1"
    proxy = Proxy(family_package_db.url, tls=tls)
    with through(proxy, host), pytest.raises(OperatorUnavailable) as trouble:
        DatabaseSession(FAMILY_PACKAGE)
    assert trouble.value.reason == ("no_tls" if wrong == "no TLS" else "bad_certificate")


@pytest.fixture
def described(monkeypatch, settings) -> Iterator[Callable[..., list[str]]]:
    """The ids of the system check messages for one operator with this configuration."""
    for name in [name for name in os.environ if name.startswith("OPERATOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/nonexistent")
    settings.PRODUCTION = True

    def check(**words: str) -> list[str]:
        for name, value in {"URL": "postgresql://a@b/c", **words}.items():
            monkeypatch.setenv(f"OPERATOR_NSSF_DATABASE_{name}", value)
        return [message.id for message in operator_databases_are_described(None)]

    return check


def test_what_is_missing_for_a_safe_line_is_told_at_start(described, tmp_path):
    assert described() == ["dspp.E046"]
    assert described(SSLROOTCERT=str(tmp_path / "gone")) == ["dspp.E046"]
    assert described(SSLROOTCERT="system") == []
    assert described(SSLROOTCERT=str(Path(__file__)), SSLKEY=str(tmp_path / "gone")) == ["dspp.E046"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"SSLMODE": "require"}, ["dspp.W045"]),
        ({"URL": "postgresql://a@b/c?sslmode=disable"}, ["dspp.W045"]),
        ({"SSLMODE": "please"}, ["dspp.E045"]),
        ({"URL": "no address", "SSLROOTCERT": "system"}, ["dspp.E045"]),
        ({"LOCK_SECONDS": "0", "SSLROOTCERT": "system"}, ["dspp.E045"]),
        ({"STATEMENT_SECONDS": "soon", "SSLROOTCERT": "system"}, ["dspp.E045"]),
        ({"STATEMENT_SECONDS": "600", "SSLROOTCERT": "system"}, []),
    ],
)
def test_settings_that_make_no_sense_or_weaken_the_line_are_told(described, words, found):
    assert described(**words) == found


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_an_operator_enters_no_database_but_its_own(operator_databases, database):
    own = os.environ["OPERATOR_NSSF_DATABASE_URL"]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(make_conninfo(own, dbname=database))
