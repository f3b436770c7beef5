"""A member of staff joins in a real browser, from the link and from paper."""

import re
from base64 import b32decode

import pytest
from django_otp.oath import totp

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from tests.browser.conftest import PHONE
from tests.browser.people import tell

CHOSEN = "four quiet river boats"


@pytest.fixture
def code(transactional_db, areas, steward) -> str:
    user = staff.create_account(
        actor=steward, username="clerk.new", role=Role.OFFICIAL, full_name="សុខ ចាន់", area_code="010201",
        operator_code="",
    )  # fmt: skip
    return invitations.invite(actor=steward, user=user)


def set_up(page) -> None:
    main = page.inner_text("main")
    key = b32decode(re.search(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}", main)[0].replace(" ", ""))
    assert page.locator("main svg").bounding_box()["width"] > 150
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tell(page, {"new_code": f"{totp(key):06}", "password": CHOSEN, "again": CHOSEN})
    page.wait_for_url("**/counter/")
    assert staff.has_joined(User.objects.get(username="clerk.new"))


def test_the_link_fills_in_the_code_and_keeps_it_out_of_the_address(code, open_page):
    page = open_page(f"/km/staff/join/#{code}", PHONE)
    assert page.input_value("[name=code]") == code
    assert code not in page.url
    tell(page, {})
    set_up(page)


def test_without_scripts_the_code_is_typed(code, open_page):
    page = open_page("/en/staff/join/", PHONE, scripts=False)
    assert page.input_value("[name=code]") == ""
    tell(page, {"code": code})
    main = page.inner_text("main")
    key = b32decode(re.search(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}", main)[0].replace(" ", ""))
    tell(page, {"new_code": f"{totp(key):06}", "password": CHOSEN, "again": CHOSEN})
    page.wait_for_url("**/counter/")
