import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications import services
from applications.models import Application
from dsp_platform.audit.models import AuditEvent
from registry.models import Programme
from tests.applications.helpers import sign_in
from tests.khmer.digits import khmer_digits
from tests.registry.pages import shown_on
from tests.roles import as_owner


def url(name: str, *arguments: object, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"applications:{name}", args=arguments)


def applied(browser: Client, page: str, **how):
    """With all that the page shows now."""
    return browser.post(page, {"consent": "on", **shown_on(browser, page)}, **how)


@pytest.fixture
def apply_url(programme) -> str:
    return url("apply", programme.code)


def test_a_stranger_is_sent_to_the_door(client, apply_url):
    answer = client.get(apply_url)
    assert answer.status_code == 302
    assert "sign-in" in answer.url


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_says_why_and_names_the_operator(sokha, person, programme, nssf_agreements, language):
    page = sign_in(sokha).get(url("apply", programme.code, language=language)).content.decode()
    with translation.override(language):
        assert str(programme.operator) in page
        assert str(programme) in page
    assert 'name="consent"' in page


def test_apply_then_read_the_reference(sokha, person, programme, nssf_agreements, apply_url):
    browser = sign_in(sokha)
    answer = applied(browser, apply_url, follow=True)
    application = Application.objects.get()
    assert answer.redirect_chain == [(url("application", application.reference), 302)]
    assert application.reference in answer.content.decode()
    assert 'class="panel"' in answer.content.decode()
    # The confirmation is shown once.
    again = browser.get(url("application", application.reference)).content.decode()
    assert 'class="panel"' not in again


