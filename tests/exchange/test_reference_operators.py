"""A real household through the agreements that ship with the code, into the databases of all operators."""

from datetime import date

import pytest
from django.core.management import call_command

from dsp_platform.exchange.drain import drain
from dsp_platform.exchange.models import LedgerEntry, Operator
from registry.services import register_household, set_poverty_level, withdraw_consent
from tests.exchange.conftest import OperatorDatabase
from tests.registry.cast import child_details, household_details, person_details

OPERATORS = ["idpoor", "pmrs", "nssf", "family_package", "disability"]
TABLES = {
    "idpoor": ["hh_request", "hh_request_member"],
    "pmrs": ["patient_master"],
    "nssf": ["membership.insured_person", "membership.voluntary_application"],
    "family_package": ["fp_household", "fp_person", "fp_application"],
    "disability": ["di_person", "di_assessment_request"],
}


@pytest.fixture
def databases(operator_databases) -> dict[str, OperatorDatabase]:
    found = {code: OperatorDatabase(code) for code in OPERATORS}
    for code, database in found.items():
        database(f"TRUNCATE {', '.join(TABLES[code])}")
    return found


@pytest.fixture
def household(areas, sokha, databases):
    call_command("load_operators", verbosity=0)
    head = person_details(walking=3, phone="+85512345678")
    child = child_details(studying=True)
    details = household_details(head, child, operators=tuple(OPERATORS))
    household = register_household(actor=sokha, details=details)
    set_poverty_level(household=household, level="level1", valid_to=date(2030, 1, 1))
    household.refresh_from_db()
    return household


def deliver() -> None:
    for code in OPERATORS:
        drain(code)
    assert not LedgerEntry.objects.filter(state__in=["due", "held"]).values("operator", "reason")
    assert not Operator.objects.exclude(last_error="")


def test_everyone_entitled_gets_it_in_their_own_words(household, databases):
    deliver()
    head, _child = household.memberships.order_by("pk").values_list("person__spid", flat=True)
    number = household.number
    idpoor = databases["idpoor"]
    assert idpoor("SELECT hh_code, head_spid, member_total, source FROM hh_request") == [
        (number, head, 2, "DSPP")
    ]
    members = idpoor("SELECT surname_kh, sex_kh, birth_year, relation_code FROM hh_request_member ORDER BY 4")
    assert members == [("សុខ", "ស្រី", 1984, 1), ("សុខ", "ស្រី", 2019, 3)]
    pmrs = databases["pmrs"](
        "SELECT pm_spid, pm_sex, pm_hef_cat, pm_disab, pm_void FROM patient_master ORDER BY pm_dob"
    )
    assert pmrs[0] == (head, 2, "P1", "Y", "N")
    assert len(pmrs) == 2
    fund = databases["family_package"]
    assert fund("SELECT household_no, equity_level FROM fp_household") == [(number, 1)]
    assert fund("SELECT count(*) FROM fp_person WHERE NOT deleted") == [(2,)]
    disabled = databases["disability"](
        "SELECT social_protection_id, year_of_birth, declared_disability FROM di_person"
    )
    assert disabled == [(head, 1984, 1)]


def test_who_did_not_apply_is_not_known_to_the_fund_they_did_not_ask(household, databases):
    deliver()
    assert databases["nssf"]("SELECT count(*) FROM membership.insured_person") == [(0,)]


def test_consent_withdrawn_leaves_tombstones(household, databases, sokha):
    deliver()
    withdraw_consent(household=household, operator_code="idpoor", actor=sokha, case=None)
    deliver()
    idpoor = databases["idpoor"]
    assert idpoor("SELECT head_name_kh, address_kh, removed FROM hh_request") == [(None, None, True)]
    assert set(idpoor("SELECT surname_kh, date_of_birth, removed FROM hh_request_member")) == {
        (None, None, True)
    }
    assert databases["pmrs"]("SELECT count(*) FROM patient_master WHERE pm_void = 'N'") == [(2,)]
