"""What operators report about persons and households, by the handlers that the exchange calls."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dsp_platform.exchange.adapters.statuses import Reported
from dsp_platform.exchange.contract import ReportHeld, registered
from dsp_platform.exchange.ledger.retention import clear_old_values
from dsp_platform.exchange.models import Operator, StatusReport
from dsp_platform.exchange.reports.encrypted_values import decrypted_value
from dsp_platform.exchange.reports.services import (
    handle_report,
    retry_reports,
    retry_unknown,
    store,
)
from dsp_platform.khmer.dates import PartialDate
from registry.beneficiaries.enrolment import enrol
from registry.eligibility.known import facts_of
from registry.models import Enrolment, IdentityDocument, Payment, Person, Programme
from registry.programmes import selectors
from registry.records.reports import handle_enrolment
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details
from tests.roles import as_owner


@built_once
def head(areas, agreements, sokha):
    household = register_household(actor=sokha, details=household_details())
    return household.memberships.get(relationship="head").person


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
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


# From here on as the exchange does it: stored first, then handled, with the outcome on the report.


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
def family_package(operators):
    return Programme.objects.create(
        code="family-package",
        operator=operators["family_package"],
        payer=operators["nsaf"],
        name_en="Family Package",
        state="open",
    )


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
def insurance(operators):
    return Programme.objects.create(
        code="nssf-voluntary-health", operator=operators["nssf"], name_en="Insurance", state="open"
    )


def arrives(operator: str, kind: str, subject: str, status: str, day: int = 5, **values: str) -> StatusReport:
    number = StatusReport.objects.count()
    moment = datetime(2026, 11, day, 9, tzinfo=UTC)
    reported = Reported(number, f"R-{number}", kind, subject, status, moment, values)
    store(Operator.objects.get(pk=operator), [reported])
    report = StatusReport.objects.get(operator=operator, reference=reported.reference)
    handle_report(report.pk)
    report.refresh_from_db()
    return report


def card(person: Person) -> tuple[str, str]:
    document = person.documents.get()
    return document.type, str(document.number)


def test_idpoor_tells_level_validity_and_the_card_that_the_head_keeps(head):
    number = head.memberships.get().household.number
    values = {"valid_to": "2029-12-31", "card": "EC-0102-77"}
    report = arrives("idpoor", "poverty_level", number, "level1", **values)
    household = head.memberships.get().household
    assert (report.state, household.poverty_level, household.poverty_valid_to) == (
        "handled", "level1", date(2029, 12, 31),
    )  # fmt: skip
    assert card(head) == ("equity_card", "EC-0102-77")
    assert report.values == {"valid_to": "2029-12-31"}  # the number is stored encrypted, and only there


def test_a_new_card_takes_the_place_of_the_old_one_and_is_delivered(head):
    number = head.memberships.get().household.number
    arrives("idpoor", "poverty_level", number, "level1", card="EC-1")
    version = Person.objects.get(pk=head.pk).version
    arrives("idpoor", "poverty_level", number, "level1", day=9, card="EC-2")
    assert card(head) == ("equity_card", "EC-2")
    assert Person.objects.get(pk=head.pk).version > version


def test_nssf_tells_the_number_of_a_member_and_whether_contributions_are_paid(head, insurance):
    arrives("nssf", "membership", head.spid, "active", card="NSSF-4711", reference="D-1")
    arrives("nssf", "membership", head.spid, "suspended", day=9, card="NSSF-4711", reference="D-2")
    enrolment = Enrolment.objects.get()
    assert (enrolment.programme, enrolment.state, enrolment.operator_reference) == (
        insurance, "suspended", "D-1",
    )  # fmt: skip
    assert card(head) == ("nssf", "NSSF-4711")
    arrives("nssf", "membership", head.spid, "active", day=20)
    assert Enrolment.objects.get().state == "active"


def test_a_disability_that_was_identified_counts_and_has_a_card(head):
    arrives("disability", "disability", head.spid, "medium", card="DC-9")
    head.refresh_from_db()
    assert (head.disability_level, card(head)) == ("medium", ("disability_card", "DC-9"))
    assert head.origins == {"disability_level": "report:disability"}
    assert facts_of([head.pk])[head.pk]["disability"] is True
    arrives("disability", "disability", head.spid, "none", day=9)
    head.refresh_from_db()
    assert head.disability_level == ""


def test_one_number_cannot_be_two_persons(head, areas, operators, commune_clerk):
    neighbours = register_household(
        actor=commune_clerk, details=household_details(person_details(given_name="ដារ៉ា"))
    )
    neighbour = neighbours.memberships.get().person
    arrives("disability", "disability", head.spid, "mild", card="DC-9")
    report = arrives("disability", "disability", neighbour.spid, "mild", card="DC-9")
    neighbour.refresh_from_db()
    # A report is applied as a whole or not at all.
    assert (report.state, report.reason, neighbour.disability_level) == ("held", "number_of_another", "")


def test_who_pays_for_another_operator_reports_enrolments_and_payments(head, family_package):
    arrives("nsaf", "enrolment", head.spid, "active", programme="family-package", reference="E-1")
    for day in (6, 6, 7):  # the first of them is repeated
        paid = {"amount": "34000", "paid_on": f"2026-11-0{day}", "reference": f"V-{day}"}
        arrives("nsaf", "payment", head.spid, "paid", day=day, programme="family-package", **paid)
    (support,) = selectors.supports_of(head)
    assert [(one.paid_on.day, one.amount) for one in support.recent] == [(7, 34_000), (6, 34_000)]


def test_money_for_a_household_is_told_to_the_member_who_is_enrolled(areas, operators, sokha, family_package):
    members = (person_details(), child_details())
    household = register_household(actor=sokha, details=household_details(*members))
    child = household.memberships.get(relationship="child").person
    enrol(person=child, programme=family_package, since=date(2026, 11, 1))
    arrives("family_package", "payment", household.number, "paid", amount="80000", reference="V-1")
    payment = Payment.objects.get()
    assert (payment.enrolment.person, payment.amount, payment.paid_on) == (child, 80_000, date(2026, 11, 5))


def test_money_that_came_back_was_not_received_in_whatever_order_it_is_told(head, family_package):
    enrol(person=head, programme=family_package, since=date(2026, 11, 1))
    for number, order in (("V-1", ("paid", "returned")), ("V-2", ("returned", "paid"))):
        for status in order:
            day = 5 if status == "paid" else 6
            arrives("family_package", "payment", head.spid, status, day=day, amount="5", reference=number)
    assert not Payment.objects.exists()


def test_a_payment_waits_for_its_enrolment(head, family_package):
    paid = arrives("nsaf", "payment", head.spid, "paid", programme="family-package", amount="34000")
    assert (paid.state, paid.reason) == ("held", "not_enrolled")
    arrives("family_package", "enrolment", head.spid, "active")
    handle_report(paid.pk)
    assert Payment.objects.get().amount == 34_000


def test_an_enrolment_that_is_told_after_its_end_does_not_begin_again(head, family_package):
    arrives("family_package", "enrolment", head.spid, "ended", day=9)
    arrives("family_package", "enrolment", head.spid, "active", day=5)
    assert not Enrolment.objects.exists()


def test_a_level_of_an_earlier_day_changes_nothing(head):
    number = head.memberships.get().household.number
    arrives("idpoor", "poverty_level", number, "level1", day=9, card="EC-2")
    late = arrives("idpoor", "poverty_level", number, "not_poor", day=5, card="EC-1")
    assert (late.state, head.memberships.get().household.poverty_level) == ("handled", "level1")
    assert card(head) == ("equity_card", "EC-2")


def test_a_merged_person_is_known_by_the_old_number(head, family_package, areas):
    other = Person.objects.create(
        spid="000000000013", given_name="x", sex="female", date_of_birth=date(1984, 1, 1),
        village=areas["01020101"], merged_into=head,
    )  # fmt: skip
    arrives("family_package", "enrolment", other.spid, "active")
    assert Enrolment.objects.get().person == head


@pytest.mark.parametrize(
    ("operator", "kind", "status", "values", "reason"),
    [
        ("nssf", "poverty_level", "level1", {}, "not_this_operator"),
        ("idpoor", "membership", "active", {}, "not_this_operator"),
        ("family_package", "disability", "severe", {}, "not_this_operator"),
        ("pmrs", "enrolment", "active", {"programme": "family-package"}, "unknown_programme"),
        ("scholarship", "payment", "paid", {"programme": "family-package"}, "unknown_programme"),
        ("disability", "disability", "terrible", {}, "unknown_status"),
        ("disability", "disability", "mild", {"card": "<b>"}, "invalid_number"),
        ("family_package", "payment", "paid", {"amount": "-5"}, "invalid_amount"),
        ("family_package", "payment", "paid", {"amount": "5", "paid_on": "soon"}, "invalid_date"),
        ("family_package", "payment", "paid", {"amount": "5", "paid_on": "9999-12-31"}, "invalid_date"),
        ("family_package", "payment", "paid", {"amount": "5", "paid_on": "0001-01-01"}, "invalid_date"),
        ("family_package", "payment", "lost", {"amount": "5"}, "unknown_status"),
        ("family_package", "enrolment", "approved", {}, "unknown_status"),
    ],
)
def test_what_an_operator_may_not_say_or_says_wrongly_is_held(
    head, family_package, health_fund, operator, kind, status, values, reason
):
    enrol(person=head, programme=family_package, since=date(2026, 11, 1))
    report = arrives(operator, kind, head.spid, status, **values)
    assert (report.state, report.reason) == ("held", reason)
    assert not Payment.objects.exists()
    assert not IdentityDocument.objects.exists()


def test_a_level_that_ran_out_before_our_time_is_held(head):
    number = head.memberships.get().household.number
    report = arrives("idpoor", "poverty_level", number, "level1", valid_to="0001-01-01")
    assert (report.state, report.reason) == ("held", "invalid_date")


def test_the_number_of_a_card_is_not_read_in_the_database_while_the_report_is_held(head, insurance):
    report = arrives("nssf", "membership", "000000000000", "active", card="NSSF-4711")
    with connection.cursor() as cursor:
        cursor.execute("SELECT report::text FROM exchange_statusreport report")
        assert "4711" not in str(cursor.fetchall())
    assert (report.state, decrypted_value(report.values, "card")) == ("held", "NSSF-4711")


def test_what_is_held_for_years_is_forgotten_as_what_was_handled(head, insurance, settings):
    report = arrives("nssf", "membership", "000000000000", "active", card="NSSF-4711")
    assert clear_old_values() == 0
    old = timezone.now() - timedelta(days=32 * settings.EXCHANGE_REPORT_MONTHS)
    StatusReport.objects.filter(pk=report.pk).update(received_at=old)
    assert clear_old_values() == 1
    assert StatusReport.objects.get(pk=report.pk).values == {}


def test_nor_is_it_handled_again_without_what_it_said(head, insurance, settings, steward):
    report = arrives("nssf", "membership", "000000000000", "active", card="NSSF-4711")
    assert retry_reports(reports=StatusReport.objects.all(), actor=steward) == 1
    old = timezone.now() - timedelta(days=32 * settings.EXCHANGE_REPORT_MONTHS)
    StatusReport.objects.filter(pk=report.pk).update(received_at=old, state="held")
    assert retry_reports(reports=StatusReport.objects.all(), actor=steward) == 0


def test_a_report_of_a_programme_that_was_not_published_yet_is_looked_at_again(head, operators, report):
    made = report("active", subject=head.spid, values={"programme": "new"})
    made.save()
    handle_report(made.pk)
    assert StatusReport.objects.get(pk=made.pk).reason == "unknown_programme"
    assert retry_unknown() == 1


def test_every_kind_that_an_operator_may_report_has_its_handler():
    kinds = {"application", "poverty_level", "enrolment", "membership", "disability", "payment"}
    assert kinds <= registered.reports.keys()


def test_a_draft_of_the_same_operator_takes_part_in_nothing(report, head, health_fund, operators):
    """It would make reports that name no programme ambiguous."""
    Programme.objects.create(
        code="new", operator=operators["pmrs"], name_km="ថ្មី", name_en="New", state="draft"
    )
    handle_enrolment(report("active"))
    assert Enrolment.objects.get().programme == health_fund
    with pytest.raises(ReportHeld, match="unknown_programme"):
        handle_enrolment(report("active", day=6, values={"programme": "new"}))


@pytest.fixture
def dead(head, health_fund):
    enrol(person=head, programme=health_fund, since=date(2026, 11, 1))
    Person.objects.filter(pk=head.pk).update(died_on=date(2026, 11, 10))
    return head


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_an_enrolment_of_somebody_who_has_died_is_held(report, dead, status):
    with pytest.raises(ReportHeld, match="person_died"):
        handle_enrolment(report(status, day=12))


def test_of_somebody_who_has_died_an_enrolment_still_ends(report, dead):
    handle_enrolment(report("ended", day=12))
    assert Enrolment.objects.get().state == Enrolment.State.ENDED


def test_money_paid_after_a_death_is_held_and_what_was_paid_before_is_kept(report, dead):
    def paid(day: int) -> None:
        values = {"amount": "40000", "paid_on": f"2026-11-{day}", "reference": f"P-{day}"}
        registered.reports["payment"].handle(report("paid", day=day, values=values))

    paid(10)
    with pytest.raises(ReportHeld, match="person_died"):
        paid(11)
    assert [payment.paid_on.day for payment in Payment.objects.all()] == [10]


def test_money_paid_in_the_year_of_a_death_that_is_known_to_the_year_is_kept(report, dead):
    dead.died = PartialDate.parse("2025")
    dead.save()
    for day, kept in (("2025-12-31", True), ("2026-01-01", False)):
        values = {"amount": "40000", "paid_on": day, "reference": f"P-{day}"}
        with nullcontext() if kept else pytest.raises(ReportHeld, match="person_died"):
            registered.reports["payment"].handle(report("paid", day=11 + kept, values=values))
    assert [payment.paid_on.isoformat() for payment in Payment.objects.all()] == ["2025-12-31"]


def test_a_disability_of_somebody_who_has_died_is_held(report, dead, operators):
    reported = report("mild", day=12)
    reported.operator = operators["disability"]
    with pytest.raises(ReportHeld, match="person_died"):
        registered.reports["disability"].handle(reported)
