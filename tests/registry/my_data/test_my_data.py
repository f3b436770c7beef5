"""What a person reads about their own data: copies at operators, access log, help, consents, everything."""

import json
import re
from datetime import date

import pytest

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.contract import RecordKind, registered
from dsp_platform.exchange.delivery import leases
from dsp_platform.exchange.delivery.results import ResultGroup, Results, record_results
from dsp_platform.exchange.ledger.shared_records import shared_records_of
from dsp_platform.exchange.models import Attempt, LedgerEntry
from registry.beneficiaries.enrolment import enrol
from registry.consents.services import withdraw_consent
from registry.models import Consent
from registry.my_data import selectors as my_data
from registry.my_data.sections import affected_by_withdrawal, sections
from registry.persons import services
from registry.persons.reported import set_poverty_level
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.changes import cast as changes
from tests.structure.conftest import browser


@built_once
def household(areas, agreements, sokha):
    card = {"document_type": "identity_card", "document_number": "010203045"}
    details = household_details(
        person_details(pregnant=True, seeing=2, **card),
        person_details(relationship="spouse", given_name="ដារ៉ា", sex="female", pregnant=True, walking=4),
        child_details(),
        operators=("idpoor",),
    )
    return register_household(actor=sokha, details=details)


@pytest.fixture
def about(household, sokha):
    return my_data.data_subject(sokha.person)


def deliver(operator: str, kind: str, subject: int, *, withdrawal: bool = False) -> None:
    """As the drain records it."""
    entry = LedgerEntry.objects.get(operator=operator, kind=kind, subject_id=subject)
    agreement = entry.agreement or Attempt.objects.filter(operator=operator, kind=kind).last().agreement
    lease = "00000000-0000-4000-8000-000000000001"
    rows = leases.claim(operator=operator, lease=lease, limit=100, seconds=60)
    row = next(row for row in rows if row.entry_id == entry.pk)
    state = "withdrawn" if withdrawal else "delivered"
    group = ResultGroup(kind, state, "delivered", "", withdrawal, agreement.pk)
    consent = None if withdrawal else Consent.objects.get(operator_code=operator, withdrawn_at=None).pk
    results = Results()
    number = results.add_group(group)
    results.rows.append((row, number, entry.wanted_version, consent, "00", ""))
    record_results(operator=operator, lease=lease, results=results)


def statuses(about, operator: str = "idpoor") -> dict[int, str]:
    found = shared_records_of({"person": [one.pk for one in about.members]})
    return {one.subject_id: one.status for one in found if one.operator.pk == operator}


@pytest.mark.django_db
def test_every_field_of_every_kind_has_words():
    missing = {
        (name, field)
        for name, kind in registered.kinds.items()
        for field in kind.fields
        if field not in kind.labels
    }
    assert not missing
    assert isinstance(next(iter(registered.kinds.values())).fields, tuple | list), RecordKind


def test_a_copy_is_waiting_then_held_then_deleted(about, household, sokha):
    me = about.person.pk
    assert statuses(about)[me] == "waiting"
    deliver("idpoor", "person", me)
    assert statuses(about)[me] == "has"
    withdraw_consent(household=household, operator_code="idpoor", actor=sokha, assisted_session=None)
    assert statuses(about)[me] == "deleting"
    deliver("idpoor", "person", me, withdrawal=True)
    (record,) = [one for one in shared_records_of({"person": [me]}) if one.status == "deleted"]
    assert record.withdrawn_at <= record.confirmed_at


def test_a_newer_version_is_on_its_way(about, household):
    deliver("idpoor", "person", about.person.pk)
    set_poverty_level(household=household, level="level1", valid_to=None)
    assert statuses(about)[about.person.pk] == "updating"


def test_a_copy_tells_agreement_and_consent(about):
    deliver("idpoor", "person", about.person.pk)
    (at,) = [at for at in my_data.copies_about(about) if at.operator.pk == "idpoor"]
    (copy,) = [copy for copy in at.copies if copy.record.status == "has"]
    assert copy.names == [about.person.name]
    assert copy.consent.operator_code == "idpoor"
    assert copy.record.agreement.fields == ["spid", "village_code", "poverty_level"]


def test_what_waits_alike_is_told_once(about):
    (at,) = [at for at in my_data.copies_about(about) if at.operator.pk == "idpoor"]
    assert sorted(len(copy.names) for copy in at.copies) == [1, 3]


