from django.test import Client


def test_healthz_needs_nothing(client: Client):
    assert client.get("/healthz").content == b"ok"


def test_readyz_names_every_part(client: Client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "redis": True, "migrations": True}


def test_readyz_is_503_without_redis(client: Client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["redis"] is False
