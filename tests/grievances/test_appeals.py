"""Appeals: one for each decision, answered by another person, and the effects of the answer."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from applications import errors as application_errors
from applications import services as applications
from applications.models import Application
from dsp_platform.accounts.my_account.phone_change import change_phone
from dsp_platform.casework import errors as casework
from dsp_platform.notifications.models import Message
from grievances import appeals, errors, pins, selectors, services
from grievances.models import Grievance
from registry.models import Membership, Person, Programme
from registry.my_data import selectors as my_data
from tests.applications.helpers import sign_in
from tests.applications.test_following import decide
from tests.grievances.test_pages import follow, url
from tests.roles import as_owner


@pytest.fixture
@as_owner()  # only the owner may create a programme that is open already
def programme(operators):
    return Programme.objects.create(
        code="voluntary-health",
        operator=operators["nssf"],
        name_km="ការធានារ៉ាប់រងសុខភាព",
        name_en="Voluntary health insurance",
        state="open",
        appeal_days=30,
    )


@pytest.fixture
def application(person, programme, sokha):
    return applications.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )


@pytest.fixture
def refused(application, nssf_reviewer):
    return decide(application, nssf_reviewer)


def appeal(application, actor, assisted_session=None, text="មិនត្រឹមត្រូវ"):
    application.refresh_from_db()
    return appeals.appeal_decision(
        actor=actor,
        assisted_session=assisted_session,
        application=application,
        text=text,
        language="km",
        expected_version=application.version,
    )


def answer(grievance, actor, step="overturn"):
    grievance.refresh_from_db()
    return services.handle_grievance(
        grievance=grievance, step=step, actor=actor, expected_version=grievance.version, note="យើងបានពិនិត្យ"
    )


def steps(application) -> list[str]:
    return list(application.events.values_list("step", flat=True))


def test_an_appeal_belongs_to_the_decision_and_shows_on_both_timelines(refused, sokha, nssf_reviewer):
    made = appeal(refused, sokha)
    assert (made.category, made.operator_id, made.late) == ("appeal", "nssf", False)
    assert (made.decision.step, made.decision_by) == ("refuse", nssf_reviewer)
    assert steps(refused)[-1] == "appeal"
    assert Message.objects.filter(template="appeal_received").count() == 1
    page = sign_in(sokha).get(f"/en/applications/{refused.reference}/").content.decode()
    assert made.reference in page
    assert "Appeal the decision" not in page


def test_nothing_to_appeal_before_a_decision(application, sokha):
    with pytest.raises(errors.NothingToAppeal):
        appeal(application, sokha)


def test_an_approved_application_can_be_appealed(application, sokha, nssf_reviewer):
    decide(application, nssf_reviewer, "approve")
    assert appeal(application, sokha).decision.step == "approve"


def test_an_appeal_needs_words(refused, sokha):
    with pytest.raises(errors.WordsMissing):
        appeal(refused, sokha, text=" \u200b")


def test_after_the_last_day_it_is_taken_and_marked(refused, sokha):
    Application.objects.filter(pk=refused.pk).update(appeal_until=timezone.localdate() - timedelta(1))
    assert appeal(refused, sokha).late


def test_twice_is_once(refused, sokha):
    assert appeal(refused, sokha) == appeal(refused, sokha)
    assert steps(refused).count("appeal") == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_appeal(refused, sokha):
    found = []
    together = threading.Barrier(3)

    def click() -> None:
        together.wait()
        found.append(appeal(refused, sokha).reference)
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(3)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert found == [Grievance.objects.get().reference] * 3
    assert steps(refused).count("appeal") == 1


def test_another_violated_constraint_is_no_double_click(refused, sokha, monkeypatch):
    monkeypatch.setattr(appeals, "is_late", lambda application: None)
    with pytest.raises(IntegrityError, match='"late"'):
        appeal(refused, sokha)


def test_not_for_somebody_else(refused, commune_clerk, nssf_reviewer):
    for actor in (commune_clerk, nssf_reviewer):
        with pytest.raises(PermissionDenied):
            appeal(refused, actor)


def test_who_refused_does_not_answer(refused, sokha, nssf_reviewer, second_nssf_reviewer):
    made = appeal(refused, sokha)
    for step in ("uphold", "overturn", "take_up"):
        with pytest.raises(errors.DecidedByYou):
            answer(made, nssf_reviewer, step)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grievance.objects.filter(pk=made.pk).update(answered_by=nssf_reviewer)


def test_who_filed_the_application_does_not_answer(refused, sokha, second_nssf_reviewer):
    made = appeal(refused, sokha)
    Application.objects.filter(pk=refused.pk).update(submitted_by=second_nssf_reviewer)
    with pytest.raises(casework.NotYours):
        answer(made, second_nssf_reviewer)


def test_only_the_operators_staff_and_stewards_answer(refused, sokha, family_package_reviewer, steward):
    made = appeal(refused, sokha)
    with pytest.raises(PermissionDenied):
        answer(made, family_package_reviewer)
    assert answer(made, steward, "uphold").answered_by == steward


def test_upheld_the_decision_stands_and_is_not_appealed_again(refused, sokha, second_nssf_reviewer):
    made = appeal(refused, sokha)
    assert answer(made, second_nssf_reviewer, "uphold").state == "upheld"
    refused.refresh_from_db()
    assert (refused.state, steps(refused)[-1]) == ("refused", "uphold")
    assert not appeals.may_be_appealed(refused)
    assert appeal(refused, sokha) == made
    with pytest.raises(casework.StepNotAllowed):
        services.add_words(grievance=made, actor=sokha, assisted_session=None, text="no")
    assert Message.objects.filter(template="appeal_answered").count() == 1


def test_overturned_it_is_reviewed_anew_by_another(refused, sokha, nssf_reviewer, second_nssf_reviewer):
    answer(appeal(refused, sokha), second_nssf_reviewer)
    refused.refresh_from_db()
    assert (refused.state, steps(refused)[-1]) == ("in_review", "reopen")
    with pytest.raises(application_errors.DecidedBefore):
        decide(refused, nssf_reviewer)
    decide(refused, second_nssf_reviewer)
    refused.refresh_from_db()
    # It is another decision, so it can be appealed again.
    assert appeals.may_be_appealed(refused)
    appeal(refused, sokha)
    assert Grievance.objects.filter(application=refused).count() == 2


def test_a_double_click_of_the_answer_is_one_review(refused, sokha, second_nssf_reviewer):
    made = appeal(refused, sokha)
    for _click in range(2):
        services.handle_grievance(
            grievance=made, step="overturn", actor=second_nssf_reviewer, expected_version=1, note="ត្រូវហើយ"
        )
    assert steps(refused).count("reopen") == 1


def test_two_officers_at_once_give_one_answer(refused, sokha, second_nssf_reviewer, steward):
    made = appeal(refused, sokha)
    answers = [(second_nssf_reviewer, "uphold"), (steward, "overturn")]
    services.handle_grievance(
        grievance=made, step=answers[0][1], actor=answers[0][0], expected_version=1, note="ទេ"
    )
    with pytest.raises(casework.Overtaken):
        services.handle_grievance(
            grievance=made, step=answers[1][1], actor=answers[1][0], expected_version=1, note="បាទ"
        )
    assert "reopen" not in steps(refused)


def test_not_reopened_beside_a_newer_application(refused, person, programme, sokha, second_nssf_reviewer):
    made = appeal(refused, sokha)
    newer = applications.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )
    with pytest.raises(errors.CannotReopen, match=newer.reference):
        answer(made, second_nssf_reviewer)
    made.refresh_from_db()
    assert made.state == "reported"


def test_steps_of_complaints_and_of_appeals_are_kept_apart(tell, refused, sokha, steward, operators):
    made = appeal(refused, sokha)
    for step in ("resolve", "dismiss", "pass_on"):
        with pytest.raises(casework.StepNotAllowed):
            answer(made, steward, step)
    with pytest.raises(casework.StepNotAllowed):
        answer(tell(operator=operators["nssf"]), steward, "overturn")


def test_the_page_takes_the_appeal_and_tells_reference_and_pin(refused, sokha):
    browser = sign_in(sokha)
    address = url("appeal", refused.reference)
    assert "You can appeal until" in browser.get(address).content.decode()
    assert "Write why you do not agree." in browser.post(address, {"words": ""}).content.decode()
    assert not Grievance.objects.exists()
    for _click in range(2):
        assert browser.post(address, {"words": "ខុស", "version": refused.version}).url == url("reported")
    made = Grievance.objects.get()
    assert (
        pins.grouped(pins.new_pin(made.reference, made.submission))
        in browser.get(url("reported")).content.decode()
    )
    assert browser.get(address).url == url("grievance", made.reference)


def test_the_language_switch_sends_no_appeal(refused, sokha):
    page = sign_in(sokha).post(url("appeal", refused.reference), {"words": "ខុស", "_switch": "en"})
    assert "ខុស" in page.content.decode()
    assert not Grievance.objects.exists()


def test_the_appeal_is_followed_by_reference_and_pin_too(refused, sokha, client):
    made = appeal(refused, sokha)
    page = follow(client, made).content.decode()
    assert made.reference in page
    # By PIN alone, no link leads to pages of the household.
    assert f"/applications/{refused.reference}/" not in page


def test_the_official_appeals_for_the_person_and_the_citizen_sees_it(
    refused, sokha, commune_clerk, clerk_assisted_session
):
    sign_in(commune_clerk).post(url("appeal", refused.reference), {"words": "ខុស", "version": refused.version})
    made = Grievance.objects.get()
    assert made.reported_by == commune_clerk
    page = sign_in(sokha).get(url("grievance", made.reference))
    assert page.status_code == 200
    assert made.reference in sign_in(sokha).get("/en/my/").content.decode()


def test_an_appeal_is_no_category_of_a_report(client, db):
    answer = client.post(url("report"), {"category": "appeal"})
    assert answer.status_code == 200
    assert 'value="appeal"' not in answer.content.decode()


def test_the_admin_says_why_the_first_reviewer_may_not_answer(
    refused, sokha, nssf_reviewer, second_nssf_reviewer
):
    made = appeal(refused, sokha)
    address = f"/en/admin/grievances/grievance/{made.pk}/change/"
    barred = sign_in(nssf_reviewer).get(address).content.decode()
    assert "somebody else must answer" in barred
    assert 'value="overturn"' not in barred
    page = sign_in(second_nssf_reviewer).get(address).content.decode()
    assert 'value="overturn"' in page
    assert 'value="resolve"' not in page


@pytest.fixture
def approved_again_in_review(application, sokha, nssf_reviewer, second_nssf_reviewer):
    """Approved, but with too little: the appeal succeeded, and the review goes on."""
    decide(application, nssf_reviewer, "approve", reason="")
    answer(appeal(application, sokha), second_nssf_reviewer)
    application.refresh_from_db()
    return application


def support(application) -> str:
    return application.person.enrolments.get().state


def test_an_approved_support_goes_on_while_it_is_reviewed_anew(approved_again_in_review):
    assert support(approved_again_in_review) == "active"


def test_a_new_review_that_refuses_ends_the_support(approved_again_in_review, second_nssf_reviewer):
    decide(approved_again_in_review, second_nssf_reviewer)
    assert support(approved_again_in_review) == "ended"


def test_a_new_review_that_approves_leaves_one_support(approved_again_in_review, second_nssf_reviewer):
    decide(approved_again_in_review, second_nssf_reviewer, "approve", reason="")
    assert support(approved_again_in_review) == "active"


def test_an_approved_support_is_not_withdrawn_during_a_new_review(approved_again_in_review, sokha):
    assert not applications.may_withdraw(approved_again_in_review)
    with pytest.raises(casework.StepNotAllowed):
        applications.withdraw(application=approved_again_in_review, actor=sokha, assisted_session=None)
    assert support(approved_again_in_review) == "active"


def test_who_left_the_household_takes_their_appeals_along(application, nssf_reviewer, sokha, person):
    other = my_data.data_subject(person).members[1]
    Application.objects.filter(pk=application.pk).update(person=other)
    made = appeal(decide(Application.objects.get(pk=application.pk), nssf_reviewer), sokha)
    assert list(selectors.grievances_of(person, None)) == list(selectors.grievances_of(other, None)) == [made]
    with as_owner():
        Membership.objects.filter(person=other).update(ended_on=timezone.localdate())
    assert not selectors.grievances_of(person, None).exists()
    assert list(selectors.grievances_of(other, None)) == [made]


@pytest.mark.parametrize("language", ["km", "en"])
def test_news_of_an_appeal_go_to_the_number_of_today(refused, sokha, second_nssf_reviewer, language):
    filed = appeals.appeal_decision(
        actor=sokha,
        assisted_session=None,
        application=refused,
        text="ទេ",
        language=language,
        expected_version=refused.version,
    )
    change_phone(account=sokha, phone="+85512999123", keep=None)
    answer(filed, second_nssf_reviewer, "uphold")
    told = Message.objects.filter(template="appeal_answered")
    assert list(told.values_list("phone", "language")) == [("+85512999123", language)]


def test_news_of_an_appeal_go_to_no_number_that_is_nobodys_any_more(refused, sokha, second_nssf_reviewer):
    filed = appeal(refused, sokha)
    Membership.objects.update(ended_on=timezone.localdate())
    Person.objects.update(phone="", account=None)
    answer(filed, second_nssf_reviewer, "uphold")
    assert not Message.objects.filter(template="appeal_answered").exists()
