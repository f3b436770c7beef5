"""The journey of an official: a family of five, from the search to the answer of an operator."""

import os
import re

import psycopg
from django.core.management import call_command

from applications.models import Application
from dsp_platform.celery import app
from registry.models import Enrolment, Household
from tests.browser.conftest import LAPTOP, PASSWORD, look_again, second_factor
from tests.browser.people import FAMILY, press, tell, tell_health, tell_roster
from tests.stack import operator_rows, wait_for

AGREED = ["idpoor", "family_package", "disability"]


def write_to(operator: str, statement: str, values: tuple) -> None:
    """What the operator's own system does: a row in its own table."""
    with psycopg.connect(os.environ[f"OPERATOR_{operator.upper()}_DATABASE_URL"]) as connection:
        connection.execute(statement, values)


def test_a_family_of_five_reaches_its_operators_and_gets_an_answer(worker, open_page):
    page = open_page("/km/counter/", LAPTOP)
    tell(
        page, {"username": "clerk.banteay", "password": PASSWORD, "otp_token": second_factor("clerk.banteay")}
    )

    # Search first; nobody is found, so an assisted session for a new household.
    page.fill("[name=query]", "ចាន់ សុខា")
    with page.expect_navigation():
        page.get_by_role("button", name="ស្វែងរក").click()
    with page.expect_navigation():
        page.get_by_role("button", name="ចុះបញ្ជីគ្រួសារថ្មី").click()
    tell(page, {"reason": "register", "agree": True})

    # The consents, the household on one page, and who is concerned by the questions about health.
    tell(page, {"operators": AGREED, "agree": True})
    place = {"village_code": "01020101", "address": "ផ្ទះលេខ ១២"}
    tell_roster(page, FAMILY, phone="០១២ ៣៤៥ ៦៧៨", **place)
    tell_health(page, FAMILY)
    assert page.url.endswith("/km/register/check/")
    press(page)

    # Five numbers, and the banner names the person.
    assert page.url.endswith("/km/registered/")
    assert len(set(re.findall(r"\b\d{4} \d{4} \d{4}\b", page.locator("main").inner_text()))) == 5
    assert "ចាន់ សុខា" in page.locator(".banner").first.inner_text()
    household = Household.objects.get()

    # In the databases of the operators that are entitled and have consent, and in no other.
    wait_for(lambda: len(operator_rows("idpoor", "SELECT 1 FROM hh_request_member")) == 5)
    # Persons and households are sent kind by kind, each in a transaction of its own.
    wait_for(lambda: operator_rows("idpoor", "SELECT 1 FROM hh_request"))
    assert operator_rows("idpoor", "SELECT hh_code, head_name_kh, member_total FROM hh_request") == [
        (household.number, "ចាន់ សុខា", 5)
    ]
    wait_for(lambda: len(held_by("disability")) == 1)
    assert held_by("nssf") == []
    assert held_by("pmrs") == []
    assert held_by("family_package") == []

    # IDPoor records its assessment in its own table, which makes the household concern the Family Package.
    write_to(
        "idpoor",
        "INSERT INTO assessment_result (result_no, hh_code, level_kh, valid_until) VALUES (%s, %s, %s, %s)",
        ("R-1", household.number, "ក្រ១", "2029-11-30"),
    )
    app.send_task("exchange.pull_all")
    wait_for(lambda: len(held_by("family_package")) == 5)
    assert held_by("pmrs") == []

    # Applying, on behalf of the person.
    page.goto(page.url.replace("/registered/", "/apply/family-package/"))
    press(page)  # the consent was given with the registration
    application = Application.objects.get()
    assert application.reference in page.locator("main").inner_text()
    wait_for(lambda: operator_rows("family_package", "SELECT application_no FROM fp_application"))

    # The fund decides in its own database; the answer appears on the page and on the phone.
    write_to(
        "family_package",
        "INSERT INTO fp_application_event (event_ref, application_no, result, enrolment_no, note)"
        " VALUES (%s, %s, %s, %s, %s)",
        ("E-1", application.reference, "approve", "FP-77", "សូមអញ្ជើញមកឃុំ"),
    )
    app.send_task("exchange.pull_all")
    wait_for(lambda: Application.objects.get().state == Application.State.APPROVED)
    page.reload()
    assert "សូមអញ្ជើញមកឃុំ" in page.locator(".timeline").inner_text()
    assert Enrolment.objects.get().person.family_name == "ចាន់"
    phone = open_page("/demo/phone/")
    wait_for(lambda: application.reference in look_again(phone))

    # The slip, and the end of the assisted session.
    page.goto(page.url.split("/applications/")[0] + "/slip/")
    assert page.locator("svg").count() >= 5
    page.locator(".banner button, .banner a").last.click()
    page.wait_for_url("**/km/counter/")
    assert page.locator(".banner").count() == 0


def test_the_other_commune_finds_nobody(world, open_page):
    call_command("load_demo_people", verbosity=0)
    page = open_page("/km/counter/", LAPTOP)
    tell(
        page,
        {"username": "clerk.bat-trang", "password": PASSWORD, "otp_token": second_factor("clerk.bat-trang")},
    )
    page.fill("[name=query]", "ចាន់ ស៊ុខា")
    with page.expect_navigation():
        page.get_by_role("button", name="ស្វែងរក").click()
    assert page.locator("button[name=person]").count() == 0


def held_by(operator: str) -> list[tuple]:
    table = {
        "disability": "SELECT 1 FROM di_person",
        "nssf": "SELECT 1 FROM membership.insured_person",
        "pmrs": "SELECT 1 FROM patient_master",
        "family_package": "SELECT 1 FROM fp_person",
    }[operator]
    return operator_rows(operator, table)
