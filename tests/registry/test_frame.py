"""Size, language and security of the pages."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

pytestmark = pytest.mark.django_db

PUBLIC = ["", "programmes/"]


def weight(content: bytes) -> int:
    return len(gzip.compress(content))


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("page", PUBLIC)
def test_public_pages_are_light_and_say_their_language(client, page, language):
    answer = client.get(f"/{language}/{page}")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in html
    assert weight(answer.content) <= 20_000
    assert "style=" not in html
    assert "<script>" not in html


def test_sheet_and_script_are_light():
    static = Path(settings.BASE_DIR) / "static"
    assert weight((static / "dspp.css").read_bytes()) <= 15_000
    assert weight((static / "dspp.js").read_bytes()) <= 5_000


def test_the_pages_of_a_family_of_eight_are_light(new_assisted_session):
    new_assisted_session.head()
    for number in range(2, 9):
        new_assisted_session.child(number, birth={"born_year": str(2006 + number)})
    assert weight(new_assisted_session.client.get("/km/register/members/").content) <= 20_000
    new_assisted_session.finish(members=8)
    for page in ("registered/", "my/", "slip/"):
        answer = new_assisted_session.client.get(f"/km/{page}")
        assert answer.status_code == 200
        assert weight(answer.content) <= 20_000
        assert "no-store" in answer["Cache-Control"]


def test_an_unknown_page_has_a_way_home(client):
    answer = client.get("/km/nowhere/")
    assert answer.status_code == 404
    assert 'href="/km/"' in answer.content.decode()


def test_the_error_page_needs_no_context():
    assert 'href="/km/"' in render_to_string("500.html")
