"""A real household through the agreements that ship with the code, into the databases of all operators."""

import json
from datetime import date

import pytest
from django.core.management import call_command

from applications.services import submit_application
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.management.commands.load_operators import REFERENCE
from dsp_platform.exchange.mapping.columns import Column
from dsp_platform.exchange.models import LedgerEntry, Operator, StatusReport
from dsp_platform.exchange.reports.services import handle_waiting, pull
from registry.consents.services import withdraw_consent
from registry.models import Household, Person, Programme
from registry.persons.reported import set_poverty_level
from registry.programmes import selectors
from registry.registration.services import register_household
from tests.exchange.conftest import OperatorDatabase
from tests.registry.cast import child_details, household_details, person_details
from tests.stack import empty_operator_databases

FILES = {path.stem: json.loads(path.read_text()) for path in sorted(REFERENCE.glob("*.json"))}
OPERATORS = list(FILES)


@pytest.fixture
def databases(operator_databases) -> dict[str, OperatorDatabase]:
    empty_operator_databases()
    return {code: OperatorDatabase(code) for code in OPERATORS}


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


def test_the_operators_of_the_plan_are_all_there():
    assert set(OPERATORS) == {
        "idpoor", "pmrs", "nssf", "family_package", "disability", "scholarship", "nsaf",
    }  # fmt: skip


def test_everyone_entitled_gets_it_in_their_own_words(household, databases):
    deliver()
    head, child = household.memberships.order_by("pk").values_list("person__spid", flat=True)
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
    package = databases["family_package"]
    assert package("SELECT household_no, equity_level FROM fp_household") == [(number, 1)]
    assert package("SELECT count(*) FROM fp_person WHERE NOT deleted") == [(2,)]
    disabled = databases["disability"](
        "SELECT social_protection_id, year_of_birth, declared_disability FROM di_person"
    )
    assert disabled == [(head, 1984, 1)]
    pupils = databases["scholarship"](
        "SELECT spid, is_girl, birth_day, birth_month, birth_year, at_school FROM school.pupil"
    )
    assert pupils == [(child, True, 2, 9, 2019, "yes")]
    fund = databases["nsaf"]('SELECT "HOUSEHOLD_NO", "PAYEE_SPID", "CLASS", "STATUS" FROM payment."PAYEE"')
    assert fund == [(number, head, "A", "OPEN")]


def test_every_operator_that_holds_a_date_of_birth_can_hold_one_that_is_not_exact():
    for path in REFERENCE.glob("*.json"):
        for agreement in json.loads(path.read_text())["agreements"]:
            if "date_of_birth" in agreement["fields"]:
                assert {"birth_precision", "year_of_birth"} & set(agreement["mapping"]["columns"]), path.name


def test_who_did_not_apply_is_not_known_to_the_fund_they_did_not_ask(household, databases):
    deliver()
    assert databases["nssf"]("SELECT count(*) FROM membership.insured_person") == [(0,)]


def test_consent_withdrawn_concerns_one_operator_only(household, databases, sokha):
    deliver()
    withdraw_consent(household=household, operator_code="idpoor", actor=sokha, assisted_session=None)
    deliver()
    assert databases["idpoor"]("SELECT count(*) FROM hh_request_member WHERE NOT removed") == [(0,)]
    assert databases["pmrs"]("SELECT count(*) FROM patient_master WHERE pm_void = 'N'") == [(2,)]


def test_between_them_they_use_everything_that_a_mapping_can_say():
    specs = [
        spec
        for described in FILES.values()
        for agreement in described["agreements"]
        for entry in (*agreement["mapping"]["columns"].values(), agreement["mapping"]["withdrawn"])
        for spec in (entry if isinstance(entry, list) else [entry])
    ]
    used = {key for spec in specs if isinstance(spec, dict) for key in spec}
    encodings = {name for column in Column.__subclasses__() for name in column.model_fields}
    assert used >= encodings | {"blank", "at"}
    assert {part for spec in specs if isinstance(spec, dict) for part in [spec.get("part")]} >= {
        "day", "month", "year",
    }  # fmt: skip


