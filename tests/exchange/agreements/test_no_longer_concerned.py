"""Whatever ends an entitlement withdraws the record: to the tombstone at the operator, in the ledger, and in
what the person reads of it."""

import json
from datetime import UTC, date, datetime

import pytest

from dsp_platform.exchange.agreements.services import end_agreement
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger.shared_records import shared_records_of
from dsp_platform.exchange.management.commands.load_operators import REFERENCE
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator
from dsp_platform.exchange.operations.reconsider_job import reconsider_all
from dsp_platform.jobs.services import run_job, unfinished_jobs
from registry.beneficiaries.expiry import expire_levels
from registry.consents.services import withdraw_consent
from registry.models import Person
from registry.persons.reported import set_poverty_level
from registry.persons.writer import bump_person
from registry.registration.services import register_household
from tests.exchange.conftest import OperatorDatabase, agree
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.changes.cast import about, ask, decide, heard
from tests.roles import as_owner
from tests.stack import empty_operator_databases

PERSON = json.loads((REFERENCE / "pmrs.json").read_text())["agreements"][0]
ROW = "SELECT to_jsonb(patient_master) - 'pm_id' - 'pm_last_upd' - 'pm_rev' FROM patient_master"
LEVEL_TO = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def day(time_machine):
    time_machine.move_to("2026-11-22T03:00:00Z", tick=False)
    return time_machine


@pytest.fixture
def pmrs(operator_databases):
    empty_operator_databases("pmrs")
    return OperatorDatabase("pmrs")


@pytest.fixture
def household(areas, sokha, pmrs):
    """Poor until the end of the year, with a child of seven: the agreement concerns poor children under 8."""
    operator = Operator.objects.create(code="pmrs", name_en="PMRS")
    terms = {name: PERSON[name] for name in ("kind", "fields", "mapping", "basis")}
    agree(operator, **terms, rule='poverty_level == "level1" && age < 8')
    details = household_details(person_details(), child_details(), operators=("pmrs",))
    household = register_household(actor=sokha, details=details)
    set_poverty_level(household=household, level="level1", valid_to=LEVEL_TO)
    household.refresh_from_db()
    return household


@pytest.fixture
def child(household, pmrs):
    child = household.memberships.get(relationship="child").person
    drain("pmrs")
    assert pmrs("SELECT pm_spid, pm_void, pm_name_en FROM patient_master") == [(child.spid, "N", "Sok Bopha")]
    return child


def nights_work() -> None:
    expire_levels()
    reconsider_all()
    for job in unfinished_jobs():
        run_job(job)


def end_of(child, household, sokha, clerk, day, event: str) -> None:
    match event:
        case "consent withdrawn":
            withdraw_consent(household=household, operator_code="pmrs", actor=sokha, assisted_session=None)
        case "agreement ended":
            with as_owner():
                end_agreement(agreement=Agreement.objects.get(), actor=None)
        case "died":
            death = ask(sokha, "death", who=about(child), died={"died": "2026-11-02"})
            decide(heard(death), clerk)
        case "left":
            decide(ask(sokha, "leaves", who=about(child), where={"where": "other"}), clerk)
        case "merged":
            stays = household.memberships.first().person
            Person.objects.filter(pk=child.pk).update(merged_into=stays)
            for person in (child, stays):
                bump_person(person)
        case "level changed":
            set_poverty_level(household=household, level="not_poor", valid_to=None)
        case "level ran out":
            day.move_to(datetime(2027, 1, 1, 3, tzinfo=UTC), tick=False)
            nights_work()
        case "birthday":
            set_poverty_level(household=household, level="level1", valid_to=None)
            drain("pmrs")
            day.move_to(datetime(2027, 9, 2, 3, tzinfo=UTC), tick=False)
            nights_work()


@pytest.mark.parametrize(
    "event",
    [
        "consent withdrawn",
        "agreement ended",
        "died",
        "left",
        "merged",
        "level changed",
        "level ran out",
        "birthday",
    ],
)
def test_only_the_tombstone_stays(child, household, pmrs, sokha, commune_clerk, day, event):
    end_of(child, household, sokha, commune_clerk, day, event)
    assert drain("pmrs") is False
    ((row,),) = pmrs(ROW)
    left = {name: value for name, value in row.items() if value is not None}
    assert left == {
        "pm_spid": child.spid, "pm_void": "Y", "pm_src": "DSPP", "pm_void_dt": left["pm_void_dt"],
    }  # fmt: skip
    entry = LedgerEntry.objects.get(subject_id=child.pk)
    assert (entry.state, entry.reason, entry.agreement) == ("withdrawn", "withdrawn", None)
    (record,) = shared_records_of({"person": [child.pk]})
    assert record.status == "deleted"
    assert record.confirmed_at


def test_who_keeps_the_record_is_told_that_the_level_ran_out_also_after_missed_nights(
    household, child, pmrs, day
):
    with as_owner():
        Agreement.objects.update(state="ended")
    terms = {name: PERSON[name] for name in ("kind", "fields", "mapping", "basis")}
    agree(Operator.objects.get(), number=2, **terms, rule="true")
    levels = "SELECT pm_hef_cat, pm_void FROM patient_master"
    for moment, expected in [("2026-12-30", "P1"), ("2027-01-04", None)]:
        day.move_to(f"{moment}T03:00:00Z", tick=False)
        nights_work()
        drain("pmrs")
        assert pmrs(levels) == [(expected, "N")] * 2
