"""A citizen on a small phone with scripts off, and the reviewer who answers in the admin."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from applications.models import Application
from dsp_platform.accounts.models import PhoneEvent
from grievances.models import Grievance
from registry.models import Person
from tests.applications.helpers import let_leave
from tests.browser.conftest import LAPTOP, PASSWORD, PHONE, look_again, second_factor
from tests.browser.people import SOKHA, open_link, press, tell, tell_circumstances, tell_member
from tests.stack import operator_rows, wait_for


def code_on(demo_phone: Page, number: str) -> str:
    """The six digits that the demo phone of this number received last; each code is used once."""

    def look() -> str | None:
        look_again(demo_phone)
        card = demo_phone.locator(f'section[aria-label="{number}"]')
        codes = card.locator(".inset strong").all_inner_texts() if card.count() else []
        return codes[0] if codes and codes[0] not in used else None

    used.add(code := str(wait_for(look)))
    return code


used: set[str] = set()


def sign_in(page: Page, demo_phone: Page) -> None:
    tell(page, {"phone": "០១២ ៣៤៥ ៦៧៨"})
    tell(page, {"code": code_on(demo_phone, "+85512345678")})


def nothing_overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_citizen_registers_applies_and_reads_the_reviewers_answer(worker, open_page):
    demo_phone = open_page("/demo/phone/", LAPTOP)
    page = open_page("/km/register/", PHONE, scripts=False)
    sign_in(page, demo_phone)

    # After half of it a shared phone is left alone: the session ends, and later resumes at the same step.
    assert page.url.endswith("/km/register/consent/")
    tell(page, {"operators": ["nssf"], "agree": True})
    tell(page, {"family_name": SOKHA.family_name, "given_name": SOKHA.given_name})
    with page.expect_navigation():
        page.get_by_role("button", name="ចាកចេញ").first.click()
    # Codes are at least a minute apart.
    PhoneEvent.objects.update(at=timezone.now() - timedelta(minutes=2))
    page.goto(page.url.split("/km/")[0] + "/km/register/")
    sign_in(page, demo_phone)
    assert page.url.endswith("/km/register/member/1/sex/")

    # The rest, alone in the household, the village found by its Latin name.
    tell_member(page, SOKHA, phone="012345678", named=True)
    page.fill("[name=q]", "Ou Thum")
    with page.expect_navigation():
        page.locator("main button", has_text="ស្វែងរក").click()
    tell(page, {"village_code": "01020101"})
    tell(page, {"more": "no"})
    tell_circumstances(page, [SOKHA])
    press(page)
    assert nothing_overflows(page)
    assert Person.objects.get().spid_grouped in page.locator("main").inner_text()

    # Apply; the operator's database and its reviewer see it.
    page.goto(page.url.replace("/registered/", "/apply/nssf-voluntary-health/"))
    press(page)
    application = Application.objects.get()
    assert nothing_overflows(page)
    wait_for(lambda: operator_rows("nssf", "SELECT 1 FROM membership.voluntary_application"))

    staff_page = open_page("/km/admin/", LAPTOP)
    staff_page.fill("[name=username]", "reviewer.nssf")
    staff_page.fill("[name=password]", PASSWORD)
    staff_page.fill("[name=otp_token]", second_factor("reviewer.nssf"))
    with staff_page.expect_navigation():
        staff_page.locator("[type=submit]").click()
    staff_page.goto(staff_page.url.split("/km/")[0] + "/km/admin/applications/application/")
    open_link(staff_page, application.reference)
    assert SOKHA.given_name in staff_page.locator("#content").inner_text()
    staff_page.check("[name=decision][value=approve]")
    staff_page.fill("[name=note]", "សូមបង់ភាគទានដំបូងនៅសាខាខេត្ត។")
    with staff_page.expect_navigation():
        staff_page.locator(".submit-row input[type=submit]").click()
    with staff_page.expect_navigation():
        staff_page.locator("[name=confirmed][value=on]").click()
    let_leave()

    # The answer, on the citizen's page and phone, in Khmer.
    page.goto(page.url.split("/km/")[0] + f"/km/applications/{application.reference}/")
    assert "សូមបង់ភាគទានដំបូង" in page.locator(".timeline").inner_text()
    wait_for(lambda: application.reference in look_again(demo_phone))


def test_a_grievance_without_an_account_is_followed_by_reference_and_pin(world, open_page):
    page = open_page("/km/grievances/report/", PHONE, scripts=False)
    tell(page, {"category": "payment"})
    tell(page, {"text": "យើងមិនទាន់បានទទួលប្រាក់ខែនេះទេ <script>alert(1)</script>"})
    press(page)
    press(page)
    assert page.url.endswith("/grievances/reported/")
    reference, pin = page.locator("main .reference").all_inner_texts()
    assert Grievance.objects.get().person is None

    later = open_page("/km/grievances/follow/", PHONE, scripts=False)
    later.fill("[name=reference]", reference)
    later.fill("[name=pin]", "000000" if pin != "000000" else "111111")
    with later.expect_navigation():
        later.locator("form#main button").click()
    assert later.locator(".summary").count() == 1
    khmer_pin = pin.translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    tell(later, {"reference": reference.lower(), "pin": khmer_pin})
    assert reference in later.locator("main").inner_text()
    assert nothing_overflows(later)
