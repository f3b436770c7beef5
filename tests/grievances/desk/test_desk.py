"""The queue of an official's teams at the counter, and the page of one grievance."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import StepNotAllowed
from dsp_platform.casework.models import WorkItemNote
from dsp_platform.casework.notes import notes_of
from grievances import selectors, services
from grievances.categories import SENSITIVE
from grievances.desk import views
from grievances.models import Grievance, Team
from tests.applications.helpers import sign_in
from tests.grievances.routing.test_routing import team
from tests.grievances.test_pages import url
from tests.grievances.test_services import handle
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
COMMUNE, DISTRICT = "010201", "0102"
WORDS = "យើងបានពិនិត្យហើយ"


def listed(browser, query="") -> list[Grievance]:
    return [row.grievance for row in browser.get(url("desk") + query).context["rows"]]


def send(browser, grievance, step, language="en", **typed):
    typed = {"step": step, "note": WORDS, "version": grievance.version, **typed}
    return browser.post(url("desk_grievance", grievance.reference, language=language), typed)


@LANGUAGES
def test_the_oldest_due_comes_first_and_what_is_late_says_so(tell, areas, told, desk, language):
    newer = tell(category="other", area=areas[COMMUNE])
    Grievance.objects.filter(pk=newer.pk).update(due_at=timezone.now() - timedelta(days=1))
    page = desk.get(url("desk", language=language))
    assert [row.grievance for row in page.context["rows"]] == [newer, told]
    assert [row.is_late for row in page.context["rows"]] == [True, False]
    assert page.content.decode().count({"km": "យឺត ·", "en": "late ·"}[language]) == 1


def test_no_name_stands_in_the_queue(tell, areas, commune_team, desk, sokha, person):
    tell(actor=sokha, category="other", area=areas[COMMUNE])
    page = desk.get(url("desk")).content.decode()
    assert person.given_name not in page
    assert person.spid not in page


def test_what_does_not_fit_stands_on_the_next_page(tell, areas, told, desk, monkeypatch):
    monkeypatch.setattr(views, "SHOWN", 1)
    second = tell(category="other", area=areas[COMMUNE])
    page = desk.get(url("desk"))
    assert [row.grievance for row in page.context["rows"]] == [told]
    assert listed(desk, f"?after={page.context['after']}") == [second]


@pytest.mark.parametrize("step", ["resolve", "ask_more", "pass_up"])
def test_the_next_page_begins_where_it_did_whatever_became_of_the_last_row(
    tell, areas, told, desk, commune_clerk, monkeypatch, step
):
    monkeypatch.setattr(views, "SHOWN", 1)
    second, third = [tell(category="other", area=areas[COMMUNE]) for _number in range(2)]
    after = desk.get(url("desk")).context["after"]
    handle(told, commune_clerk, step)
    page = desk.get(url("desk") + f"?after={after}")
    assert [row.grievance for row in page.context["rows"]] == [second]
    assert listed(desk, f"?after={page.context['after']}")[0] == third


def test_whoever_works_on_a_later_page_stays_on_it(tell, areas, told, desk, monkeypatch):
    monkeypatch.setattr(views, "SHOWN", 1)
    second = tell(category="other", area=areas[COMMUNE])
    here = "?" + urlencode({"tab": "nobody", "after": desk.get(url("desk")).context["after"]})
    page = desk.get(url("desk") + here).content.decode()
    address = url("desk_grievance", second.reference) + here
    assert address.replace("&", "&amp;") in page
    assert desk.post(address, {"assignment": "assign"}).url == address


def test_a_place_that_no_page_has_written_is_refused(desk):
    assert desk.get(url("desk") + "?after=G-0000-0000").status_code == 400


def test_mine_and_nobodys(told, desk, commune_clerk):
    assert listed(desk, "?tab=nobody") == [told]
    desk.post(url("desk_grievance", told.reference), {"assignment": "assign"})
    assert listed(desk, "?tab=mine") == [told]
    assert listed(desk, "?tab=nobody") == []


def test_it_is_of_nobody_when_its_owner_works_elsewhere(told, desk, second_clerk):
    services.assignment.assign(told, actor=second_clerk)
    type(second_clerk).objects.filter(pk=second_clerk.pk).update(area_code="010202")
    assert listed(desk, "?tab=nobody") == [told]


def test_taken_handed_over_and_handed_back(told, desk, commune_clerk, second_clerk):
    address = url("desk_grievance", told.reference)
    desk.post(address, {"assignment": "assign"})
    desk.post(address, {"assignment": "hand_over", "colleague": second_clerk.pk})
    told.refresh_from_db()
    assert told.assignee == second_clerk
    sign_in(second_clerk).post(address, {"assignment": "unassign"})
    told.refresh_from_db()
    assert told.assignee is None


@LANGUAGES
@pytest.mark.parametrize(
    ("step", "state"),
    [("take_up", "in_review"), ("ask_more", "more_asked"), ("resolve", "resolved"), ("dismiss", "dismissed")],
)
def test_a_step_is_taken_with_words(told, desk, step, state, language):
    answer = send(desk, told, step, language)
    assert answer["Location"] == url("desk_grievance", told.reference, language=language)
    told.refresh_from_db()
    assert told.state == state
    page = desk.get(answer["Location"]).content.decode()
    assert WORDS in page


def test_the_reporter_is_told_how_far_it_is(told, desk):
    send(desk, told, "take_up")
    told.refresh_from_db()
    send(desk, told, "inform")
    assert told.events.last().step == "inform"


@LANGUAGES
def test_without_words_nothing_is_taken_and_the_choice_stays(told, desk, language):
    page = send(desk, told, "resolve", language, note="")
    assert page.status_code == 200
    assert page.context["form"]["step"].value() == "resolve"
    told.refresh_from_db()
    assert told.state == "reported"


def test_two_at_once_the_later_one_keeps_the_words(told, desk, second_clerk):
    handle(told, second_clerk, step="take_up")
    page = send(desk, told, "ask_more", note="តើនៅថ្ងៃណា?")
    assert page.status_code == 200
    assert "តើនៅថ្ងៃណា?" in page.content.decode()
    told.refresh_from_db()
    assert told.state == "in_review"


def test_passed_up_it_is_with_the_next_level_and_on_the_queue_no_more(told, desk, areas, other_clerk):
    above = team(
        Team.Kind.DISTRICT,
        *[
            type(other_clerk).objects.create_staff(
                username=f"district.{number}", password="x", role="official", area_code=DISTRICT
            )
            for number in (1, 2)
        ],
        area=areas[DISTRICT],
    )
    version = told.version
    answer = send(desk, told, "pass_up")
    assert answer["Location"] == url("desk")
    told.refresh_from_db()
    assert (told.team, told.state, told.assignee) == (above, "reported", None)
    assert told.events.last().note == WORDS
    told.version = version
    assert send(desk, told, "pass_up")["Location"] == url("desk")  # clicked twice
    assert told.events.filter(step="pass_up").count() == 1
    assert desk.get(url("desk_grievance", told.reference)).status_code == 404


@LANGUAGES
def test_words_for_what_went_up_meanwhile_are_shown_again(told, desk, steward, language):
    handle(told, steward, step="pass_up")
    page = send(desk, told, "resolve", language, note="ចម្លើយវែង")
    assert page.status_code == 404
    assert "ចម្លើយវែង" in page.content.decode()
    told.refresh_from_db()
    assert told.is_open


def test_the_secretariat_passes_nothing_up(tell, steward):
    with pytest.raises(StepNotAllowed):
        handle(tell(category="other"), steward, step="pass_up")


def test_the_look_is_logged_with_whose_it_is(tell, areas, commune_team, desk, sokha, person, commune_clerk):
    grievance = tell(actor=sokha, category="other", area=areas[COMMUNE])
    page = desk.get(url("desk_grievance", grievance.reference)).content.decode()
    assert person.spid_grouped in page
    seen = AuditEvent.objects.filter(actor=commune_clerk, action="view").values_list(
        "subject_kind", "subject_id"
    )
    assert set(seen) == {("grievance", grievance.pk), ("person", person.pk)}


def test_the_page_is_of_the_account_whatever_case_is_open(told, desk, commune_clerk, person):
    open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="grievance", consent_text="read out"
    )
    assert desk.get(url("desk_grievance", told.reference)).status_code == 200
    assert send(desk, told, "take_up").status_code == 302


@LANGUAGES
def test_internal_notes_are_read_by_the_team_alone(told, desk, second_clerk, language):
    address = url("desk_note", told.reference, language=language)
    assert desk.post(address, {"internal_note": ""}).status_code == 200
    desk.post(address, {"internal_note": "សូមសួរមេភូមិ"})
    assert [one.text for one in notes_of(told)] == ["សូមសួរមេភូមិ"]
    page = sign_in(second_clerk).get(url("desk_grievance", told.reference, language=language))
    assert "សូមសួរមេភូមិ" in page.content.decode()


# --- Whose it is not --------------------------------------------------------------------------


def test_an_official_of_no_team_sees_none(told, other_clerk):
    browser = sign_in(other_clerk)
    assert listed(browser) == []
    assert browser.get(url("desk_grievance", told.reference)).status_code == 404
    with pytest.raises(PermissionDenied):
        handle(told, other_clerk)


def test_a_member_who_works_elsewhere_now_sees_none(told, desk, commune_clerk):
    assert listed(desk) == [told]
    for elsewhere in ("010202", ""):
        type(commune_clerk).objects.filter(pk=commune_clerk.pk).update(area_code=elsewhere)
        assert listed(desk) == []


@pytest.mark.parametrize("category", SENSITIVE)
def test_a_sensitive_one_is_never_there(told, desk, commune_clerk, category):
    Grievance.objects.filter(pk=told.pk).update(category=category, told_in_secret="pin")
    told.refresh_from_db()
    assert listed(desk) == []
    assert desk.get(url("desk_grievance", told.reference)).status_code == 404
    assert not selectors.may_handle(commune_clerk, told)


@pytest.mark.parametrize("office", [COMMUNE, DISTRICT])
def test_one_about_their_own_office_or_that_above_is_never_there(told, desk, commune_clerk, areas, office):
    Grievance.objects.filter(pk=told.pk).update(office=areas[office])
    told.refresh_from_db()
    assert listed(desk) == []
    assert not selectors.may_handle(commune_clerk, told)
    with pytest.raises(PermissionDenied):
        handle(told, commune_clerk)


@LANGUAGES
def test_of_their_own_they_read_the_kind_and_nothing_more(
    tell, areas, commune_team, desk, sokha, person, commune_clerk, language
):
    grievance = tell(actor=sokha, category="other", area=areas[COMMUNE], text="អាថ៌កំបាំង")
    with as_owner():
        type(commune_clerk).objects.filter(pk=commune_clerk.pk).update(spid=person.spid)
    (row,) = desk.get(url("desk", language=language)).context["rows"]
    assert row.is_unread
    page = desk.get(url("desk_grievance", grievance.reference, language=language)).content.decode()
    assert "អាថ៌កំបាំង" not in page
    assert person.spid not in page
    desk.post(url("desk_note", grievance.reference, language=language), {"internal_note": "x"})
    assert not WorkItemNote.objects.exists()
    send(desk, grievance, "resolve", language)
    grievance.refresh_from_db()
    assert grievance.is_open


@LANGUAGES
def test_who_typed_it_for_a_caller_does_not_answer_it(
    tell, areas, commune_team, desk, commune_clerk, language
):
    grievance = tell(actor=commune_clerk, channel="phone", category="other", area=areas[COMMUNE])
    page = desk.get(url("desk_grievance", grievance.reference, language=language))
    assert page.context["form"] is None
    assert page.context["why_not"]


@LANGUAGES
def test_found_by_its_reference(told, desk, other_clerk, language):
    sent = {"reference": told.reference.lower().replace("-", " ")}
    found = desk.post(url("desk", language=language), sent)
    assert found["Location"] == url("desk_grievance", told.reference, language=language)
    elsewhere = sign_in(other_clerk).post(url("desk", language=language), sent)
    assert "reference" in elsewhere.context["form"].errors


# --- On the desk ------------------------------------------------------------------------------


@LANGUAGES
def test_the_desk_tells_how_many_wait(told, desk, other_clerk, language):
    page = desk.get(f"/{language}/counter/").content.decode()
    assert f'href="{url("desk", language=language)}"' in page
    assert '<span class="tag care">1</span>' in page
    assert (
        url("desk", language=language)
        not in sign_in(other_clerk).get(f"/{language}/counter/").content.decode()
    )
