"""The preview of an agreement: what an operator would receive about one person, and why."""

import json
from datetime import date

import pytest

from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.management.commands.load_operators import REFERENCE
from dsp_platform.exchange.models import Attempt, LedgerEntry, Operator
from dsp_platform.khmer.dates import PartialDate
from registry.consents.services import withdraw_consent
from registry.models import Person
from registry.persons.reported import set_poverty_level
from registry.registration.services import register_household
from tests.exchange.conftest import agree
from tests.exchange.operations.test_admin import signed_in
from tests.pages import without_space_in_tables
from tests.registry.cast import child_details, household_details, person_details

FILES = {code: json.loads((REFERENCE / f"{code}.json").read_text()) for code in ("pmrs", "family_package")}


def terms(code, kind) -> dict:
    (found,) = (one for one in FILES[code]["agreements"] if one["kind"] == kind)
    return {name: found[name] for name in ("kind", "fields", "mapping", "basis", "concerns", "rule")}


@pytest.fixture
def agreement(db):
    return agree(Operator.objects.create(code="pmrs", name_en="PMRS"), **terms("pmrs", "person"))


@pytest.fixture
def household(areas, sokha, agreement):
    details = household_details(
        person_details(document_type="identity_card", document_number="010203040"),
        child_details(),
        operators=("pmrs",),
    )
    household = register_household(actor=sokha, details=details)
    set_poverty_level(household=household, level="level1", valid_to=None)
    return household


@pytest.fixture
def head(household):
    return household.memberships.get(relationship="head").person


@pytest.fixture
def preview(steward, agreement):
    client = signed_in(steward)

    def ask(typed="", of=agreement, **data) -> str:
        data = data or {"show": "1"}
        answer = client.post(f"/en/admin/exchange/agreement/{of.pk}/preview/", {"typed": typed, **data})
        assert answer.status_code == 200
        return without_space_in_tables(answer.content.decode())

    return ask


def test_the_record_is_shown_in_the_operators_columns_with_the_reasons(household, head, preview, steward):
    sent = Attempt.objects.count(), LedgerEntry.objects.count()
    page = preview(head.spid_grouped)
    for words in (
        "<code>pm_hef_cat</code>", "<td>P1</td>", "<code>poverty_level</code>", "<td>level1</td>",
        "010203040", "Sok Sokha", "The rule is met.", "The agreement is in force.",
        f"Consent number {household.consents.get(operator_code='pmrs').pk} of",
    ):  # fmt: skip
        assert words in page, words
    assert "pm_rev" not in page
    accesses = AuditEvent.objects.filter(actor_id=steward.pk, action="view")
    assert list(accesses.values_list("subject_kind", "subject_id", "reason")) == [
        ("person", head.pk, "agreement")
    ]
    assert (Attempt.objects.count(), LedgerEntry.objects.count()) == sent


def test_a_birth_known_to_the_year_is_shown_as_a_year_of_ours(household, head, preview):
    head.born = PartialDate.parse("1957")
    head.save()
    assert "<td>1957</td>" in preview(head.spid_grouped)


def test_a_draft_can_be_tried_out_and_says_so(household, head, preview, agreement):
    changes = {**terms("pmrs", "person"), "rule": "age > 3 && pregnant"}
    draft = agree(agreement.operator, number=2, state="draft", **changes)
    page = preview(head.spid, of=draft)
    assert "The agreement is a draft" in page
    assert "Not enough is known to meet the rule: Pregnant now." in page
    assert "Nothing would be sent, and why" in page


def test_a_draft_shows_the_columns_that_it_would_empty(household, head, preview, agreement):
    changes = terms("pmrs", "person")
    columns = {
        field: spec for field, spec in changes["mapping"]["columns"].items() if field != "poverty_level"
    }
    changes["mapping"] = {**changes["mapping"], "columns": columns}
    draft = agree(agreement.operator, number=2, state="draft", **changes)
    page = preview(head.spid, of=draft)
    assert "<code>pm_hef_cat</code></th><td>–</td><td>the same for every record</td>" in page


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("withdrawn", "The consent was withdrawn on"),
        ("died", "The person died on 02/11/2026."),
        ("merged", "This record was merged into another one"),
        ("not_poor", "The rule is not met."),
    ],
)
def test_why_not_is_said_and_what_would_stay(household, head, preview, sokha, event, words):
    match event:
        case "withdrawn":
            withdraw_consent(household=household, operator_code="pmrs", actor=sokha, assisted_session=None)
        case "died":
            Person.objects.filter(pk=head.pk).update(died_on=date(2026, 11, 2))
        case "merged":
            child = household.memberships.get(relationship="child").person
            Person.objects.filter(pk=head.pk).update(merged_into=child)
        case "not_poor":
            set_poverty_level(household=household, level="not_poor", valid_to=None)
    page = preview(head.spid)
    assert words in page
    assert "What would stay at the operator if it has the record" in page
    assert "<code>pm_void</code></th><td>Y</td>" in page
    assert "Sok Sokha" not in page


def test_a_household_is_found_by_its_number_and_its_heads_record_is_shown(household, head, preview, steward):
    operator = Operator.objects.create(code="family_package", name_en="Family Package")
    of_household = agree(operator, **terms("family_package", "household"))
    page = preview(household.number.lower(), of=of_household)
    assert "Nobody gave consent for this operator." in page
    assert set(AuditEvent.objects.filter(actor_id=steward.pk, action="view").values_list("subject_kind")) == {
        ("household",), ("person",),
    }  # fmt: skip


def test_it_is_counted_whom_the_agreement_concerns(household, preview, steward):
    assert "It concerns fewer than 10 now" in preview(count="1")
    assert not AuditEvent.objects.filter(actor_id=steward.pk, action="view").exists()


def test_a_count_is_noted_with_its_rule(household, preview, steward, agreement, monkeypatch):
    monkeypatch.setattr("dsp_platform.web.small_counts.FEWEST", 0)
    assert "It concerns 2 now" in preview(count="1")
    event = AuditEvent.objects.get(actor_id=steward.pk, action="preview")
    assert (event.subject_kind, event.subject_id) == ("agreement", agreement.pk)
    assert event.details["facts"] == ["poverty_level"]
    assert len(event.details["digest"]) == 64


def test_a_number_that_names_nobody_and_a_reviewer_see_nothing(
    household, head, preview, agreement, nssf_reviewer
):
    assert "Nothing was found under this number." in preview("123")
    address = f"/en/admin/exchange/agreement/{agreement.pk}/preview/"
    assert signed_in(nssf_reviewer).post(address, {"typed": head.spid, "show": "1"}).status_code == 403
