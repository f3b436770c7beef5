from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation

from dsp_platform.exchange.agreements.services import approve_agreement
from dsp_platform.exchange.contract import Record, ReportHeld, Withdrawal, registered
from dsp_platform.exchange.models import Agreement, StatusReport
from dsp_platform.khmer.dates import PartialDate
from registry.consents.services import withdraw_consent
from registry.models import Household, Person
from registry.persons.reported import set_poverty_level
from registry.records import entitled
from registry.records.entitled import register_applicants
from registry.records.reports import handle_poverty_level
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details
from tests.roles import as_owner

OLD = date(1950, 1, 1)


@built_once
def household(areas, agreements, commune_clerk):
    return register_household(
        actor=commune_clerk,
        details=household_details(
            person_details(
                phone="012345678",
                document_type="identity_card",
                document_number="010203040",
                seeing=3,
            ),
            person_details(relationship="parent", born=PartialDate(OLD, "year")),
            operators=("idpoor", "nssf"),
        ),
    )


@pytest.fixture
def head(household):
    return household.memberships.get(relationship="head").person


@pytest.fixture
def parent(household):
    return household.memberships.get(relationship="parent").person


persons, households = registered.kinds["person"], registered.kinds["household"]


def give_all_fields(agreement: Agreement, kind) -> Agreement:
    agreement.fields = list(kind.fields)
    return agreement


def test_an_agreement_with_a_rule_concerns_those_who_meet_it(agreements, head, parent):
    nssf = agreements["nssf", "person"]
    assert persons.concerned(nssf, [head.pk, parent.pk]) == {parent.pk}


def test_what_is_not_known_is_not_concerned(agreements, household, parent):
    nssf = agreements["nssf", "person"]
    nssf.rule = 'poverty_level != "not_poor"'
    assert persons.concerned(nssf, [parent.pk]) == set()


def test_a_rule_that_cannot_be_read_concerns_nobody(agreements, parent):
    nssf = agreements["nssf", "person"]
    nssf.rule = "age >="
    assert persons.concerned(nssf, [parent.pk]) == set()


def test_without_consent_nobody_is_concerned(agreements, household, parent, commune_clerk):
    withdraw_consent(household=household, operator_code="nssf", actor=commune_clerk, assisted_session=None)
    assert persons.concerned(agreements["nssf", "person"], [parent.pk]) == set()


def test_where_a_law_is_the_basis_consent_is_not_asked(agreements, household, parent, commune_clerk):
    withdraw_consent(household=household, operator_code="nssf", actor=commune_clerk, assisted_session=None)
    nssf = agreements["nssf", "person"]
    nssf.basis = "law"
    (record,) = persons.build(nssf, [parent.pk])
    assert record.consent_id is None


def test_a_record_holds_the_agreed_fields_and_no_others(agreements, household, parent):
    (record,) = persons.build(agreements["nssf", "person"], [parent.pk])
    consent = household.consents.get(operator_code="nssf")
    values = {"spid": parent.spid, "village_code": "01020101", "poverty_level": None}
    assert record == Record(parent.pk, 1, values, consent.pk)


def test_who_is_not_concerned_is_withdrawn_by_the_key(agreements, head):
    (withdrawal,) = persons.build(agreements["nssf", "person"], [head.pk])
    assert withdrawal == Withdrawal(head.pk, 1, head.spid)


def test_everything_that_can_be_told_of_a_person(agreements, household, head):
    (record,) = persons.build(give_all_fields(agreements["idpoor", "person"], persons), [head.pk])
    assert record.values == {
        "spid": head.spid,
        "family_name": "សុខ",
        "given_name": "ស៊ុខា",
        "full_name": "សុខ ស៊ុខា",
        "latin_name": "Sok Sokha",
        "sex": "female",
        "date_of_birth": "1984-04-14",
        "birth_precision": "day",
        "year_of_birth": 1984,
        "phone": "+85512345678",
        "village_code": "01020101",
        "commune_code": "010201",
        "household_number": household.number,
        "relationship": "head",
        "is_head": True,
        "disability": True,
        "pregnant": None,
        "studying": None,
        "working": None,
        "poverty_level": None,
        "document_type": "identity_card",
        "document_number": "010203040",
        "verification": "commune",
    }


@pytest.mark.parametrize(
    ("born", "alone", "beside"),
    [
        ("1984", None, ("1984-01-01", "year")),
        ("1984-04", None, ("1984-04-01", "month")),
        ("1984-04-14", "1984-04-14", ("1984-04-14", "day")),
    ],
)
def test_a_date_of_birth_is_sent_with_how_exactly_it_is_known_or_where_it_is_exact(
    agreements, head, born, alone, beside
):
    head.born = PartialDate.parse(born)
    head.save()
    agreement = agreements["idpoor", "person"]
    agreement.fields = ["spid", "date_of_birth", "year_of_birth"]
    (record,) = persons.build(agreement, [head.pk])
    assert (record.values["date_of_birth"], record.values["year_of_birth"]) == (alone, 1984)
    agreement.fields.append("birth_precision")
    (record,) = persons.build(agreement, [head.pk])
    assert (record.values["date_of_birth"], record.values["birth_precision"]) == beside


