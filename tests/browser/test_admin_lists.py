"""On a laptop a list of the admin shows all its columns and filters; on a phone, every button."""

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import transaction
from playwright.sync_api import Page

from registry.unusual.admin import UnusualAction
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.test_admin_pages import packed, show  # noqa: F401 - a fixture
from tests.roles import as_owner
from tests.structure.conftest import *  # noqa: F403
from tests.structure.test_admin_lists import list_of

LANGUAGES = ("km", "en")
CUT = """() => Array.from(document.querySelectorAll(
    ".results, #changelist-filter, #changelist-filter details"
)).filter(one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1
).map(one => `${one.id || one.className || one.innerText.split("\\n")[0]}
    ${one.scrollWidth}>${one.clientWidth} ${one.scrollHeight}>${one.clientHeight}`)"""
OUTSIDE = """() => Array.from(document.querySelectorAll("#content button")).filter(one => {
    const place = one.getBoundingClientRect();
    return place.right > document.documentElement.clientWidth;
}).length"""


@pytest.fixture
def real(packed):  # noqa: F811
    """With the real names of operators and programmes, and the agreements between them."""
    with transaction.atomic(), as_owner():
        for command in ("load_operators", "load_catalogue"):
            call_command(command, verbosity=0)
    return packed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_is_cut_nowhere_on_a_laptop(real, open_page, live_server, language):
    page, cut, seen = open_page("/healthz", LAPTOP), {}, 0
    for who in ("steward", "auditor", "reviewer nssf"):
        for model in admin.site._registry:
            address = list_of(model).replace("/km/", f"/{language}/")
            answer = real[who].get(address)
            if answer.status_code == 200 and answer.context.get("cl"):
                seen += 1
                show(page, live_server.url + address, answer.content)
                if found := page.evaluate(CUT):
                    cut[f"{who} {address}"] = found
    assert seen > 20
    assert not cut, "\n".join(f"{address}: {found}" for address, found in cut.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_button_beside_an_unusual_act_is_seen_on_a_phone(real, open_page, live_server, language):
    page: Page = open_page("/healthz", PHONE)
    address = f"{list_of(UnusualAction).replace('/km/', f'/{language}/')}?rule=objected"
    show(page, live_server.url + address, real["steward"].get(address).content)
    assert page.locator("#content button").count()
    assert page.evaluate(OUTSIDE) == 0
