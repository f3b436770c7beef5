from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from applications import selectors, services
from applications.models import Application
from dsp_platform.audit.models import AuditEvent
from registry.consents.services import withdraw_consent
from registry.models import Person
from tests.applications.helpers import let_leave, sign_in

DECIDED = "?tab=decided"


def url(name: str, *arguments: object, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"admin:applications_application_{name}", args=arguments)


def decide(browser, application, decision, version=1, **values):
    """Confirmed, as by the second of two pages."""
    data = {"decision": decision, "version": version, "reason": "", "note": "", "confirmed": "on", **values}
    return browser.post(url("decide", application.pk), data, follow=True)


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_queue_holds_the_own_operators_applications(application, nssf_reviewer, language):
    page = sign_in(nssf_reviewer).get(url("changelist", language=language))
    assert page.status_code == 200
    assert application.reference in page.content.decode()


def test_the_oldest_open_one_comes_first(
    application, other_citizen, sokha, programme, nssf_reviewer, household
):
    second = services.submit_application(
        actor=other_citizen,
        assisted_session=None,
        person=other_citizen.person,
        programme=programme,
        consent=True,
    )
    page = sign_in(nssf_reviewer).get(url("changelist")).content.decode()
    assert page.index(application.reference) < page.index(second.reference)
    services.decide(application=application, decision="approve", actor=nssf_reviewer, expected_version=1)
    left = sign_in(nssf_reviewer).get(url("changelist")).content.decode()
    assert second.reference in left
    assert application.reference not in left
    assert application.reference in sign_in(nssf_reviewer).get(url("changelist") + DECIDED).content.decode()


def test_another_operators_reviewer_sees_and_does_nothing(application, family_package_reviewer):
    browser = sign_in(family_package_reviewer)
    assert application.reference not in browser.get(url("changelist")).content.decode()
    found = browser.post(url("changelist"), {"q": application.reference})
    assert found.status_code == 200
    assert url("change", application.pk) not in found.content.decode()
    assert browser.get(url("change", application.pk)).status_code == 404
    assert decide(browser, application, "approve").status_code == 404
    application.refresh_from_db()
    assert application.state == "submitted"


def test_a_reviewer_without_operator_sees_nothing(application, nssf_reviewer):
    nssf_reviewer.operator_code = ""
    nssf_reviewer.save()
    browser = sign_in(nssf_reviewer)
    assert browser.get(url("change", application.pk)).status_code == 404


def test_citizens_and_officials_do_not_get_in(application, sokha, commune_clerk, clerk_assisted_session):
    for user in (sokha, commune_clerk):
        browser = sign_in(user)
        assert browser.get(url("change", application.pk)).status_code in (302, 403)
        assert decide(browser, application, "approve").redirect_chain
    application.refresh_from_db()
    assert application.state == "submitted"


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_shows_what_the_agreement_covers_and_no_more(application, nssf_reviewer, person, language):
    page = sign_in(nssf_reviewer).get(url("change", application.pk, language=language)).content.decode()
    assert person.name in page
    assert "5678" not in page.replace(person.spid, "")  # the phone is not in the agreement
    assert "ដារា" not in page  # the child did not apply


def test_without_consent_nothing_about_the_person_is_shown(
    application, nssf_reviewer, person, household, sokha
):
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)
    page = sign_in(nssf_reviewer).get(url("change", application.pk)).content.decode()
    assert person.name not in page
    assert "nothing about this person may be shown" in page


WORDS = {
    "km": ("បានបិទ៖ បុគ្គលនេះបានទទួលមរណភាព", "បានដក", "គ្មានកិច្ចព្រមព្រៀង"),
    "en": ("Closed: the person has died", "withdrawn", "No sharing agreement"),
}


