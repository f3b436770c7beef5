"""Complete journeys: from the first page to the letter after the appeal, and a household that was registered
at the counter, claimed at home, shared and changed.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from applications.models import Application
from dsp_platform.accounts.models import PhoneEvent
from grievances.models import Grievance
from registry.models import ChangeRequest, Household, Person
from tests.applications.helpers import let_leave
from tests.browser.conftest import LAPTOP, PASSWORD, PHONE, look_again, second_factor
from tests.browser.people import (
    FAMILY,
    SOKHA,
    open_link,
    press,
    put,
    tell,
    tell_circumstances,
    tell_health,
    tell_member,
    tell_roster,
)
from tests.browser.test_citizen import code_on
from tests.browser.test_documents import PHOTO
from tests.registry.my_data.test_copies import age
from tests.stack import operator_rows, wait_for

OWN_PHONE = "+85512345678"


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")


def site(page: Page) -> str:
    return re.split(r"/(?:km|en)/", page.url)[0]


def follow(page: Page, address: str) -> None:
    """The link on this page that leads to ``address``."""
    with page.expect_navigation():
        page.locator(f'main a[href*="{address}"]').first.click()


def sign_in(page: Page, demo_phone: Page) -> None:
    PhoneEvent.objects.update(at=timezone.now() - timedelta(minutes=2))  # codes are at least a minute apart
    tell(page, {"phone": "០១២ ៣៤៥ ៦៧៨"})
    tell(page, {"code": code_on(demo_phone, OWN_PHONE)})


def staff(open_page, username: str, door: str) -> Page:
    page = open_page(door, LAPTOP)
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=otp_token]", second_factor(username))
    with page.expect_navigation():
        page.press("[name=otp_token]", "Enter")
    return page


def decide_in_admin(staff_page: Page, kind: str, reference: str, **answers: str | list[str]) -> None:
    """One step of a reviewer, in the admin; an application's is confirmed, and its time to leave has come."""
    staff_page.goto(f"{site(staff_page)}/km/admin/{kind}/")
    open_link(staff_page, reference)
    for name, value in answers.items():
        put(staff_page, name, value)
    with staff_page.expect_navigation():
        staff_page.locator(".submit-row input[type=submit]").click()
    assert staff_page.locator(".errornote, .errorlist").count() == 0
    if kind == "applications/application":
        confirm(staff_page)
        let_leave()


def confirm(staff_page: Page) -> None:
    """On the page that says what the decision will do."""
    with staff_page.expect_navigation():
        staff_page.locator("[name=confirmed][value=on]").click()
    assert staff_page.locator(".messagelist .success").count() == 1


def send_photo(page: Page) -> None:
    follow(page, "/documents/")
    if page.locator("[name=document]").count():
        page.locator("[name=document]").first.check()
    else:
        page.fill("[name=other]", "អត្តសញ្ញាណប័ណ្ណ")
    page.set_input_files("input[type=file]", {"name": PHOTO[0], "mimeType": PHOTO[1], "buffer": PHOTO[2]})
    press(page)
    wait_for(lambda: page.reload() and page.locator(".sheets img").count())


def test_from_the_first_look_to_the_letter_after_the_appeal(worker, open_page):
    """A citizen without an account and without scripts; two reviewers of the operator."""
    demo_phone = open_page("/demo/phone/", LAPTOP)
    page = open_page("/km/check/", PHONE, scripts=False)
    with page.expect_navigation():
        page.locator("main form button.button").first.click()
    while page.locator("form#main [name=answer]").count():
        if page.locator("[name=answer][type=radio]").count():
            page.locator("[name=answer]").last.check()
        else:
            page.fill("[name=answer]", "៣៥")
        press(page)
    follow(page, "/register/")
    sign_in(page, demo_phone)
    tell(page, {"operators": ["nssf"], "agree": True})
    tell_member(page, SOKHA, phone="012345678")
    page.fill("[name=q]", "Ou Thum")
    with page.expect_navigation():
        page.locator("main button", has_text="ស្វែងរក").click()
    tell(page, {"village_code": "01020101"})
    tell(page, {"more": "no"})
    tell_circumstances(page, [SOKHA])
    press(page)

    page.goto(f"{site(page)}/km/apply/nssf-voluntary-health/")
    send_photo(page)
    follow(page, "/apply/")
    press(page)
    home, reference = page.url, Application.objects.get().reference

    first = staff(open_page, "reviewer.nssf", "/km/admin/")
    decide_in_admin(first, "applications/application", reference, decision="ask_more", note="សូមផ្ញើសៀវភៅគ្រួសារ")
    page.goto(home)
    assert "សូមផ្ញើសៀវភៅគ្រួសារ" in page.inner_text("main .card")
    page.goto(f"{site(page)}/km/my/")
    follow(page, reference)  # what to do next leads to the question
    tell(page, {"answer": "ខ្ញុំបានផ្ញើហើយ 👍"})
    decide_in_admin(
        first, "applications/application", reference, decision="refuse", reason=["documents"], note="មិនច្បាស់"
    )
    page.goto(home)
    follow(page, "/letter/")
    assert "មិនច្បាស់" in page.inner_text("main")

    page.goto(home)
    follow(page, "/appeal/")
    tell(page, {"words": "រូបនោះច្បាស់ហើយ"})
    appeal = Grievance.objects.get().reference
    second = staff(open_page, "reviewer.nssf.2", "/km/admin/")
    decide_in_admin(second, "grievances/grievance", appeal, step="overturn", note="យើងពិនិត្យឡើងវិញ")
    decide_in_admin(second, "applications/application", reference, decision="approve", note="សូមអញ្ជើញមកសាខា")
    page.goto(home)
    follow(page, "/letter/")
    assert "សូមអញ្ជើញមកសាខា" in page.inner_text("main")
    assert Person.objects.get().enrolments.get().state == "active"


