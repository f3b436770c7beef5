"""Everything else that an official types at the counter, at a line that drops at every page of it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from applications.models import Application
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.offline.models import OfflineItem
from grievances.models import Grievance
from registry.models import (
    Appointment,
    ChangeRequest,
    Household,
    HouseholdVisit,
    Person,
    Programme,
    VillageDay,
)
from registry.registration.services import register_household
from registry.village_days.services import plan_village_day, take_next
from tests.applications.helpers import APPLICATION_FIELDS, PERSON_FIELDS, agreement, details
from tests.browser.laptop import fill, kept, kill, send
from tests.browser.people import Answers
from tests.browser.weak_line import Line
from tests.registry.programmes.questions.cast import house_and_rent, publish, write
from tests.roles import as_owner
from tests.uploads.conftest import jpeg

ADDRESS, WORDS = "ផ្ទះលេខ ៧៧", "ប្រាក់មិនទាន់មកដល់"


@dataclass(frozen=True)
class Journey:
    """Page by page from an address, and what it leads to."""

    path: str
    pages: list[Answers]
    done: Callable[[], bool]


JOURNEYS = {
    "change": Journey(
        "my/changes/address/address/",
        [{"address": ADDRESS}, {}],
        lambda: [one.answers["address"] for one in ChangeRequest.objects.all()] == [{"address": ADDRESS}],
    ),
    "application": Journey(
        "apply/health/1/questions/house/",
        [{"answer": "c2"}, {"answer": "២០០០០០"}, {"consent": True}],
        lambda: Application.objects.get().person_id is not None,
    ),
    "grievance": Journey(
        "grievances/report/",
        [{"category": "payment"}, {"text": WORDS}, {}, {}],
        lambda: [one.text for one in Grievance.objects.all()] == [WORDS],
    ),
    "come back": Journey(
        "counter/come-back/",
        [{"reason": "document", "note": WORDS}],
        lambda: Appointment.objects.get().note == WORDS,
    ),
}


@pytest.fixture
def person(transactional_db, areas, operators, sokha) -> Person:
    register_household(actor=sokha, details=details())
    return sokha.person


@pytest.fixture
def programme(person, operators, steward, second_steward) -> Programme:
    """Which asks whose the house is, and then for the rent."""
    for kind, fields in (("person", PERSON_FIELDS), ("application", APPLICATION_FIELDS)):
        agreement(operators["nssf"], kind, fields)
    with as_owner():
        found = Programme.objects.create(
            code="health", operator=operators["nssf"], name_km="សុខភាព", name_en="Health", state="open"
        )
    house_and_rent(found, steward)
    publish(found, steward, second_steward)
    return found


@pytest.fixture
def case(person, programme, clerk, laptop) -> Callable[[str], Page]:
    """``case(path)``: a page of the case of this person."""

    def open_(path: str) -> Page:
        open_assisted_session(official=clerk, subject_id=person.pk, reason="check", consent_text="read out")
        if path.startswith("apply/"):
            page = laptop(clerk, "/km/apply/health/", case=False)
            page.get_by_role("link", name="បន្ត", exact=True).click()
            page.wait_for_url("**/questions/**")
            return page
        return laptop(clerk, f"/km/{path}", case=False)

    return open_


def answered(page: Page, line: Line, answers: Answers, lost: str) -> None:
    """Over a line that drops while it is sent, and is back a little later."""
    with line.dropping(lost):
        send(page, answers)
        kept(page)
        before = page.url
    page.wait_for_url(lambda url: url != before, timeout=90_000)
    page.locator("main h1").first.wait_for()


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("change", "form"),
        ("change", "answer"),
        ("application", "form"),
        ("application", "answer"),
        ("grievance", "answer"),
        ("come back", "answer"),
    ],
)
def test_a_line_that_drops_at_every_page_holds_nothing_up(case, line, name, lost):
    journey = JOURNEYS[name]
    page = case(journey.path)
    for answers in journey.pages:
        answered(page, line, answers, lost)
    assert journey.done()
    applied = OfflineItem.objects.filter(state="applied")
    assert applied.count() == OfflineItem.objects.count() == len(journey.pages)
    assert page.evaluate("Device.items()") == []


@pytest.fixture
def visit(person, clerk) -> HouseholdVisit:
    household = Household.objects.get()
    User.objects.filter(pk=clerk.pk).update(area_code=household.village_id[:6])
    clerk.refresh_from_db()
    day = plan_village_day(
        actor=clerk, village=household.village, day=timezone.localdate(), officials=[clerk],
        chosen=VillageDay.Chosen.ALL,
    )  # fmt: skip
    return take_next(actor=clerk, village_day=day)


def test_a_visit_is_written_down_though_the_browser_was_killed(laptop, line, clerk, visit, tmp_path):
    """Without a case, in the village: sent on the next day, from the office."""
    page = laptop(clerk, f"/km/counter/visits/{visit.pk}/", case=False)
    line.is_cut = True
    send(page, {"outcome": "nobody", "note": WORDS})
    kept(page)
    kill(page, tmp_path / "disk")
    line.is_cut = False
    page = laptop(path="/km/offline/")
    page.locator("#offline-none").wait_for(state="visible")
    visit.refresh_from_db()
    assert (visit.outcome, visit.note) == ("nobody", WORDS)


def test_a_search_is_not_kept_and_the_page_says_so(laptop, line, clerk):
    page = laptop(clerk, "/km/counter/", case=False)
    line.is_cut = True
    fill(page, {"query": "សុខា"})
    page.locator("main form button").first.click(no_wait_after=True)
    page.locator("#offline-form").wait_for(state="visible")
    assert page.evaluate("Device.items()") == []


def test_files_are_said_not_to_be_kept(case, line, programme, steward, second_steward):
    write(programme, steward, kind="file", title_km="រូបថតផ្ទះ", title_en="Photo of the house")
    publish(programme, steward, second_steward)
    page = case("apply/health/1/questions/house/")
    send(page, {"answer": "c1"})
    page.locator("input[type=file]").wait_for()
    line.is_cut = True
    photo = {"name": "house.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    page.set_input_files("input[type=file]", [photo])
    send(page, {})
    page.locator("#offline-files").wait_for(state="visible")
    line.is_cut = False
    page.locator("#offline-files a").click()
    page.locator("input[type=file]").wait_for()
