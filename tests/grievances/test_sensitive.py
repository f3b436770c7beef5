"""Sensitive complaints: what an official with an assisted session can see of them."""

import io

import pytest
from django.test import Client
from python_calamine import load_workbook

from dsp_platform.accounts.acting import form_token
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from grievances import selectors, services
from grievances.categories import SENSITIVE
from grievances.models import Grievance
from registry.my_data import registry_sections
from registry.my_data import selectors as my_data
from registry.registration.services import register_household
from tests.applications.helpers import details, sign_in
from tests.built_once import built_once
from tests.crawl import pages
from tests.grievances.test_pages import fill, follow, pin_of, send, url

WORDS = "He asked me for money and sold my number."


@pytest.fixture(params=SENSITIVE)
def category(request):
    return request.param


@pytest.fixture
def told_at_counter(commune_clerk, clerk_assisted_session, person, category):
    """The official has just helped to report it."""
    browser = sign_in(commune_clerk)
    fill(browser, category=category, text=WORDS)
    return browser, Grievance.objects.get()


def trace(page: str, grievance: Grievance) -> bool:
    return any(words in page for words in (grievance.reference, WORDS, pin_of(grievance)[:4] + " "))


def test_the_receipt_is_shown_once_and_nothing_after_it(told_at_counter):
    browser, grievance = told_at_counter
    assert grievance.reference in browser.get(url("reported")).content.decode()
    assert browser.get(url("grievance", grievance.reference)).url == url("follow")
    answer = browser.post(url("grievance", grievance.reference), {"words": "never mind"})
    assert answer.url == url("follow")
    assert grievance.events.count() == 1


def test_no_page_of_an_official_with_an_assisted_session_holds_a_trace(
    tell, sokha, person, commune_clerk, clerk_assisted_session, areas
):
    """Of one in each category that the official helped to report, and of one that was reported without; and
    of those about the official's own office and the one above it."""
    helped = {"actor": commune_clerk, "assisted_session": clerk_assisted_session}
    told = [
        tell(category=category, text=WORDS, **by)
        for category in SENSITIVE
        for by in (helped, {"actor": sokha})
    ]
    told += [
        tell(category=category, text=WORDS, office=areas[office], actor=sokha, phone=sokha.phone)
        for category in ("other", "assessment")
        for office in ("010201", "0102")
    ]
    browser, seen = sign_in(commune_clerk), 0
    more = [f"grievances/{grievance.reference}/" for grievance in told]
    more += [f"grievances/{grievance.reference}/phone/" for grievance in told]
    for address, answer in pages(
        browser, "en", (*more, "my/data/everything/", "my/data/help/"), ("help/", "programmes/?")
    ):
        seen += 1
        page = answer.content.decode()
        assert not [grievance.category for grievance in told if trace(page, grievance)], address
    assert seen > 20
    assert not AuditEvent.objects.filter(
        assisted_session_id=clerk_assisted_session.pk, subject_kind="grievance"
    ).exists()


def test_the_reporters_own_account_reads_it_but_for_violence(tell, sokha, person, category):
    grievance = tell(actor=sokha, category=category)
    own = [] if category == "abuse" else [grievance]
    assert list(selectors.grievances_of(person, sokha)) == own
    found = selectors.grievance_visible_to(sokha, None, grievance.reference)
    assert ([found] if found else []) == own
    assert not selectors.grievances_of(person, None).exists()
    shown = grievance.reference in sign_in(sokha).get("/en/my/").content.decode()
    assert shown == bool(own)


def test_the_account_of_the_household_reads_nothing_of_another_member(tell, sokha, person, category):
    other = next(one for one in my_data.data_subject(person).members if one != person)
    grievance = tell(actor=sokha, category=category)
    Grievance.objects.filter(pk=grievance.pk).update(person=other, reported_by=None)
    assert not selectors.grievances_of(person, sokha).exists()
    assert selectors.grievance_visible_to(sokha, None, grievance.reference) is None


