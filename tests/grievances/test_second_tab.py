"""Words from a page that has changed meanwhile: taken for nothing that they are not, and not lost."""

import pytest

from applications import services as applications
from dsp_platform.casework import errors as casework
from grievances import services
from grievances.models import Grievance
from tests.applications.helpers import sign_in
from tests.grievances.test_appeals import answer, appeal, steps
from tests.grievances.test_appeals import application as application
from tests.grievances.test_appeals import programme as programme
from tests.grievances.test_appeals import refused as refused
from tests.grievances.test_pages import fill, send, url

NOT_SAVED = {
    "en": "Your answer was not saved yet",
    "km": "ចម្លើយរបស់អ្នកមិនទាន់ត្រូវបានរក្សាទុកទេ",
}


def test_other_words_are_no_second_appeal_and_that_is_said(refused, sokha, second_nssf_reviewer):
    made = appeal(refused, sokha)
    with pytest.raises(casework.Overtaken, match=made.reference):
        appeal(refused, sokha, text="again")
    assert steps(refused).count("appeal") == 1


@pytest.mark.parametrize(
    ("language", "words", "button"),
    [("en", "sent before", "Add it to the appeal"), ("km", "បានផ្ញើរួចហើយ", "បន្ថែមទៅបណ្ដឹងឧទ្ធរណ៍")],
)
def test_the_words_of_a_second_tab_are_kept_and_can_be_added(
    refused, sokha, second_nssf_reviewer, language, words, button
):
    browser, address = sign_in(sokha), f"/{language}/applications/{refused.reference}/appeal/"
    sent = {"words": "First tab", "version": refused.version}
    browser.post(address, sent)
    made = Grievance.objects.get()
    page = browser.post(address, {**sent, "words": "Second tab"}).content.decode()
    assert words in page
    assert button in page
    assert "Second tab</textarea>" in page
    own = f"/{language}/grievances/{made.reference}/"
    browser.post(own, {"words": "Second tab", "version": made.version})
    assert made.events.last().note == "Second tab"
    answer(made, second_nssf_reviewer, "uphold")
    page = browser.post(address, {**sent, "words": "Third tab"}).content.decode()
    assert "Third tab" in page
    assert "<textarea" not in page


def test_an_appeal_against_an_earlier_decision_is_shown_the_new_one(
    refused, sokha, nssf_reviewer, second_nssf_reviewer
):
    earlier = refused.version
    answer(appeal(refused, sokha), second_nssf_reviewer)
    refused.refresh_from_db()
    applications.decide(
        application=refused,
        decision="refuse",
        reason="no_answer",
        actor=second_nssf_reviewer,
        expected_version=refused.version,
    )
    browser, address = sign_in(sokha), f"/en/applications/{refused.reference}/appeal/"
    page = browser.post(address, {"words": "Of the first", "version": earlier}).content.decode()
    assert "A new decision came meanwhile" in page
    assert "Of the first</textarea>" in page
    assert Grievance.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("en", "An answer came meanwhile"), ("km", "មានចម្លើយមកដល់មុន")]
)
def test_words_do_not_reopen_what_was_answered_since_the_page_was_shown(
    tell, person, sokha, steward, language, words
):
    grievance = tell(actor=sokha)
    shown = grievance.version
    add = {"grievance": grievance, "actor": sokha, "assisted_session": None, "expected_version": shown}
    services.add_words(text="One", **add)
    services.add_words(text="Two", **add)  # their own words are nothing new to them
    grievance.refresh_from_db()
    services.handle_grievance(
        grievance=grievance,
        step="resolve",
        actor=steward,
        expected_version=grievance.version,
        note="Done",
    )
    page = sign_in(sokha).post(
        f"/{language}/grievances/{grievance.reference}/", {"words": "Three", "version": shown}
    )
    assert words in page.content.decode()
    assert "Three</textarea>" in page.content.decode()
    grievance.refresh_from_db()
    assert grievance.state == "resolved"
    services.add_words(text="Three", **{**add, "expected_version": grievance.version})
    assert grievance.events.last().step == "reopen"


@pytest.mark.parametrize("version", ["-99999999999999999999999", "9" * 30, "x"])
def test_a_version_that_no_page_showed_loses_no_words(tell, person, sokha, version):
    grievance = tell(actor=sokha)
    address = f"/en/grievances/{grievance.reference}/"
    answer = sign_in(sokha).post(address, {"words": "Three", "version": version}, follow=True)
    assert answer.status_code == 200
    assert "Three" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_last_page_sends_the_report_that_it_showed(operators, client, language):
    def page(question: str) -> str:
        return f"/{language}/grievances/report/{question}"

    client.post(page(""), {"category": "payment"})
    client.post(page("what/"), {"text": "First tab"})
    client.post(page("where/"), {"operator": "nssf"})
    last = client.get(page("contact/"))
    assert "First tab" in last.content.decode()
    sent = {"phone": "012000111", "asked_with": last.context["asked_with"]}
    client.post(page("what/"), {"text": "Second tab"})
    again = client.post(page("contact/"), sent)
    assert not Grievance.objects.exists()
    assert "Second tab" in again.content.decode()
    assert "012000111" in again.content.decode()
    client.post(page("contact/"), {**sent, "asked_with": again.context["asked_with"]})
    assert Grievance.objects.get().text == "Second tab"


@pytest.mark.parametrize("language", ["en", "km"])
@pytest.mark.parametrize("sent", [{}, {"asked_with": ""}, {"asked_with": "0" * 64}])
def test_the_last_page_sends_nothing_without_what_it_showed(operators, client, language, sent):
    fill(client, contact={"phone": "12"})  # no number: nothing is sent yet
    address = url("report_question", "contact", language=language)
    page = client.post(address, {"phone": "012000111", **sent}).content.decode()
    assert NOT_SAVED[language] in page
    assert "012000111" in page
    assert not Grievance.objects.exists()
    assert send(client, {"phone": "012000111"}, language).status_code == 302
    assert Grievance.objects.get().phone == "+85512000111"