def test_a_household_of_the_counter_is_taken_up_shared_and_changed(worker, open_page):
    counter = staff(open_page, "clerk.banteay", "/km/counter/")
    counter.fill("[name=query]", "ចាន់ សុខា")
    for button in ("ស្វែងរក", "ចុះបញ្ជីគ្រួសារថ្មី"):
        with counter.expect_navigation():
            counter.get_by_role("button", name=button).click()
    tell(counter, {"reason": "register", "agree": True})
    tell(counter, {"operators": ["idpoor"], "agree": True})
    place = {"village_code": "01020101", "address": "ផ្ទះលេខ ១២"}
    tell_roster(counter, FAMILY[:2], phone="012345678", **place)
    tell_health(counter, FAMILY[:2])
    press(counter)
    household = Household.objects.get()
    wait_for(lambda: members_at_idpoor() == 2)

    # At home, by document number and date of birth; the phone of the account is the one on record.
    demo_phone = open_page("/demo/phone/", LAPTOP)
    page = open_page("/km/my/claim/", LAPTOP)
    sign_in(page, demo_phone)
    day, month, year = SOKHA.born
    born = {"born_day": day, "born_month": month, "born_year": year}
    page.select_option("[name=kind]", SOKHA.document[0])
    tell(page, {"number": SOKHA.document[1], **born})
    assert page.url.endswith("/km/my/")

    # When the consent is withdrawn, the operator's rows are deleted and the page says so; given again, they
    # are restored.
    page.goto(f"{site(page)}/km/my/consents/idpoor/withdraw/")
    press(page)
    wait_for(lambda: members_at_idpoor() == 0)
    wait_for(lambda: "បានលុប" in look_again(page))
    page.goto(f"{site(page)}/km/my/consents/idpoor/give/")
    press(page)
    wait_for(lambda: members_at_idpoor() == 2)
    age(Person.objects.get(given_name="សុខា"), 8)  # no copy leaves in the week after a claim
    file = page.request.get(f"{site(page)}/km/my/data/everything.json").json()
    assert file["household"]["number"] == household.number

    # A child is born: reported at home, decided at the counter, and delivered to the operator.
    page.goto(f"{site(page)}/km/my/changes/birth/")
    with page.expect_navigation():
        page.locator("main a.button").click()
    tell(page, {"family_name": "កែវ", "given_name": "ទើបកើត"})
    tell(page, {"sex": "female"})
    tell(page, {"born_day": "1", "born_month": "11", "born_year": "2026"})
    tell(page, {"mother": Person.objects.get(given_name="សុខា").spid})
    tell(page, {"relationship": "child"})
    tell(page, {"document_type": "none"})
    press(page)
    reference = ChangeRequest.objects.get().reference
    counter.goto(f"{site(counter)}/km/counter/changes/")
    open_link(counter, reference)
    tell(counter, {"decision": "approve"})
    baby = Person.objects.get(given_name="ទើបកើត")
    page.goto(f"{site(page)}/km/my/")
    assert baby.spid_grouped in page.inner_text("main")
    wait_for(lambda: members_at_idpoor() == 3)


def members_at_idpoor() -> int:
    """Whose records exist; of a deleted one only the number remains, marked as removed."""
    return len(operator_rows("idpoor", "SELECT 1 FROM hh_request_member WHERE NOT removed"))