def test_what_an_official_adds_by_pin_names_them_and_their_look_is_kept(tell, sokha, person, commune_clerk):
    grievance = tell(actor=sokha, category="data")
    browser = sign_in(commune_clerk)
    follow(browser, grievance)
    access = AuditEvent.objects.get(action="view", subject_kind="grievance")
    assert (access.actor, access.subject_id, access.reason) == (commune_clerk, grievance.pk, "grievance")
    browser.post(url("grievance", grievance.reference), {"words": "It is settled."})
    page = follow(Client(), grievance).content.decode()
    assert f"Added by the official {commune_clerk.full_name}" in page
    accesses, _following = my_data.access_log_about(my_data.data_subject(person))
    assert commune_clerk not in {one.event.actor for one in accesses}


def test_an_official_who_adds_to_an_unnamed_report_is_named_too(tell, commune_clerk):
    grievance = services.add_words(
        grievance=tell(), actor=commune_clerk, assisted_session=None, text="It is settled."
    )
    assert grievance.events.last().actor == commune_clerk


def test_shown_to_one_assisted_session_is_not_shown_to_the_next(
    tell, commune_clerk, clerk_assisted_session, person, second_person
):
    grievance = tell()
    browser = sign_in(commune_clerk)
    follow(browser, grievance)
    open_for(second_person, commune_clerk)
    assert browser.get(url("grievance", grievance.reference)).url == url("follow")


def test_words_told_for_one_person_begin_no_report_of_the_next(
    commune_clerk, clerk_assisted_session, second_person
):
    browser = sign_in(commune_clerk)
    browser.post(url("report"), {"category": "data"})
    browser.post(url("report_question", "what"), {"text": WORDS})
    open_for(second_person, commune_clerk)
    assert WORDS not in browser.get(url("report_question", "what")).content.decode()
    assert browser.get(url("report_question", "contact")).url == url("report")


@built_once
def second_person(person, commune_clerk):
    return register_household(actor=commune_clerk, details=details()).memberships.first().person


def open_for(person, official):
    open_assisted_session(
        official=official, subject_id=person.pk, reason="grievance", consent_text="read out"
    )


def test_what_an_official_prints_tells_of_no_message_about_a_complaint(tell, sokha, person):
    tell(actor=sokha, category="staff", phone=sokha.phone)
    own = registry_sections.messages(my_data.data_subject(person, full_numbers=True))
    printed = registry_sections.messages(my_data.data_subject(person))
    assert len(own) == len(printed) + 1


def test_who_was_offered_no_choice_stays_unnamed(sokha, person):
    """The page was shown before the account had a record: it did not ask whether to be named."""
    browser = sign_in(sokha)
    shown = {"acting_for": form_token.Acting(str(sokha.pk)).signed()}
    for step, answers in (("category", {"category": "payment"}), ("what", {"text": WORDS}), ("where", {})):
        browser.post(url("report_question", step), {**answers, **shown})
    send(browser, shown)
    assert Grievance.objects.get().person is None


LEFT_OUT = {"km": "មិននៅក្នុងឯកសារ", "en": "1 sensitive report is not in the file."}


@pytest.mark.parametrize("language", ["km", "en"])
def test_no_file_of_the_queue_holds_it_whoever_takes_it(tell, sokha, steward, areas, language, category):
    secret = tell(actor=sokha, category=category, area=areas["010201"])
    other = tell(category="other", area=areas["010201"])
    browser, queue = sign_in(steward), f"/{language}/admin/grievances/grievance/"
    answer = browser.post(f"{queue}export/", {"reason": "report"})
    taken = [row[0] for row in load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()]
    assert taken[1:] == [other.reference]
    assert not AuditEvent.objects.filter(action="exported", subject_id=secret.pk).exists()
    assert LEFT_OUT[language] in browser.get(queue).content.decode()


def test_its_place_is_in_no_list(tell, steward, areas, category):
    """Kind, commune and day are enough to know a person in a village."""
    secret = tell(category=category, area=areas["010201"])
    queue = "/km/admin/grievances/grievance/"
    page = sign_in(steward).get(queue).content.decode()
    assert secret.reference in page
    assert areas["010201"].name not in page
    Grievance.objects.update(category="other", told_in_secret="")
    assert areas["010201"].name in sign_in(steward).get(queue).content.decode()
