import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError
from django.test import Client

from dsp_platform.monitoring import health

PARTS = {"database": True, "redis": True, "migrations": True}


@pytest.fixture(autouse=True)
def nothing_is_known():
    health.readiness.forget()
    yield
    health.readiness.forget()


@pytest.fixture
def no_database(monkeypatch):
    def gone(self: BaseDatabaseWrapper) -> None:
        raise OperationalError

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", gone)


def test_healthz_needs_nothing(client: Client):
    assert client.get("/healthz").content == b"ok"


def test_readyz_names_every_part(client: Client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == PARTS


def test_readyz_is_503_without_redis(client: Client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["redis"] is False


def test_a_probe_over_plain_http_sees_a_failure(client: Client, settings, no_database):
    """The probe would take a redirect to https for an answer."""
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False


def test_nothing_else_is_answered_over_plain_http(client: Client, settings):
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/healthz/", "/readyz/more", "/km/", "/metrics"):
        assert client.get(path).status_code in (301, 403), path


def test_readyz_is_looked_into_once_in_two_seconds(client: Client, db, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(health.time, "monotonic", lambda: now[0])
    looks: list[str] = []
    for part in ("_database", "_redis", "_migrations"):
        monkeypatch.setattr(health, part, lambda part=part: not looks.append(part))
    for _ in range(20):
        assert client.get("/readyz").json() == PARTS
    assert looks == ["_database", "_redis", "_migrations"]
    now[0] += health.CACHE_SECONDS
    assert client.get("/readyz").json() == PARTS
    assert looks[3:] == ["_database", "_redis"]  # Migrations are not undone, so the answer is cached.
