"""What operators report about persons and households, by the handlers that the exchange calls."""

from datetime import UTC, datetime

import pytest

from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import StatusReport
from registry import services
from registry.models import Enrolment, Programme
from registry.records import handle_enrolment
from tests.registry.cast import household_details


@pytest.fixture
def head(areas, agreements, sokha):
    household = services.register_household(actor=sokha, details=household_details())
    return household.memberships.get(relationship="head").person


@pytest.fixture
def health_fund(operators):
    return Programme.objects.create(
        code="health-equity-fund", operator=operators["pmrs"], name_km="មូលនិធិ", name_en="Fund", state="open"
    )


@pytest.fixture
def report(operators, head):
    def make(status: str, day: int = 5, **changes):
        values = {"subject": head.spid, "reference": f"HC-{day}-{status}", **changes}
        return StatusReport(
            operator=operators["pmrs"],
            kind="enrolment",
            status=status,
            occurred_at=datetime(2026, 11, day, 9, tzinfo=UTC),
            **values,
        )

    return make


def test_a_certified_person_is_enrolled_from_that_day(report, head, health_fund):
    handle_enrolment(report("active"))
    enrolment = Enrolment.objects.get()
    assert (enrolment.person, enrolment.programme) == (head, health_fund)
    assert (enrolment.since.isoformat(), enrolment.operator_reference) == ("2026-11-05", "HC-5-active")


def test_the_same_report_again_makes_no_second_enrolment(report, health_fund):
    handle_enrolment(report("active"))
    handle_enrolment(report("active"))
    assert Enrolment.objects.count() == 1


def test_leaving_ends_the_enrolment(report, health_fund):
    handle_enrolment(report("active"))
    handle_enrolment(report("ended", day=9))
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.until.isoformat()) == ("ended", "2026-11-09")


def test_an_older_end_that_arrives_late_ends_nothing(report, health_fund):
    handle_enrolment(report("active", day=5))
    handle_enrolment(report("ended", day=2))
    assert Enrolment.objects.get().state == "active"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subject": "123456789012"}, "unknown_subject"),
        ({"values": {"programme": "family-package"}}, "unknown_programme"),
    ],
)
def test_what_cannot_be_understood_is_held_for_a_person(report, health_fund, changes, reason):
    with pytest.raises(ReportHeld) as held:
        handle_enrolment(report("active", **changes))
    assert held.value.reason == reason


def test_an_unknown_word_is_held(report, health_fund):
    with pytest.raises(ReportHeld, match="unknown_status"):
        handle_enrolment(report("perhaps"))
