"""What a supervisor reads of who has what, and what waits for whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import services as applications
from applications.models import Application
from applications.review import held as decisions
from dsp_platform.accounts.models import Duty
from registry.models import Programme
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.duties import of_duty
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(operators):
    return of_duty(Duty.SUPERVISOR)


def load(user, language: str = "en"):
    return sign_in(user).get(address("admin:applications_application_load", language=language))


def shown(page) -> dict[str, tuple[int, int]]:
    return {one.colleague.username: (one.open, one.late) for one, _query in page.context["loads"]}


def parts(page) -> dict[str, str]:
    return {label: count for label, count, _query in page.context["parts"]}


def test_who_has_how_many_and_how_many_are_late(
    application, second_application, nssf_reviewer, second_nssf_reviewer, supervisor
):
    for item in (application, second_application):
        applications.assignment.assign(item, actor=nssf_reviewer)
    due = timezone.now() - timedelta(days=1)
    Application.objects.filter(pk=application.pk).update(due_at=due)
    page = load(supervisor)
    assert shown(page) == {"reviewer.nssf": (2, 1), "reviewer.nssf.2": (0, 0), "supervisor.nssf": (0, 0)}
    assert page.context["loads"][0][0].oldest_due == due


def test_a_line_opens_the_list_of_what_the_colleague_has(
    application, second_application, nssf_reviewer, supervisor
):
    applications.assignment.assign(application, actor=nssf_reviewer)
    page = load(supervisor)
    queries = {one.colleague.username: query for one, query in page.context["loads"]}
    link = f"{address('admin:applications_application_changelist', language='en')}?{queries['reviewer.nssf']}"
    listed = sign_in(supervisor).get(link).content.decode()
    assert application.reference in listed
    assert second_application.reference not in listed


def test_what_waits_for_whom(application, second_application, nssf_reviewer, supervisor, programme):
    with as_owner():
        Programme.objects.filter(pk=programme.pk).update(second_review_share=100)
    application.programme.refresh_from_db()
    decisions.hold(application=application, decision="approve", actor=nssf_reviewer, expected_version=1)
    applications.decide(
        application=second_application, decision="ask_more", note="ឯកសារ?", actor=nssf_reviewer,
        expected_version=1,
    )  # fmt: skip
    page = load(supervisor)
    assert parts(page) == {
        "Waits for whoever has it": "0",
        "Waits for somebody to take it": "1",
        "Waits for the second reviewer": "1",
        "Waits for the person": "1",
    }
    assert page.context["second"] == [(application.pk, application.reference)]
    home = sign_in(supervisor).get(address("admin:index", language="en"))
    queue = next(one for one in home.context["queues"] if one.title == "Applications")
    waiting = {one.label: one.count for one in queue.waiting}
    assert waiting["Waits for the second reviewer"] == waiting["Waits for the person"] == "1"
    assert queue.load_link == address("admin:applications_application_load", language="en")


@pytest.mark.parametrize(("language", "words"), [("km", "នរណាកាន់អ្វី"), ("en", "Who has what")])
def test_in_both_languages(application, supervisor, language, words):
    assert words in load(supervisor, language).content.decode()


@pytest.mark.parametrize("duty", [Duty.REVIEWER, Duty.READ_ONLY, Duty.CATALOGUE])
def test_nobody_else_reads_the_load(application, duty):
    assert load(of_duty(duty)).status_code == 403


def test_of_the_own_operator_only(application, nssf_reviewer):
    applications.assignment.assign(application, actor=nssf_reviewer)
    page = load(of_duty(Duty.SUPERVISOR, "family_package"))
    assert shown(page) == {"supervisor.family_package": (0, 0)}
    assert set(parts(page).values()) == {"0"}


def test_the_queries_do_not_grow_with_the_office(application, supervisor):
    def asked() -> int:
        browser = sign_in(supervisor)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address("admin:applications_application_load", language="en"))
        return len(queries)

    before = asked()
    for number in range(5):
        of_duty(Duty.REVIEWER, username=f"reviewer.{number}")
    assert asked() == before <= 15