def test_back_and_apply_again_is_the_same_application(sokha, person, nssf_agreements, apply_url):
    browser = sign_in(sokha)
    sent = {"consent": "on", **shown_on(browser, apply_url)}
    answers = [browser.post(apply_url, sent) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert Application.objects.count() == 1


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_page_that_has_changed_meanwhile_is_shown_again(
    sokha, person, programme, nssf_agreements, language
):
    page = url("apply", programme.code, language=language)
    browser = sign_in(sokha)
    sent = {"consent": "on", **shown_on(browser, page)}
    with as_owner():  # not by two people
        Programme.objects.filter(pk=programme.pk).update(summary_km="ថ្មី", summary_en="New")
    again = browser.post(page, sent)
    words = {"km": "មិនទាន់មានអ្វីត្រូវបានធ្វើទេ", "en": "Nothing was done yet"}
    assert words[language] in again.content.decode()
    assert "checked" in again.content.decode()
    assert not Application.objects.exists()
    assert applied(browser, page).status_code == 302


def test_without_the_tick_nothing_is_sent(sokha, person, nssf_agreements, apply_url):
    browser = sign_in(sokha)
    page = browser.post(apply_url, shown_on(browser, apply_url)).content.decode()
    assert "<title>Error:" in page
    assert "Tick the box" in page
    assert not Application.objects.exists()


def test_a_change_of_language_submits_nothing(sokha, person, nssf_agreements, apply_url):
    page = sign_in(sokha).post(apply_url, {"consent": "on", "_switch": "en"}).content.decode()
    assert "checked" in page
    assert not Application.objects.exists()


def test_for_another_member_of_the_household(sokha, household, programme, nssf_agreements):
    child = household.memberships.get(relationship="child").person
    applied(sign_in(sokha), url("apply_for", programme.code, child.pk))
    assert Application.objects.get().person == child


def test_not_for_somebody_elses_child(sokha, household, programme, other_household):
    stranger = other_household.memberships.get(relationship="child").person
    answer = sign_in(sokha).get(url("apply_for", programme.code, stranger.pk))
    assert answer.status_code == 404


def test_an_unknown_programme_is_not_found(sokha, person):
    assert sign_in(sokha).get(url("apply", "no-such")).status_code == 404


def test_the_clerk_applies_on_the_same_page(
    commune_clerk, clerk_assisted_session, nssf_agreements, apply_url
):
    answer = applied(sign_in(commune_clerk), apply_url, follow=True)
    assert answer.status_code == 200
    assert Application.objects.get().submitted_by == commune_clerk


def test_a_page_from_before_the_last_day_was_over_says_so(
    sokha, person, programme, nssf_agreements, apply_url
):
    browser = sign_in(sokha)
    typed = {"consent": "on", **shown_on(browser, apply_url)}
    with as_owner():  # not by two people
        Programme.objects.filter(pk=programme.pk).update(closes_on="2026-01-31")
    page = browser.post(apply_url, typed).content.decode()
    assert page.count("31/01/2026") >= 2  # with the errors, and in the place of the form
    assert not Application.objects.exists()


def test_whatever_is_refused_to_the_clerk_is_in_the_audit_and_to_the_citizen_is_not(
    commune_clerk, clerk_assisted_session, sokha, person, programme, nssf_agreements, apply_url
):
    with as_owner():  # not by two people
        Programme.objects.filter(pk=programme.pk).update(takes_applications=False)
    for user in (sokha, commune_clerk):
        browser = sign_in(user)
        shown = browser.get(apply_url).context["digest"]  # the page has no button any more
        assert browser.post(apply_url, {"consent": "on", "shown": shown}).status_code == 200
    refused = AuditEvent.objects.get(action="step_refused")
    assert (refused.actor, refused.reason) == (commune_clerk, "NotOpen")
    assert (refused.subject_kind, refused.subject_id) == ("person", person.pk)
    assert refused.assisted_session_id == clerk_assisted_session.pk


def test_the_timeline_shows_answer_reason_and_note(application, sokha, nssf_reviewer):
    services.decide(
        application=application,
        decision="refuse",
        reason="documents",
        note="<script>alert(1)</script> ខ្វះសំបុត្រ",
        actor=nssf_reviewer,
        expected_version=1,
    )
    page = sign_in(sokha).get(url("application", application.reference)).content.decode()
    assert "A document that is needed is missing" in page
    assert "ខ្វះសំបុត្រ" in page
    assert "<script>alert" not in page
    assert nssf_reviewer.full_name not in page


def test_a_question_is_answered_on_the_page(application, sokha, nssf_reviewer):
    services.decide(
        application=application, decision="ask_more", note="តើនៅណា?", actor=nssf_reviewer, expected_version=1
    )
    browser = sign_in(sokha)
    address = url("application", application.reference)
    assert "តើនៅណា?" in browser.get(address).content.decode()
    assert "Write your answer." in browser.post(address, {"answer": " "}).content.decode()
    assert browser.post(address, {"answer": "ភូមិអូរធំ", "version": 2}).status_code == 302
    application.refresh_from_db()
    assert application.state == "in_review"


@pytest.mark.parametrize(
    ("language", "new", "before"),
    [("en", "A new question came", "answered before"), ("km", "មានសំណួរថ្មី", "មានចម្លើយរួចហើយ")],
)
def test_what_was_typed_for_an_earlier_question_is_kept(
    application, sokha, nssf_reviewer, language, new, before
):
    def asked(note: str, version: int) -> None:
        services.decide(
            application=application,
            decision="ask_more",
            note=note,
            actor=nssf_reviewer,
            expected_version=version,
        )

    browser, address = sign_in(sokha), f"/{language}/applications/{application.reference}/"

    def sent(text: str, version: int) -> str:
        return browser.post(address, {"answer": text, "version": version}, follow=True).content.decode()

    asked("Question one", 1)
    assert 'name="version" value="2"' in browser.get(address).content.decode()
    sent("First tab", 2)
    page = sent("Second tab", 2)
    assert before in page
    assert "Second tab" in page
    assert "<textarea" not in page
    asked("Question two", 3)
    page = sent("Second tab", 2)
    assert new in page
    assert "Question two" in page
    assert "Second tab</textarea>" in page
    assert 'name="version" value="4"' in page
    assert [event.note for event in application.events.filter(step="answer")] == ["First tab"]
    sent("Second tab", 4)
    assert application.events.last().note == "Second tab"


def test_withdraw_asks_first(application, sokha):
    browser = sign_in(sokha)
    address = url("withdraw", application.reference)
    assert browser.get(address).status_code == 200
    application.refresh_from_db()
    assert application.state == "submitted"
    browser.post(address)
    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_the_reference_may_be_typed_carelessly(application, sokha):
    typed = application.reference.lower().replace("-", "")
    for reference in (typed, khmer_digits(application.reference)):
        assert sign_in(sokha).get(url("application", reference)).status_code == 200


def test_only_the_household_and_its_open_assisted_session_see_it(
    application, other_citizen, other_clerk, commune_clerk, nssf_reviewer
):
    address = url("application", application.reference)
    assert sign_in(other_citizen).get(address).status_code == 404
    for user in (other_clerk, commune_clerk, nssf_reviewer):
        browser = sign_in(user)
        assert browser.get(address).status_code in (302, 404)
        assert browser.post(url("withdraw", application.reference)).status_code in (302, 404)
    assert Client().get(address).status_code == 302
    application.refresh_from_db()
    assert application.state == "submitted"


def render(text: str, **context: object) -> str:
    return Template("{% load applications_tags %}" + text).render(Context(context))


def test_other_pages_offer_the_way_to_apply_or_show_the_state(person, programme, application, nssf_reviewer):
    with translation.override("en"):
        shown = render("{% apply_to programme person %}", programme=programme, person=person)
        assert application.get_state_display() in shown
        assert url("apply", programme.code) not in shown
        services.decide(
            application=application,
            decision="refuse",
            reason="documents",
            actor=nssf_reviewer,
            expected_version=1,
        )
        again = render("{% apply_to programme person %}", programme=programme, person=person)
        assert url("apply", programme.code) in again
        programme.state = "paused"
        paused = render("{% apply_to programme person %}", programme=programme, person=person)
        assert url("apply", programme.code) not in paused


def test_other_pages_list_the_applications_of_the_household(person, application, other_citizen):
    with translation.override("en"):
        assert application.reference in render("{% applications_of person %}", person=person)
        other = render("{% applications_of person %}", person=other_citizen.person)
        assert application.reference not in other


@pytest.mark.parametrize("change", [{}, {"state": "paused"}, {"takes_applications": False}])
def test_one_may_apply_in_any_case_only_where_the_programme_takes_applications(
    sokha, person, programme, change
):
    with as_owner():  # not by two people
        Programme.objects.filter(pk=programme.pk).update(rule="age >= 100", **change)
    browser = sign_in(sokha)
    shown = [
        browser.get(page).content.decode()
        for page in (f"/en/programmes/{programme.code}/", url("apply", programme.code))
    ]
    for page, words in zip(shown, ("You may apply in any case", "You can still apply"), strict=True):
        assert "nlikely" in page
        assert (words in page) is not bool(change)
