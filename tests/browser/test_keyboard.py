"""The whole journey of a citizen by keyboard alone."""

from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext

from applications.models import Application
from registry.models import Person
from tests.browser.conftest import LAPTOP
from tests.browser.keyboard import focused, go_on, tab_to, tell
from tests.browser.test_citizen import code_on


def test_a_citizen_registers_and_applies_by_the_keyboard_alone(worker, open_page):
    demo_phone = open_page("/demo/phone/", LAPTOP)
    page = open_page("/km/register/", LAPTOP)
    tell(page, ("phone", "012 345 678"))
    tell(page, ("code", code_on(demo_phone, "+85512345678")))

    # The first Tab of every page reaches the link that skips its header.
    page.keyboard.press("Tab")
    assert focused(page)["classes"] == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"

    tell(page, ("operators", "nssf"), ("agree", True))
    tell(page, ("family_name", "ចាន់"), ("given_name", "សុខា"))
    tell(page, ("sex", "female"))
    tell(page, ("born_day", "27"), ("born_month", "3"), ("born_year", "1985"))
    tell(page, ("document_type", "none"))
    tell(page)  # the phone is known already
    tab_to(page, "q")
    page.keyboard.type("Ou Thum")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tell(page, ("village_code", "01020101"))
    tell(page, ("more", "no"))
    tell(page)  # nothing of health and daily life needs an answer
    go_on(page)
    assert urlsplit(page.url).path == "/km/registered/"
    assert Person.objects.count() == 1

    page.goto(urljoin(page.url, "/km/apply/nssf-voluntary-health/"))
    go_on(page)
    assert Application.objects.count() == 1


def test_a_mistake_takes_the_focus_to_the_summary_and_from_there_to_the_field(world, open_page):
    page = open_page("/km/sign-in/", LAPTOP)
    page.keyboard.press("Tab")
    go_on(page)
    assert "summary" in focused(page)["classes"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page)["name"] == "phone"
    assert page.title().startswith(gettext("Error:"))