def test_a_search_that_listed_the_person_is_an_access(about, commune_clerk):
    services.search_persons(official=commune_clerk, query="សុខ")
    accesses, following = my_data.access_log_about(about)
    assert {access.listed for access in accesses} == {True}
    assert accesses[0].office == "បន្ទាយនាង"
    assert following is None
    assert "សុខ" not in str(list(AuditEvent.objects.values()))


def test_accesses_to_another_adult_are_theirs(about, commune_clerk):
    spouse = about.members[1]
    AuditEvent.objects.create(actor=commune_clerk, action="view", subject_kind="person", subject_id=spouse.pk)
    assert my_data.access_log_about(about) == ([], None)


def test_all_accesses_can_be_paged_through(about, commune_clerk, nssf_reviewer):
    for number in range(45):
        actor = (commune_clerk, nssf_reviewer)[number % 2]
        AuditEvent.objects.create(
            actor=actor, action="view", subject_kind="person", subject_id=about.person.pk
        )
    seen, before = 0, None
    while True:
        accesses, before = my_data.access_log_about(about, before=before)
        seen += sum(access.pages for access in accesses)
        if before is None:
            break
    assert seen == 45


def test_who_helped_and_what_was_done(about, household, commune_clerk):
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=about.person.pk, reason="check", consent_text="read"
    )
    withdraw_consent(
        household=household, operator_code="idpoor", actor=commune_clerk, assisted_session=assisted_session
    )
    ((row,), following) = my_data.help_given(about)
    assert (row.assisted_session.official, row.office) == (commune_clerk, "បន្ទាយនាង")
    assert "withdraw_consent" in row.actions
    assert following is None


def test_taking_back_a_consent_tells_what_is_touched(about, household, family_package):
    enrol(person=about.person, programme=family_package, since=household.created_at.date())
    assert len(affected_by_withdrawal(about, "family_package")) == 1
    assert affected_by_withdrawal(about, "nssf") == []


def test_everything_is_plain_data_with_words_and_without_others_answers(about):
    document = {section.name: section.build(about) for section in sections()}
    text = json.dumps(document, ensure_ascii=False)
    assert document["circumstances"]["pregnant"] is True
    assert text.count('"pregnant"') == 1
    assert '"walking": 4' not in text
    assert document["documents"][0]["number"] == "•••• 3045"
    unlabelled = {
        (section.name, key)
        for section in sections()
        for key in _keys([document[section.name]])
        if section.label_of(key) == key
    }
    assert unlabelled == set()


def test_every_code_is_shown_in_words(about, sokha, household, commune_clerk):
    deliver("idpoor", "household", household.pk)
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=about.person.pk, reason="check", consent_text="read"
    )
    changes.ask(commune_clerk, "address", assisted_session, address={"address": "ផ្ទះលេខ ៩"})
    changes.ask(sokha, "name", who=changes.about(about.person), name=changes.NAME)
    codes = {
        (section.name, *found)
        for section in sections()
        for found in _codes(section.build(about))
        if section.value_of(*found) is None
    }
    assert codes == {("operators_copies", "purpose", "tests")}  # a text, written by a steward


def test_full_numbers_only_when_asked_for(sokha, household):
    about = my_data.data_subject(sokha.person, full_numbers=True)
    (documents,) = [section.build(about) for section in sections() if section.name == "documents"]
    assert documents[0]["number"] == "010203045"


def _keys(part):
    if isinstance(part, dict):
        yield from part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _keys(one)


def _codes(part, key=""):
    """Keys with the values that look like codes. One that has a name beside it is not shown."""
    if isinstance(part, dict):
        for name, value in part.items():
            if not part.get(f"{name}_name"):
                yield from _codes(value, name)
    elif isinstance(part, list):
        for one in part:
            yield from _codes(one, key)
    elif isinstance(part, str) and re.fullmatch("[a-z_-]+", part):
        yield key, part


def test_the_readable_page_names_programmes_and_operators(about, family_package, sokha):
    enrol(person=about.person, programme=family_package, since=date(2026, 1, 1))
    page = browser(sokha).get("/en/my/data/everything/").content.decode()
    assert "Family Package" in page
    assert "Ministry of Planning" in page
    assert "family-package" not in page
    assert "idpoor" not in page
