"""Who decided, or agreed as the second reviewer, neither answers what is said against it nor decides anew."""

import pytest
from django.utils import timezone

from applications.errors import DecidedBefore
from applications.review import held
from applications.selectors import took_part
from dsp_platform.accounts.models import User
from grievances import services
from grievances.errors import DecidedByYou
from registry.beneficiaries.enrolment import enrol
from registry.models import Programme
from tests.applications.helpers import let_leave, sign_in
from tests.applications.test_following import decide
from tests.grievances.test_appeals import answer, appeal, application, programme
from tests.grievances.test_services import handle
from tests.roles import as_owner

__all__ = ["application", "programme"]
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


@pytest.fixture
def third_nssf_reviewer(db):
    return User.objects.create_staff(
        username="reviewer.nssf.3", password="x", role="reviewer", operator_code="nssf"
    )


@pytest.fixture
def refused_by_two(application, programme, nssf_reviewer, second_nssf_reviewer):
    """The first refuses, the second agrees, it leaves."""
    with as_owner():
        Programme.objects.filter(pk=programme.pk).update(second_review_share=100)
    application.refresh_from_db()
    refuse(application, nssf_reviewer, second_nssf_reviewer)
    return application


def refuse(application, first, second):
    application.refresh_from_db()
    made = held.hold(
        application=application, decision="refuse", reason="documents", note="ទេ", actor=first,
        expected_version=application.version,
    )  # fmt: skip
    held.agree(held=made, actor=second)
    assert let_leave() == 1
    application.refresh_from_db()
    assert application.state == "refused"


def test_both_took_part_and_nobody_else(refused_by_two, nssf_reviewer, second_nssf_reviewer):
    decision = refused_by_two.events.get(step="refuse")
    assert took_part(decision) == {nssf_reviewer, second_nssf_reviewer}


def test_who_decided_alone_took_part_alone(application, nssf_reviewer):
    decide(application, nssf_reviewer)
    assert took_part(application.events.get(step="refuse")) == {nssf_reviewer}


def test_neither_answers_the_appeal(
    refused_by_two, sokha, nssf_reviewer, second_nssf_reviewer, third_nssf_reviewer, steward
):
    made = appeal(refused_by_two, sokha)
    for one in (nssf_reviewer, second_nssf_reviewer):
        with pytest.raises(DecidedByYou):
            answer(made, one, "uphold")
        with pytest.raises(DecidedByYou):
            services.assignment.assign(made, actor=one)
    assert answer(made, steward, "uphold").state == "upheld"


@pytest.mark.parametrize("place", [0, 1])
def test_neither_decides_anew_in_either_place(
    refused_by_two, sokha, nssf_reviewer, second_nssf_reviewer, third_nssf_reviewer, steward, place
):
    answer(appeal(refused_by_two, sokha), steward, "overturn")
    for one in (nssf_reviewer, second_nssf_reviewer):
        pair = (one, third_nssf_reviewer) if place == 0 else (third_nssf_reviewer, one)
        with pytest.raises(DecidedBefore):
            refuse(refused_by_two, *pair)
    refused_by_two.refresh_from_db()
    assert refused_by_two.is_open


@pytest.mark.parametrize("category", ["decision", "other", "payment", "assessment"])
def test_neither_answers_a_report_linked_to_the_application(
    refused_by_two, tell, sokha, nssf_reviewer, second_nssf_reviewer, third_nssf_reviewer, category
):
    told = tell(actor=sokha, category=category, application=refused_by_two)
    for one in (nssf_reviewer, second_nssf_reviewer):
        with pytest.raises(DecidedByYou):
            handle(told, one, step="dismiss", note="My decision was right.")
    handle(told, third_nssf_reviewer, step="resolve", note="It was wrong.")


def test_nor_one_about_the_support_that_came_of_it(
    application, tell, sokha, person, programme, nssf_reviewer, second_nssf_reviewer
):
    decide(application, nssf_reviewer, "approve")
    support = enrol(person=person, programme=programme, since=timezone.localdate())
    told = tell(actor=sokha, category="payment", enrolment=support)
    with pytest.raises(DecidedByYou):
        handle(told, nssf_reviewer, step="dismiss", note="It was right.")
    handle(told, second_nssf_reviewer, step="resolve", note="It comes.")


def test_who_decided_something_else_answers(application, tell, sokha, operators, nssf_reviewer):
    decide(application, nssf_reviewer)
    told = tell(actor=sokha, category="decision", operator=operators["nssf"])
    handle(told, nssf_reviewer, step="resolve", note="It comes.")


@LANGUAGES
def test_the_page_says_why(refused_by_two, tell, sokha, second_nssf_reviewer, third_nssf_reviewer, language):
    told = tell(actor=sokha, category="decision", application=refused_by_two)
    page = sign_in(second_nssf_reviewer).get(f"/{language}/admin/grievances/grievance/{told.pk}/change/")
    words = {"km": "អ្នកបានចូលរួមក្នុងការសម្រេច", "en": "You took part in the decision that this is about"}
    assert words[language] in page.content.decode()
    assert 'value="dismiss"' not in page.content.decode()


def test_it_is_asked_once_for_a_page(
    refused_by_two, tell, sokha, second_nssf_reviewer, third_nssf_reviewer, django_assert_max_num_queries
):
    """For each step that the page might offer, it is asked again."""
    told = tell(actor=sokha, category="decision", application=refused_by_two)
    browser = sign_in(second_nssf_reviewer)
    with django_assert_max_num_queries(40) as queries:
        browser.get(f"/en/admin/grievances/grievance/{told.pk}/change/")
    asked = [one for one in queries.captured_queries if one["sql"].startswith('SELECT "applications_held')]
    assert len(asked) == 1
