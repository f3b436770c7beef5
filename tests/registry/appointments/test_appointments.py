"""Somebody is asked to come back: the office sees it on its desk, the person on their page."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.audit.models import AuditEvent
from registry.appointments.selectors import appointments_at
from registry.appointments.services import KEPT, make_appointment, purge_appointments
from registry.models import Appointment, Area, Household, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import details_of_one
from tests.roles import as_owner

pytestmark = pytest.mark.django_db

MAKE, ME, DESK = "/en/counter/come-back/", "/en/my/", "/en/counter/"
DAY = date(2026, 12, 24)
ASKED = {"day": "24/12/2026", "reason": "document", "note": "សៀវភៅគ្រួសារ"}


@built_once
def person(areas, consent_agreements, sokha) -> Person:
    register_household(actor=sokha, details=details_of_one())
    return Person.objects.get()


@pytest.fixture
def case(laptop, person):
    laptop.post(DESK, {"person": person.spid})
    laptop.post("/en/counter/open/", {"reason": "check", "agree": "on"})
    return laptop


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_at: date(2026, 12, 10))


def test_the_office_and_the_person_read_when_why_and_what_to_bring(case, person, phone_of_sokha):
    assert case.post(MAKE, ASKED).url == ME
    assert "Asked to come back on 24/12/2026" in case.get(ME).content.decode()
    for page in (case.get(ME), phone_of_sokha.get(ME)):
        words = page.content.decode()
        assert "24/12/2026" in words
        assert "a document is missing" in words
        assert "សៀវភៅគ្រួសារ" in words
    case.post("/en/counter/end/", {})
    desk = case.get(DESK).content.decode()
    assert "24/12/2026" in desk
    assert person.name in desk
    assert Appointment.objects.get().day == DAY


def test_the_words_are_not_legible_in_the_database(case, person):
    case.post(MAKE, ASKED)
    stored = Appointment.objects.extra(select={"raw": "note"}).values_list("raw", flat=True)[0]
    assert "សៀវភៅ".encode() not in bytes(stored)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("10/12/2026", "Choose a day after today."),
        ("9/12/2027", "Choose a day within half a year."),
        ("", "Enter the day."),
        ("31/2/2027", "Enter day, month and year"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_the_words_stay(case, day, words):
    page = case.post(MAKE, {**ASKED, "day": day}).content.decode()
    assert words in page
    assert "សៀវភៅគ្រួសារ" in page
    assert not Appointment.objects.exists()


def test_khmer_digits_are_a_day(case):
    case.post(MAKE, {**ASKED, "day": "២៤/១២/២០២៦"})
    assert Appointment.objects.get().day == DAY


def test_asked_twice_for_the_same_it_is_one_appointment(case):
    case.post(MAKE, ASKED)
    case.post(MAKE, {**ASKED, "day": "28/12/2026"})
    assert Appointment.objects.get().day == date(2026, 12, 28)


@pytest.mark.parametrize("end", ["came", "dropped"])
def test_it_ends_when_they_came_or_need_not_come(case, person, end):
    case.post(MAKE, ASKED)
    assert "24/12/2026" in case.get(ME).content.decode()
    pk = Appointment.objects.get().pk
    assert case.post(f"/en/counter/come-back/{pk}/end/", {"end": end}).url == ME
    assert "24/12/2026" not in case.get(ME).content.decode()
    ended = Appointment.objects.get()
    assert ended.end == end
    assert AuditEvent.objects.filter(action="end_appointment", subject_id=person.pk, reason=end).count() == 1
    case.post(f"/en/counter/come-back/{pk}/end/", {"end": "came"})  # a second click
    assert Appointment.objects.get().ended_at == ended.ended_at


def test_another_commune_sees_nothing_of_it(case, other_laptop, person):
    case.post(MAKE, ASKED)
    desk = other_laptop.get(DESK).content.decode()
    assert person.name not in desk
    assert "24/12/2026" not in desk


def test_who_has_moved_away_is_expected_no_more(case, commune_clerk):
    case.post(MAKE, ASKED)
    case.post("/en/counter/end/", {})
    assert [one.day for one in appointments_at(commune_clerk)] == [DAY]
    elsewhere = Area.objects.filter(level=Area.Level.VILLAGE).exclude(
        code__startswith=commune_clerk.area_code
    )
    with as_owner():
        for moved in (Household, Person):
            moved.objects.update(village=elsewhere.earliest("pk"))
    assert not appointments_at(commune_clerk).exists()


def test_none_is_made_or_ended_without_the_case(laptop, person, commune_clerk):
    assert laptop.post(MAKE, ASKED).url == DESK
    session = AssistedSession.objects.create(
        official=commune_clerk,
        subject_id=person.pk,
        reason="check",
        consent_text="x",
        ended_at=timezone.now(),
    )
    with pytest.raises(PermissionDenied):
        make_appointment(
            person=person, official=commune_clerk, assisted_session=session, day=DAY, reason="other", note=""
        )
    assert not Appointment.objects.exists()


def test_a_citizen_makes_none(phone_of_sokha, person):
    assert phone_of_sokha.get(MAKE).status_code == 302


def test_it_is_kept_for_half_a_year_after_its_day(case):
    case.post(MAKE, ASKED)
    Appointment.objects.update(day=date(2026, 12, 10) - KEPT)
    assert purge_appointments() == 0
    Appointment.objects.update(day=date(2026, 12, 10) - KEPT - timedelta(days=1))
    assert purge_appointments() == 1
