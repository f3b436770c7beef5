"""Double clicks on each last button, on the real web server: one record, and no error."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django_otp.oath import totp

from applications.models import Application, ApplicationEvent, HeldDecision
from dsp_platform.accounts.models import TOTPDevice
from dsp_platform.notifications.models import Message
from grievances.models import Grievance, GrievanceEvent
from registry.models import Consent, Enrolment, Household, Person
from tests.applications.helpers import let_leave
from tests.faults.conftest import told
from tests.registry.pages import asked_on, shown_on
from tests.stack import Answer, Browser, Web


def press_twice(browser: Browser, path: str, data: dict | None = None) -> list[Answer]:
    """And once more: all are sent with the same cookies, before any is answered."""

    def press(twin: Browser) -> Answer:
        return twin.post(path, data)

    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(press, [browser.twin() for _click in range(3)]))


def where(answers: list[Answer]) -> set[str]:
    assert {answer.status_code for answer in answers} == {302}
    return {answer.url for answer in answers}


def test_registration_and_application(web):
    family = told(web)
    page = "/km/register/check/"
    assert where(press_twice(family.client, page, shown_on(family.client, page))) == {"/km/registered/"}
    assert (Household.objects.count(), Person.objects.count()) == (1, 2)
    assert Consent.objects.values("operator_code").distinct().count() == Consent.objects.count()

    answers = press_twice(
        family.client,
        "/km/apply/family-package/",
        {"consent": "on", **shown_on(family.client, "/km/apply/family-package/")},
    )
    application = Application.objects.get()
    assert where(answers) == {f"/km/applications/{application.reference}/"}
    assert application.events.count() == 1
    assert Message.objects.filter(template="application_received").count() == 1


def test_grievance(web):
    browser = Browser(web)
    browser.get("/km/grievances/report/")
    browser.post("/km/grievances/report/", {"category": "payment"})
    browser.post("/km/grievances/report/what/", {"text": "ប្រាក់មិនមកដល់"})
    browser.post("/km/grievances/report/where/", {"operator": "nssf"})
    last = "/km/grievances/report/contact/"
    answers = press_twice(browser, last, {"phone": "012 345 678", **asked_on(browser, last)})
    assert where(answers) == {"/km/grievances/reported/"}
    grievance = Grievance.objects.get()
    assert GrievanceEvent.objects.count() == 1
    assert not Message.objects.exists()  # the number is not verified yet
    assert grievance.reference in browser.get("/km/grievances/reported/").content.decode()


@pytest.fixture
def reviewer(web) -> Callable[[str], Browser]:
    """At the admin, signed in with password and second factor."""
    call_command("load_demo_staff", verbosity=0)

    def sign_in(username: str) -> Browser:
        device = TOTPDevice.objects.get(user__username=username)
        browser = Browser(web)
        browser.get("/km/admin/login/")
        token = f"{totp(device.bin_key):06}"
        answer = browser.post(
            "/km/admin/login/",
            {"username": username, "password": os.environ["DEMO_PASSWORD"], "otp_token": token},
        )
        assert answer.status_code == 302
        return browser

    return sign_in


def test_decision(web: Web, reviewer):
    family = told(web)
    family.confirm()
    family.client.post(
        "/km/apply/family-package/", {"consent": "on", **shown_on(family.client, "/km/apply/family-package/")}
    )
    application = Application.objects.get()
    path = f"/km/admin/applications/application/{application.pk}/decide/"
    decision = {"decision": "approve", "version": application.version, "reason": "", "note": "ok"}
    answers = press_twice(reviewer("reviewer.family_package"), path, {**decision, "confirmed": "on"})
    assert HeldDecision.objects.count() == 1
    let_leave()
    # A second click does not show "nothing was saved".
    assert where(answers) == {path.replace("/decide/", "/change/")}
    assert Enrolment.objects.count() == 1
    assert ApplicationEvent.objects.filter(step="approve").count() == 1
    assert Message.objects.filter(template="application_approve").count() == 1
