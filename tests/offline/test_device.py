"""What a laptop is told, and what its service worker may keep."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from dsp_platform.offline import shell
from dsp_platform.offline.sent import device_account
from tests.registry.pages import begin_household, official_client

pytestmark = pytest.mark.django_db


def told() -> dict:
    answer = Client().get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    return json.loads(re.match(r"const SHELL = (.+);", answer.content.decode())[1])


def test_the_service_worker_keeps_what_everybody_may_see(areas, commune_clerk, operators):
    browser = official_client(commune_clerk)
    for page in [one for pages in told()["pages"].values() for one in pages]:
        kept = Client().get(page)
        assert (kept.status_code, kept.cookies.output()) == (200, "")
        assert commune_clerk.full_name not in kept.content.decode()
        assert f'href="{page[:3]}/sign-in/"' not in kept.content.decode()  # it is shown to who is signed in
        assert browser.get(page).status_code == 200
    assert told()["pages"].keys() == {"km", "en"}


def test_another_release_is_another_service_worker(monkeypatch, tmp_path):
    before = told()["release"]
    find = finders.find
    changed = tmp_path / "changed.css"
    changed.write_text("main { }")
    monkeypatch.setattr(shell.finders, "find", lambda name: changed if name == "dspp.css" else find(name))
    assert told()["release"] != before


def test_a_laptop_is_told_who_is_signed_in_and_how_to_send(commune_clerk):
    status = official_client(commune_clerk).get("/km/offline/status/")
    assert status.json()["account"] == device_account(commune_clerk)
    assert status.json()["csrf"]
    assert "no-store" in status["Cache-Control"]


def test_nobody_else_is_told_anything(sokha, client):
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    assert (
        client.get("/km/offline/status/").json()
        == Client().get("/km/offline/status/").json()
        == {"account": ""}
    )


def test_a_page_of_the_case_says_whose_it_is_without_a_name(areas, operators, commune_clerk):
    laptop = official_client(commune_clerk)
    begin_household(laptop)
    page = laptop.get("/km/register/consent/").content.decode()
    account, case = re.search(r'name="kept_for" value="(\w+)\.(\w+)"', page).groups()
    assert account == device_account(commune_clerk)
    begin_household(laptop)
    assert case not in laptop.get("/km/register/consent/").content.decode()


def test_without_a_key_nothing_is_kept(areas, operators, commune_clerk, settings):
    settings.OFFLINE_KEYS = []
    laptop = official_client(commune_clerk)
    begin_household(laptop)
    assert "kept_for" not in laptop.get("/km/register/consent/").content.decode()


def test_a_citizen_keeps_nothing(sokha, areas, operators, client):
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    page = client.get("/km/register/consent/").content.decode()
    assert "kept_for" not in page
    assert "offline/page.js" not in page