def test_everything_that_can_be_told_of_a_household(agreements, household, head):
    set_poverty_level(household=household, level="level1", valid_to=None)
    agreement = give_all_fields(agreements["idpoor", "household"], households)
    (record,) = households.build(agreement, [household.pk])
    assert record.version == 2
    assert record.values == {
        "household_number": household.number,
        "head_spid": head.spid,
        "head_name": "សុខ ស៊ុខា",
        "payee_spid": head.spid,
        "payee_name": "សុខ ស៊ុខា",
        "village_code": "01020101",
        "commune_code": "010201",
        "address": "ផ្ទះលេខ ៤",
        "member_count": 2,
        "phone": "+85512345678",
        "poverty_level": "level1",
    }


def test_the_money_goes_to_whom_the_household_chose(agreements, household):
    chosen = household.memberships.exclude(relationship="head").first().person
    Household.objects.update(payee=chosen)
    agreement = give_all_fields(agreements["idpoor", "household"], households)
    (record,) = households.build(agreement, [household.pk])
    assert (record.values["payee_spid"], record.values["payee_name"]) == (chosen.spid, chosen.name)


def test_applicants_are_concerned_and_so_is_their_household(agreements, household, head, parent, monkeypatch):
    applied = f"SELECT applied.person_id FROM (VALUES ({head.pk})) AS applied (person_id) WHERE"
    monkeypatch.setattr(entitled, "_applicants", [])
    register_applicants(f"{applied} %(operator)s = ANY ('{{nssf, idpoor}}')")
    for kind, agreement in ((persons, agreements["nssf", "person"]), (households, None)):
        agreement = agreement or agreements["idpoor", "household"]
        agreement.concerns = "applicants"
        subjects = [head.pk, parent.pk] if kind is persons else [household.pk]
        assert kind.concerned(agreement, subjects) == {subjects[0]}
        agreement.operator_id = "pmrs"
        assert kind.concerned(agreement, subjects) == set()


def test_a_merged_person_is_withdrawn(agreements, head, parent):
    parent.merged_into = head
    parent.save()
    (withdrawal,) = persons.build(agreements["nssf", "person"], [parent.pk])
    assert isinstance(withdrawal, Withdrawal)


def test_many_records_take_as_many_queries_as_one(
    agreements, areas, commune_clerk, django_assert_max_num_queries
):
    for _ in range(3):
        register_household(
            actor=commune_clerk,
            details=household_details(
                person_details(), *(child_details(given_name=name) for name in "កខគឃ"), operators=("idpoor",)
            ),
        )
    everybody = list(Person.objects.values_list("pk", flat=True))
    agreement = give_all_fields(agreements["idpoor", "person"], persons)
    with django_assert_max_num_queries(8):
        assert len(list(persons.build(agreement, everybody))) == 15


def test_the_population_comes_page_by_page(household, head, parent):
    first = persons.population(0, 1)
    assert persons.population(first[0][0], 5) == [(max(head.pk, parent.pk), 1)]
    assert households.population(0, 5) == [(household.pk, 1)]


def report(household, operators, *, operator="idpoor", **changes) -> StatusReport:
    return StatusReport(
        operator=operators[operator],
        reference="1",
        kind="poverty_level",
        occurred_at=datetime(2026, 11, 1, tzinfo=UTC),
        **{
            "subject": household.number,
            "status": "level2",
            "values": {"valid_to": "2029-10-31"},
            **changes,
        },
    )


def test_idpoor_reports_a_level(household, operators):
    with transaction.atomic():  # of the service that takes reports in
        handle_poverty_level(report(household, operators))
    household.refresh_from_db()
    assert (household.poverty_level, household.poverty_valid_to) == ("level2", date(2029, 10, 31))
    assert household.version == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"operator": "nssf"}, "not_this_operator"),
        ({"subject": "H-0000-0000"}, "unknown_household"),
        ({"subject": "nonsense"}, "unknown_household"),
        ({"status": "rich"}, "unknown_status"),
        ({"values": {"valid_to": "soon"}}, "invalid_date"),
    ],
)
def test_a_report_that_cannot_be_followed_is_held(household, operators, changes, reason):
    with pytest.raises(ReportHeld) as raised, transaction.atomic():
        handle_poverty_level(report(household, operators, **changes))
    assert raised.value.reason == reason
    household.refresh_from_db()
    assert household.version == 1


@pytest.mark.parametrize(("rule", "word"), [("age >=", "rule"), ("income > 5", "income"), ("", "rule")])
def test_an_agreement_with_a_mistake_in_its_rule_is_not_approved(agreements, steward, rule, word):
    draft = agreements["nssf", "person"]
    draft.pk, draft.number, draft.state, draft.rule = None, 2, "draft", rule
    draft.save()
    with translation.override("en"), pytest.raises(ValidationError) as raised, as_owner():
        approve_agreement(agreement=draft, actor=steward)
    assert word in raised.value.messages[0]