def test_what_is_agreed_is_told_in_both_languages_and_ends():
    for described in FILES.values():
        for text in (
            described["name"],
            described["system"],
            *(a["purpose"] for a in described["agreements"]),
        ):
            assert text["km"]
            assert text["en"]
        for agreement in described["agreements"]:
            assert agreement["valid_from"] < agreement["valid_to"]
            assert agreement["basis"] == "consent"  # no public law obliges any of them


def test_each_operator_reports_in_its_own_words(household, databases, sokha):
    call_command("load_catalogue", verbosity=0)
    head, child = Person.objects.filter(memberships__household=household).order_by("pk")
    applied = {
        code: submit_application(
            actor=sokha,
            assisted_session=None,
            person=head,
            programme=Programme.objects.get(code=code),
            consent=False,
        ).reference
        for code in ("family-package", "nssf-voluntary-health", "disability-card")
    }
    databases["idpoor"](
        "INSERT INTO assessment_result (result_no, hh_code, level_kh, equity_card_no, valid_until)"
        " VALUES ('MOP-1', %s, 'ក្រ២', 'EC-1', '2029-12-31')", household.number,
    )  # fmt: skip
    databases["pmrs"](
        "INSERT INTO hef_certification (hc_no, hc_spid, hc_result) VALUES ('HC-1', %s, 'Y')", child.spid
    )
    databases["nssf"](
        "INSERT INTO membership.application_decision (decision_no, about, portal_reference, spid_no,"
        " decision, scheme, member_number) VALUES ('N-1', 'APPLICATION', %s, NULL, 'ACCEPTED', NULL, NULL),"
        " ('N-2', 'MEMBER', NULL, %s, 'UNPAID', 'VOLUNTARY', 'NSSF-7')",
        applied["nssf-voluntary-health"], head.spid,
    )  # fmt: skip
    databases["disability"](
        "INSERT INTO di_assessment_outcome (outcome_no, outcome_kind, request_no, social_protection_id,"
        " outcome_code, card_no) VALUES ('D-1', 'R', %s, NULL, 2, NULL), ('D-2', 'D', NULL, %s, 12, 'DC-3')",
        applied["disability-card"], head.spid,
    )  # fmt: skip
    databases["family_package"](
        "INSERT INTO fp_application_event (event_ref, event_kind, application_no, person_or_household_no,"
        " result, enrolment_no, voucher_no, riel, paid_on) VALUES"
        " ('F-1', 'application', %s, NULL, 'approve', 'FP-9', NULL, NULL, NULL),"
        " ('F-2', 'payment', NULL, %s, 'pay', NULL, 'V-1', 34000, current_date)",
        applied["family-package"], household.number,
    )  # fmt: skip
    databases["nsaf"](
        'INSERT INTO payment."BOOKING" ("BOOKING_REF", "KIND", "SCHEME", "PAYEE_NO", "RESULT", "VOUCHER",'
        " \"RIEL\", \"PAID_ON\") VALUES ('B-1', 'MONEY', 'FP', %s, 'PAID', 'V-2', 20000, current_date)",
        head.spid,
    )  # fmt: skip
    databases["scholarship"](
        "INSERT INTO school.award (award_no, scheme, spid, award_state)"
        " VALUES ('S-1', 'SFIS', %s, 'GRANTED')",
        child.spid,
    )
    for code in OPERATORS:
        pull(code)
    handle_waiting()
    held = StatusReport.objects.exclude(state="handled")
    assert (list(held.values_list("reference", "reason")), StatusReport.objects.count()) == ([], 10)
    home = Household.objects.get()
    assert (home.poverty_level, home.poverty_valid_to) == ("level2", date(2029, 12, 31))
    assert {one.type: str(one.number) for one in head.documents.all()} == {
        "equity_card": "EC-1", "nssf": "NSSF-7", "disability_card": "DC-3",
    }  # fmt: skip
    supports = {one.programme.code: one for one in selectors.supports_of(head)}
    assert {code: one.state for code, one in supports.items()} == {
        "family-package": "active", "nssf-voluntary-health": "suspended", "disability-card": "active",
    }  # fmt: skip
    assert {one.amount for one in supports["family-package"].recent} == {34_000, 20_000}
    assert {one.programme.code for one in selectors.supports_of(child)} == {
        "health-equity-fund", "school-feeding",
    }  # fmt: skip
    head.refresh_from_db()
    assert head.disability_level == "medium"
