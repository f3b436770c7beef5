"""Help is complete: every task has its page, in both languages, with whom to ask."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as house
from django.core.checks import run_checks
from django.utils.html import escape
from django.utils.translation import override

from dsp_platform.help.topics import TOPICS, topic
from dsp_platform.web.pictures import PICTURES

FIRST_REVIEW = date(2026, 11, 22)
TEMPLATES = Path(house.BASE_DIR) / "templates"


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("found", TOPICS, ids=lambda found: found.slug)
def test_every_task_has_numbered_steps_and_asks_no_database(client, language, found):
    answer = client.get(f"/{language}/help/{found.slug}/")
    html = answer.content.decode()
    with override(language):
        assert f"<h1>{found.title}</h1>" in html
        assert escape(str(found.summary)) in html
    steps = html.partition('<ol class="steps">')[2].partition("</ol>")[0]
    assert steps.count("<li>") >= 3
    assert not answer.cookies
    assert found.picture in PICTURES
    assert found.reviewed >= FIRST_REVIEW


@pytest.mark.parametrize("page", ["lost-phone", "safety"])
@pytest.mark.parametrize(
    ("language", "company", "blocked"),
    [
        ("en", "Call your phone company at once", "have the SIM card blocked"),
        ("km", "ទូរសព្ទទៅក្រុមហ៊ុនទូរសព្ទ", "ឱ្យបិទស៊ីមកាត"),
    ],
)
def test_help_says_what_to_do_about_a_stolen_sim(client, page, language, company, blocked):
    html = client.get(f"/{language}/help/{page}/").content.decode()
    assert company.lower().removesuffix(" at once") in html.lower()
    assert blocked in html


def test_the_index_leads_to_all_of_them(client):
    html = client.get("/km/help/").content.decode()
    assert all(f'href="/km/help/{found.slug}/"' in html for found in TOPICS)
    assert client.get("/km/help/nothing/").status_code == 404


def test_links_to_help_lead_somewhere():
    used = {
        slug
        for path in TEMPLATES.rglob("*.html")
        for slug in re.findall(r'{% help_with "([^"]*)"', path.read_text(encoding="utf-8"))
    }
    assert used
    assert all(topic(slug) for slug in used)


def test_contacts_are_shown_where_they_are_set(client, settings):
    settings.CONTACT_PHONE, settings.CONTACT_TELEGRAM = "023 123 456", "dspp_help"
    for page in ("help/", "help/safety/"):
        html = client.get(f"/en/{page}").content.decode()
        assert html.count('href="tel:023123456"') == 2  # in the page and in the footer
        assert html.count('href="https://t.me/dspp_help"') == 2


def test_without_contacts_the_office_is_named(client, settings):
    settings.CONTACT_PHONE = settings.CONTACT_TELEGRAM = ""
    html = client.get("/en/help/").content.decode()
    assert "Questions? Ask at your commune or sangkat office." in html
    assert "t.me" not in html


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("CONTACT_PHONE", "call us", "dspp.E005"),
        ("CONTACT_TELEGRAM", "https://t.me/x", "dspp.E006"),
        ("CONTACT_TELEGRAM", "a b", "dspp.E006"),
    ],
)
def test_a_contact_nobody_can_use_is_refused(settings, name, value, error):
    setattr(settings, name, value)
    assert error in {found.id for found in run_checks()}


@pytest.mark.parametrize("language", ["km", "en"])
def test_where_a_code_may_be_told_is_said_in_the_same_words_of_every_act(client, language):
    """A move, a first account and a registration are also confirmed by a code that an official types."""
    html = client.get(f"/{language}/help/lost-phone/").content.decode()
    words = {"en": "only when the message itself says so", "km": "តែពេលសារនោះសរសេរប្រាប់"}[language]
    assert words in html
    assert {"en": "Only here may you tell a code", "km": "មានតែករណីនេះទេ"}[language] not in html