@pytest.fixture
def closed(application, person):
    Person.objects.filter(pk=person.pk).update(died_on=date(2026, 11, 1))
    person.refresh_from_db()
    services.close(Application.objects.filter(person=person), "close")
    return application


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_reviewer_reads_that_the_applicant_has_died(closed, nssf_reviewer, language):
    told, withdrawn, agreement = WORDS[language]
    browser = sign_in(nssf_reviewer)
    shown = browser.get(url("changelist", language=language) + DECIDED + "&state=closed").content.decode()
    rows = shown[shown.index('id="result_list"') :]
    rows = rows[: rows.index("</table>")]
    assert closed.reference in rows
    assert told in rows
    assert withdrawn not in rows
    page = browser.get(url("change", closed.pk, language=language)).content.decode()
    state = page[page.index('class="review-state"') :].split("</p>")[0]
    assert told in state
    assert agreement not in page
    applicant = page[page.index('class="review-columns') :].split("</section>")[0]
    assert {"km": "បុគ្គលនេះបានទទួលមរណភាព", "en": "The person has died"}[language] in applicant


def test_only_the_closed_ones_are_listed_as_closed(application, nssf_reviewer, sokha, person):
    services.withdraw(application=application, actor=sokha, assisted_session=None)
    Person.objects.filter(pk=person.pk).update(died_on=date(2026, 11, 1))
    browser = sign_in(nssf_reviewer)
    assert (
        application.reference
        in browser.get(url("changelist") + DECIDED + "&state=withdrawn").content.decode()
    )
    assert (
        application.reference
        not in browser.get(url("changelist") + DECIDED + "&state=closed").content.decode()
    )


def test_a_queue_of_the_dead_costs_no_query_a_row(closed, nssf_reviewer, django_assert_num_queries):
    rows = selectors.queue_of(nssf_reviewer)
    with django_assert_num_queries(1):
        assert [selectors.state_in_words(row) for row in rows]


def test_every_look_is_noted(application, nssf_reviewer, person):
    sign_in(nssf_reviewer).get(url("change", application.pk))
    access = AuditEvent.objects.get(action="view", subject_kind="person")
    assert (access.actor, access.subject_id, access.reason) == (nssf_reviewer, person.pk, "review")


def test_approve_from_the_page(application, nssf_reviewer):
    page = decide(sign_in(nssf_reviewer), application, "approve", note="<script>x</script>").content.decode()
    let_leave()
    application.refresh_from_db()
    assert application.state == "approved"
    assert "<script>x" not in page


def test_refuse_asks_for_the_reason_and_keeps_the_note(application, nssf_reviewer):
    page = decide(sign_in(nssf_reviewer), application, "refuse", note="long note").content.decode()
    assert "Choose the reason for the refusal." in page
    assert "long note" in page
    application.refresh_from_db()
    assert application.state == "submitted"


def test_the_second_reviewer_is_told_who_was_first(application, nssf_reviewer, second_nssf_reviewer):
    late = sign_in(second_nssf_reviewer)
    late.get(url("change", application.pk))
    decide(sign_in(nssf_reviewer), application, "approve")
    page = decide(late, application, "refuse", reason="documents", note="ខ្វះ").content.decode()
    assert "Nothing was saved" in page
    assert nssf_reviewer.full_name in page
    let_leave()
    application.refresh_from_db()
    assert application.state == "approved"


@pytest.mark.parametrize(
    "forged", [{"version": ""}, {"version": "x"}, {"decision": "submit"}, {"reason": "hm"}]
)
def test_forged_forms_decide_nothing(application, nssf_reviewer, forged):
    data = {"decision": "refuse", "reason": "documents", "version": "1", "note": "", **forged}
    answer = sign_in(nssf_reviewer).post(url("decide", application.pk), data)
    assert answer.status_code == 200
    application.refresh_from_db()
    assert application.state == "submitted"


def test_nothing_is_added_deleted_or_edited_by_other_ways(application, nssf_reviewer):
    browser = sign_in(nssf_reviewer)
    assert browser.get(url("add")).status_code == 403
    assert browser.post(url("delete", application.pk), {"post": "yes"}).status_code == 403
    browser.post(url("change", application.pk), {"state": "approved"})
    application.refresh_from_db()
    assert application.state == "submitted"
