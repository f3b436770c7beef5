"""The database is down: visitors are told so quickly, in their language, without personal data."""

import pytest

from tests.stack import Browser, Web

SOON = 5


@pytest.fixture
def web(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "tests.stack.database_url", lambda: "postgresql://nobody:secret-word@127.0.0.1:1/gone"
    )
    server = Web(tmp_path / "log", DSPP_MODE="demo")
    server.start()
    yield server
    server.stop()


def test_a_dead_database_has_a_page(web):
    pages = {"/km/my/": "មានបញ្ហានៅខាងយើង", "/en/my/": "Something went wrong on our side"}
    for path, words in pages.items():
        answer = Browser(web, {"session": "a" * 32}).get(path)
        assert answer.status_code == 500
        assert words in answer.content.decode()
        assert b"secret-word" not in answer.content
        assert answer.seconds < SOON
    assert Browser(web).get("/readyz").status_code == 503
    assert "secret-word" not in web.log.read_text()
