"""Village days: planned, households taken by one official each, written down, and counted."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit.models import AuditEvent
from registry.counter.chosen import CHOSEN
from registry.models import Appointment, Area, Household, HouseholdVisit, Membership, VillageDay
from registry.registration.services import register_household
from registry.village_days import services
from registry.village_days.errors import DayNotOpen, NobodyToVisit, TakenByColleague, VisitedByColleague
from registry.village_days.households import households_chosen
from registry.village_days.selectors import numbers_of, visits_of, with_heads
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import NAME, about, ask
from tests.registry.pages import official_client

pytestmark = pytest.mark.django_db

DAYS = "/en/counter/village-days/"
VILLAGE, ELSEWHERE = "01020101", "01020201"
NAMES = ("សុខ", "កែវ", "ហេង")
ALL = VillageDay.Chosen.ALL


@built_once
def households(areas, consent_agreements) -> list[Household]:
    """Three of one village, in the order of their lists."""
    return [
        register_household(
            actor=User.objects.create_citizen(phone=f"+8551600010{number}"),
            details=household_details(person_details(family_name=name), address=f"ផ្ទះលេខ {number}"),
        )
        for number, name in enumerate(NAMES, 1)
    ]


@pytest.fixture
def village(households) -> Area:
    return Area.objects.get(pk=VILLAGE)


@pytest.fixture
def planned(village, commune_clerk, second_clerk) -> VillageDay:
    return services.plan_village_day(
        actor=commune_clerk,
        village=village,
        day=timezone.localdate(),
        officials=[commune_clerk, second_clerk],
        chosen=ALL,
    )


@pytest.fixture
def second_laptop(second_clerk):
    return official_client(second_clerk)


def page_of(client, address: str) -> str:
    return client.get(address).content.decode()


def plan(laptop, village: str = VILLAGE, **typed):
    officials = list(User.objects.filter(role="official", area_code=village[:6]).values_list("pk", flat=True))
    day = timezone.localdate().strftime("%d/%m/%Y")
    sent = {"day": day, "officials": officials, "chosen": "all", "not_since": "", **typed}
    return laptop.post(f"{DAYS}plan/{village}/", sent)


def test_an_official_plans_a_day_by_choosing_village_colleagues_and_households(laptop, village, second_clerk):
    chosen = laptop.post(f"{DAYS}plan/", {"village": VILLAGE})
    assert chosen.url == f"{DAYS}plan/{VILLAGE}/"
    assert second_clerk.staff_name in page_of(laptop, chosen.url)
    answer = plan(laptop)
    planned = VillageDay.objects.get()
    assert answer.url == f"{DAYS}{planned.pk}/"
    assert planned.officials.count() == 2
    assert [visit.number for visit in planned.visits.order_by("number")] == [1, 2, 3]
    assert "Ou Thum" in page_of(laptop, DAYS)
    assert AuditEvent.objects.filter(action="plan_village_day", subject_id=planned.pk).count() == 1


def test_the_district_plans_for_its_communes(district, village, commune_clerk):
    browser = official_client(district)
    assert "Banteay Neang" in page_of(browser, f"{DAYS}plan/")
    plan(browser)
    assert list(VillageDay.objects.get().officials.all()) == [commune_clerk]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "1/1/2020"}, "Choose today or a day after it."),
        ({"day": "31/2/2030"}, "Enter day, month and year"),
        ({"officials": []}, "Choose at least one official."),
        ({"chosen": ""}, "Choose one of the answers."),
        ({"chosen": "unvisited", "not_since": "1/1/2090"}, "This day has not come yet."),
        ({"chosen": "changes"}, "No household of this village is one of those that you chose."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_planned(laptop, village, typed, words):
    assert words in plan(laptop, **typed).content.decode()
    assert not VillageDay.objects.exists()


def test_nobody_of_another_commune_takes_part(commune_clerk, other_clerk, village):
    with pytest.raises(PermissionDenied):
        services.plan_village_day(
            actor=commune_clerk,
            village=village,
            day=timezone.localdate(),
            officials=[other_clerk],
            chosen=ALL,
        )


def test_no_official_plans_or_sees_a_day_of_another_commune(other_laptop, other_clerk, planned, village):
    with pytest.raises(PermissionDenied):
        services.plan_village_day(
            actor=other_clerk, village=village, day=timezone.localdate(), officials=[other_clerk], chosen=ALL
        )
    visit = planned.visits.first()
    for address in (
        f"{DAYS}plan/{VILLAGE}/", f"{DAYS}{planned.pk}/", f"{DAYS}{planned.pk}/list/",
        f"{DAYS}{planned.pk}/numbers/", f"/en/counter/visits/{visit.pk}/",
    ):  # fmt: skip
        assert other_laptop.get(address).status_code == 404, address
    assert other_laptop.post(f"{DAYS}{planned.pk}/cancel/").status_code == 404
    assert "Ou Thum" not in page_of(other_laptop, DAYS)


def chosen_of(village: Area, chosen: str, since: date | None = None) -> set[str]:
    found = households_chosen(village=village, chosen=chosen, not_since=since)
    return {one.address for one in found}


def test_households_of_who_is_asked_to_come_back(village, households, commune_clerk):
    Appointment.objects.create(
        person=households[1].memberships.get().person, day=timezone.localdate(), reason="other",
        area_code="010201", made_by=commune_clerk, assisted_session_id=AssistedSession().pk,
    )  # fmt: skip
    assert chosen_of(village, "expected") == {"ផ្ទះលេខ 2"}


def test_households_with_a_change_that_waits(village, households):
    person = households[2].memberships.get().person
    ask(person.account, "name", who=about(person), name=NAME)
    assert chosen_of(village, "changes") == {"ផ្ទះលេខ 3"}


def test_households_that_were_not_visited_since_a_day(village, planned, commune_clerk):
    first, second, _third = planned.visits.order_by("number")
    services.record_visit(actor=commune_clerk, visit=first, outcome="visited", note="")
    services.record_visit(actor=commune_clerk, visit=second, outcome="nobody", note="")
    VillageDay.objects.update(day=timezone.localdate() - timedelta(days=10))
    assert chosen_of(village, "unvisited") == {"ផ្ទះលេខ 2", "ផ្ទះលេខ 3"}
    assert len(chosen_of(village, "unvisited", timezone.localdate() - timedelta(days=9))) == 3
    assert len(chosen_of(village, "unvisited", timezone.localdate() - timedelta(days=10))) == 2


def test_no_household_is_on_two_lists(village, planned, commune_clerk):
    with pytest.raises(NobodyToVisit):
        services.plan_village_day(
            actor=commune_clerk, village=village, day=planned.day, officials=[commune_clerk], chosen=ALL
        )
    services.cancel_village_day(actor=commune_clerk, village_day=planned)
    assert len(chosen_of(village, "all")) == 3


def test_closed_households_are_not_visited(village, households):
    Household.objects.filter(pk=households[0].pk).update(closed_on=timezone.localdate())
    assert len(chosen_of(village, "all")) == 2


def test_of_a_large_village_the_first_are_taken_and_it_is_said(laptop, village, monkeypatch):
    monkeypatch.setattr(services, "MOST", 2)
    monkeypatch.setattr("registry.village_days.plan_views.MOST", 2)
    answer = plan(laptop)
    assert "There may be more of them" in page_of(laptop, answer.url)
    assert len(chosen_of(village, "all")) == 1


def test_two_officials_never_get_the_same_household(
    laptop, second_laptop, planned, commune_clerk, second_clerk
):
    mine = laptop.post(f"{DAYS}{planned.pk}/").url
    theirs = second_laptop.post(f"{DAYS}{planned.pk}/").url
    assert mine != theirs
    assert laptop.post(f"{DAYS}{planned.pk}/").url == mine  # a second click
    assert {visit.taken_by for visit in planned.visits.exclude(taken_by=None)} == {
        commune_clerk,
        second_clerk,
    }


def test_the_colleague_who_visits_is_named_and_nobody_else_writes_it_down(
    laptop, second_laptop, planned, second_clerk
):
    theirs = second_laptop.post(f"{DAYS}{planned.pk}/").url
    assert f"{second_clerk.staff_name} visits this household" in page_of(laptop, theirs)
    assert second_clerk.staff_name in page_of(laptop, f"{DAYS}{planned.pk}/")
    answer = laptop.post(theirs, {"outcome": "visited", "note": "ត្រឡប់មកវិញ"}).content.decode()
    assert "visits this household, until" in answer
    assert "ត្រឡប់មកវិញ" in answer
    laptop.post(theirs, {"take": "yes"})
    visit = planned.visits.get(number=1)
    assert (visit.outcome, visit.taken_by) == ("", second_clerk)


def test_a_household_is_free_again_when_its_hour_is_over(planned, commune_clerk, second_clerk):
    taken = services.take_next(actor=second_clerk, village_day=planned)
    with pytest.raises(TakenByColleague):
        services.take_visit(actor=commune_clerk, visit=taken)
    HouseholdVisit.objects.filter(pk=taken.pk).update(taken_until=timezone.now() - timedelta(seconds=1))
    assert services.take_next(actor=commune_clerk, village_day=planned).pk == taken.pk


def test_whose_hour_is_over_still_writes_it_down_unless_a_colleague_was_there(
    planned, commune_clerk, second_clerk
):
    taken = services.take_next(actor=second_clerk, village_day=planned)
    HouseholdVisit.objects.filter(pk=taken.pk).update(taken_until=timezone.now() - timedelta(hours=1))
    services.record_visit(actor=second_clerk, visit=taken, outcome="visited", note="")
    with pytest.raises(VisitedByColleague):
        services.record_visit(actor=commune_clerk, visit=taken, outcome="moved", note="")
    with pytest.raises(VisitedByColleague):
        services.take_visit(actor=commune_clerk, visit=taken)
    services.record_visit(actor=second_clerk, visit=taken, outcome="changed", note="")
    assert planned.visits.get(pk=taken.pk).outcome == "changed"


def test_where_nobody_was_at_home_a_colleague_may_try_again(planned, commune_clerk, second_clerk):
    visit = services.take_next(actor=second_clerk, village_day=planned)
    services.record_visit(actor=second_clerk, visit=visit, outcome="nobody", note="")
    services.take_visit(actor=commune_clerk, visit=visit)
    services.record_visit(actor=commune_clerk, visit=visit, outcome="visited", note="")
    visit.refresh_from_db()
    assert (visit.outcome, visit.visited_by) == ("visited", commune_clerk)


def test_given_back_it_is_the_next_of_a_colleague(laptop, planned, second_clerk):
    taken = laptop.post(f"{DAYS}{planned.pk}/").url
    laptop.post(f"{taken}return/")
    assert services.take_next(actor=second_clerk, village_day=planned).number == 1


def test_a_visit_is_written_down_with_a_note_that_the_database_cannot_read(laptop, planned, commune_clerk):
    taken = laptop.post(f"{DAYS}{planned.pk}/").url
    assert laptop.post(taken, {"outcome": "refused", "note": "ខឹង"}).url == f"{DAYS}{planned.pk}/"
    visit = planned.visits.get(number=1)
    assert (visit.outcome, visit.note, visit.visited_by) == ("refused", "ខឹង", commune_clerk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM registry_householdvisit WHERE id = %s", [visit.pk])
        assert "ខឹង".encode() not in bytes(cursor.fetchone()[0])
    noted = AuditEvent.objects.get(action="record_visit")
    assert (noted.reason, noted.subject_id) == ("refused", visit.household_id)


def test_the_next_visit_reads_what_the_last_one_noted(laptop, planned, village, commune_clerk, second_clerk):
    first = planned.visits.get(number=1)
    services.record_visit(actor=second_clerk, visit=first, outcome="nobody", note="មកពេលល្ងាច")
    assert "មកពេលល្ងាច" in page_of(laptop, f"/en/counter/visits/{first.pk}/")
    again = services.plan_village_day(
        actor=commune_clerk, village=village, day=planned.day, officials=[commune_clerk], chosen=ALL
    ).visits.get()
    page = page_of(laptop, f"/en/counter/visits/{again.pk}/")
    assert "Last visit" in page
    assert "មកពេលល្ងាច" in page


@pytest.mark.parametrize(("days", "opens"), [(1, False), (0, True), (-7, True), (-8, False)])
def test_visits_are_begun_on_the_day_and_written_down_for_a_week(planned, commune_clerk, days, opens):
    VillageDay.objects.update(day=timezone.localdate() + timedelta(days=days))
    if opens:
        assert services.take_next(actor=commune_clerk, village_day=planned).taken_by == commune_clerk
    else:
        with pytest.raises(DayNotOpen):
            services.take_next(actor=commune_clerk, village_day=planned)


@pytest.mark.parametrize("change", [{"area_code": "010202"}, {"area_code": ""}])
def test_who_moved_to_another_office_takes_nothing(planned, second_clerk, change):
    User.objects.filter(pk=second_clerk.pk).update(**change)
    second_clerk.refresh_from_db()
    with pytest.raises(PermissionDenied):
        services.take_next(actor=second_clerk, village_day=planned)


def test_who_does_not_take_part_reads_the_list_and_takes_nothing(district, planned):
    browser = official_client(district)
    assert "You do not take part" in page_of(browser, f"{DAYS}{planned.pk}/")
    assert browser.post(f"{DAYS}{planned.pk}/").status_code == 403


def test_a_household_that_left_the_area_is_on_the_list_no_more(laptop, planned, households):
    Household.objects.filter(pk=households[0].pk).update(village_id=ELSEWHERE)
    visit = planned.visits.get(number=1)
    assert NAMES[0] not in page_of(laptop, f"{DAYS}{planned.pk}/list/")
    assert laptop.get(f"/en/counter/visits/{visit.pk}/").url == f"{DAYS}{planned.pk}/"
    assert laptop.post(f"{DAYS}{planned.pk}/").url != f"/en/counter/visits/{visit.pk}/"


def test_the_list_to_print_has_number_name_address_and_code_of_the_household(laptop, planned, households):
    page = page_of(laptop, f"{DAYS}{planned.pk}/list/")
    assert page.count('class="qr"') == 3
    for household, name in zip(households, NAMES, strict=True):
        assert household.number in page
        assert name in page
        assert household.address in page
    assert households[0].memberships.get().person.spid not in page


def test_whoever_is_on_the_list_reads_that_they_were_listed_once_a_day(laptop, planned, households):
    for _again in range(2):
        laptop.get(f"{DAYS}{planned.pk}/list/")
        laptop.get(f"{DAYS}{planned.pk}/")
    listed = AuditEvent.objects.filter(action="listed", reason="village_day")
    persons = [one.memberships.get().person_id for one in households]
    assert sorted(listed.values_list("subject_id", flat=True)) == sorted(persons)


def test_a_long_list_has_pages(laptop, planned, monkeypatch):
    monkeypatch.setattr("registry.village_days.views.ON_A_PAGE", 2)
    assert page_of(laptop, f"{DAYS}{planned.pk}/list/").count('class="qr"') == 2
    assert page_of(laptop, f"{DAYS}{planned.pk}/list/?page=2").count('class="qr"') == 1


def test_a_case_from_a_visit_asks_reason_and_consent_first(laptop, planned, households):
    taken = laptop.post(f"{DAYS}{planned.pk}/").url
    person = households[0].memberships.get().person
    assert laptop.post(f"{taken}case/", {"person": person.spid}).url == "/en/counter/open/"
    assert laptop.session[CHOSEN] == {"person": person.pk, "visit": planned.visits.get(number=1).pk}
    assert not AssistedSession.objects.exists()


def test_no_case_is_opened_from_it_for_somebody_of_another_household(laptop, planned, households):
    taken = laptop.post(f"{DAYS}{planned.pk}/").url
    other = households[1].memberships.get().person
    assert laptop.post(f"{taken}case/", {"person": other.spid}).url == taken
    assert CHOSEN not in laptop.session


def test_the_numbers_of_the_day(laptop, planned, commune_clerk, second_clerk):
    first, second, third = planned.visits.order_by("number")
    services.record_visit(actor=commune_clerk, visit=first, outcome="visited", note="")
    services.record_visit(actor=second_clerk, visit=second, outcome="moved", note="")
    services.take_visit(actor=second_clerk, visit=third)
    numbers = numbers_of(planned)
    assert (numbers.households, numbers.written, numbers.left) == (3, 2, 1)
    assert {row.official: (row.counts, row.taken) for row in numbers.rows} == {
        commune_clerk: ({"visited": 1}, False),
        second_clerk: ({"moved": 1}, True),
    }
    page = page_of(laptop, f"{DAYS}{planned.pk}/numbers/")
    assert not [name for name in NAMES if name in page]
    assert re.search(r"Still to visit</dt><dd>1<", page)


def test_a_household_without_a_head_is_named_by_who_lives_there(planned, commune_clerk):
    Membership.objects.update(relationship="other_relative")
    found = with_heads(visits_of(commune_clerk, planned))
    assert all(member is not None for _visit, member in found)


def test_it_is_kept_for_two_years(planned):
    VillageDay.objects.update(day=timezone.localdate() - services.KEPT)
    assert services.purge_village_days() == 0
    VillageDay.objects.update(day=timezone.localdate() - services.KEPT - timedelta(days=1))
    services.purge_village_days()
    assert not HouseholdVisit.objects.exists()
