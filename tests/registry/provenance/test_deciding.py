"""A steward decides where a source contradicts the record: one by one, or all of one field alike."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict
from dsp_platform.jobs.models import Job
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.errors import ChangeError
from registry.models import ChangeRequest, Household, KeySetup, Membership, Person, SourceConflict
from registry.persons.writer import PersonWriter
from registry.provenance.columns import text_on_record
from registry.provenance.deciding import decide_conflict
from registry.provenance.job import decide_page
from registry.provenance.selectors import Group
from registry.provenance.services import Difference, end_agreed, note_conflicts
from tests.registry.changes.cast import decide, heard
from tests.roles import as_owner
from tests.structure.conftest import browser

State = SourceConflict.State
DESK = "/en/admin/registry/sourceconflict/"
GROUP = {"source": "nssf-members", "field": "latin_given_name"}


@pytest.fixture
def head(family):
    return family.memberships.get(relationship="head").person


def noted(person: Person, column: str, in_source: str) -> SourceConflict:
    on_record = text_on_record(person, column)
    note_conflicts(source="nssf-members", differences=[Difference(person.pk, column, on_record, in_source)])
    return SourceConflict.objects.get(person=person, field=column)


def test_a_value_taken_is_written_and_belongs_to_the_source(head, steward):
    decided = decide_conflict(conflict=noted(head, "date_of_birth", "1984-05"), take=True, actor=steward)
    head.refresh_from_db()
    assert (decided.state, decided.decided_by) == (State.TAKEN, steward)
    assert head.born == PartialDate(date(1984, 5, 1), "month")
    assert head.origins == {"date_of_birth": "nssf-members"}


def test_a_value_kept_changes_nothing(head, steward):
    before = head.version
    assert decide_conflict(conflict=noted(head, "sex", "male"), take=False, actor=steward).state == State.KEPT
    head.refresh_from_db()
    assert (head.sex, head.version, head.origins) == ("female", before, {})


def test_a_decision_is_not_made_twice(head, steward, second_steward):
    conflict = noted(head, "sex", "male")
    decide_conflict(conflict=conflict, take=False, actor=steward)
    assert decide_conflict(conflict=conflict, take=True, actor=second_steward).decided_by == steward


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("date_of_birth", "2020-01-01"),  # younger than her son
        ("phone", "+85512000001"),  # she has an account
        ("village_code", "99999999"),
        ("died_on", "last year"),
        ("latin_given_name", "Sok4"),
        ("latin_given_name", ""),
        ("sex", "other"),
    ],
)
def test_what_cannot_be_is_not_taken(head, steward, column, value):
    conflict = noted(head, column, value)
    with pytest.raises(ValidationError):
        decide_conflict(conflict=conflict, take=True, actor=steward)
    conflict.refresh_from_db()
    assert conflict.state == State.OPEN


def test_a_phone_taken_is_told_to_the_number_before(people, steward):
    son = people["ពិសិដ្ឋ"]
    Person.objects.filter(pk=son.pk).update(phone="+85512000002")
    son.refresh_from_db()
    decided = decide_conflict(conflict=noted(son, "phone", "+85512000001"), take=True, actor=steward)
    son.refresh_from_db()
    assert (decided.state, son.phone, son.origins) == (
        State.TAKEN,
        "+85512000001",
        {"phone": "nssf-members"},
    )
    told = Message.objects.filter(template="details_changed").values_list("phone", flat=True)
    assert "+85512000002" in told
    assert KeySetup.objects.get(person=son).official == steward


def test_for_another_village_the_commune_is_asked_and_the_conflict_ends_once_it_agrees(
    head, family, steward, other_clerk, commune_clerk
):
    conflict = noted(head, "village_code", "01020201")
    asked = decide_conflict(conflict=conflict, take=True, actor=steward).asked
    assert (asked.kind, asked.asked_by, asked.is_open) == ("move", steward, True)
    assert AuditEvent.objects.filter(action="ask_for_source_value", subject_id=head.pk).exists()
    conflict.refresh_from_db()
    assert conflict.state == State.OPEN
    decide(heard(asked, days=8), other_clerk)
    family.refresh_from_db()
    assert family.village_id == "01020201"
    assert end_agreed() == 1


def test_it_is_asked_once(head, steward, second_steward):
    conflict = noted(head, "village_code", "01020201")
    decide_conflict(conflict=conflict, take=True, actor=steward)
    with pytest.raises(ChangeError):
        decide_conflict(conflict=conflict, take=True, actor=second_steward)
    assert ChangeRequest.objects.count() == 1


def test_who_lives_in_no_household_moves_alone(people, steward):
    son = people["ពិសិដ្ឋ"]
    Membership.objects.filter(person=son).update(ended_on="2026-11-01")
    decided = decide_conflict(conflict=noted(son, "village_code", "01020201"), take=True, actor=steward)
    son.refresh_from_db()
    assert (decided.state, son.village_id) == (State.TAKEN, "01020201")
    assert son.origins == {"village_code": "nssf-members"}


def test_a_death_is_decided_by_the_commune_before_it_is_recorded(people, steward, commune_clerk):
    son = people["ពិសិដ្ឋ"]
    asked = decide_conflict(conflict=noted(son, "died_on", "2026-11"), take=True, actor=steward).asked
    son.refresh_from_db()
    assert (asked.kind, asked.person, son.died_on) == ("death", son, None)
    decide(heard(asked, days=8), commune_clerk)
    son.refresh_from_db()
    assert str(son.died) == "2026-11"
    assert end_agreed() == 1


def test_a_steward_decides_nothing_about_relatives(head, people, steward):
    steward.spid = people["បុប្ផា"].spid
    with pytest.raises(InConflict):
        decide_conflict(conflict=noted(head, "sex", "male"), take=True, actor=steward)


def test_what_a_change_made_equal_ends_by_itself(head):
    noted(head, "given_name", "សុភា")
    noted(head, "sex", "male")
    with PersonWriter() as write:
        write.update_person(head, given_name="សុភា")
    assert end_agreed() == 1
    states = dict(SourceConflict.objects.values_list("field", "state"))
    assert states == {"given_name": State.ENDED, "sex": State.OPEN}


def test_all_of_one_field_are_decided_alike_but_for_what_cannot_be(people, steward):
    *written, wrong = people.values()
    noted(wrong, "latin_given_name", "S0k")
    for person in written:
        noted(person, "latin_given_name", f"{person.latin_given_name}a")
    newest = SourceConflict.objects.latest("pk").pk
    step = decide_page({**GROUP, "take": True, "to": newest, "by": steward.pk}, None)
    assert (step.cursor, step.done, step.result) == (None, len(people), {"left": 1})
    assert dict(SourceConflict.objects.values_list("person", "state")) == {
        **{person.pk: State.TAKEN for person in written},
        wrong.pk: State.OPEN,
    }


def test_a_relative_among_all_stays_open_and_that_it_was_tried_is_recorded(people, steward):
    relative, other = list(people.values())[:2]
    for person in (relative, other):
        noted(person, "latin_given_name", f"{person.latin_given_name}a")
    with as_owner():
        User.objects.filter(pk=steward.pk).update(spid=relative.spid)
    Membership.objects.filter(person=other).update(household=Household.objects.create(village_id="01020102"))
    newest = SourceConflict.objects.latest("pk").pk
    step = decide_page({**GROUP, "take": True, "to": newest, "by": steward.pk}, None)
    assert step.result == {"left": 1}
    event = AuditEvent.objects.get(action="step_refused")
    assert (event.actor, event.subject_id, event.reason) == (steward, relative.pk, "InConflict")


def test_those_found_later_than_shown_wait(people, steward):
    first, second = list(people.values())[:2]
    shown = noted(first, "latin_given_name", "Bophaa").pk
    noted(second, "latin_given_name", "Pisithh")
    decide_page({**GROUP, "take": False, "to": shown, "by": steward.pk}, None)
    assert SourceConflict.objects.filter(state=State.OPEN).count() == 1


def test_the_desk_counts_by_source_and_field_without_naming_anybody(people, steward):
    for person in people.values():
        noted(person, "latin_given_name", f"{person.latin_given_name}a")
    page = browser(steward).get(DESK).content.decode()
    assert re.search(r'<td data-label="Open">3</td>', page)
    assert "Given name in Latin letters" in page
    assert not any(person.latin_given_name in page for person in people.values())


def test_many_are_counted_with_a_separator(people, steward, monkeypatch):
    many = Group("nssf-members", "latin_given_name", 12345, 1)
    monkeypatch.setattr("registry.provenance.admin.groups", lambda: [many])
    client = browser(steward)
    for language in ("km", "en"):
        assert ">12,345<" in client.get(DESK.replace("/en/", f"/{language}/")).content.decode()
    address = f"{DESK}?source=nssf-members&field=latin_given_name&reason=correction"
    assert "12,345 records" in client.post(address, {"decision": "keep_all"}).content.decode()


def test_the_rows_are_shown_for_a_reason_that_is_recorded(head, steward):
    noted(head, "latin_given_name", "Sokhaa")
    client = browser(steward)
    assert "Sokhaa" not in client.get(DESK, GROUP).content.decode()
    page = client.get(DESK, {**GROUP, "reason": "correction"}).content.decode()
    assert "Sokhaa" in page
    look = AuditEvent.objects.get(action="listed", actor=steward)
    assert (look.subject_id, look.reason) == (head.pk, "correction")


@pytest.mark.parametrize(("language", "words"), [("en", "Keep what is on record"), ("km", "ទុកតាមកំណត់ត្រា")])
def test_the_button_says_what_is_kept(head, steward, language, words):
    noted(head, "latin_given_name", "Sokhaa")
    page = browser(steward).get(DESK.replace("/en/", f"/{language}/"), {**GROUP, "reason": "correction"})
    assert words in page.content.decode()


def test_a_steward_takes_one_from_the_desk(head, steward):
    conflict = noted(head, "latin_given_name", "Sokhaa")
    address = f"{DESK}?source=nssf-members&field=latin_given_name&reason=correction"
    browser(steward).post(address, {"conflict": conflict.pk, "decision": "take"})
    head.refresh_from_db()
    assert head.latin_given_name == "Sokhaa"


@pytest.mark.parametrize(
    ("language", "words"), [("km", "ឃុំ/សង្កាត់ត្រូវបានសួរ"), ("en", "The commune was asked: C-")]
)
def test_the_desk_says_that_the_commune_was_asked(head, steward, language, words):
    conflict = noted(head, "village_code", "01020201")
    address = f"{DESK}?source=nssf-members&field=village_code&reason=correction".replace(
        "/en/", f"/{language}/"
    )
    client = browser(steward)
    shown = client.post(address, {"conflict": conflict.pk, "decision": "take"}, follow=True)
    assert words in shown.content.decode()


@pytest.mark.parametrize("column", ["phone", "village_code", "died_on"])
def test_what_more_follows_from_is_taken_one_by_one(head, steward, column):
    noted(head, column, "01020201")
    address = f"{DESK}?source=nssf-members&field={column}&reason=correction"
    client = browser(steward)
    assert "take_all" not in client.get(address).content.decode()
    assert client.post(address, {"decision": "take_all"}).status_code == 404


def test_all_are_decided_only_once_that_is_confirmed(head, steward):
    noted(head, "latin_given_name", "Sokhaa")
    client = browser(steward)
    address = f"{DESK}?source=nssf-members&field=latin_given_name&reason=correction"
    asked = client.post(address, {"decision": "take_all"})
    assert "1 record is concerned." in asked.content.decode()
    confirmed = {"decision": "take_all", "shown": asked.context["digest"], "yes": "yes"}
    assert "/admin/jobs/job/" in client.post(address, confirmed).url


def test_none_are_decided_where_more_were_found_since_it_was_asked(people, steward):
    first, second = list(people.values())[:2]
    noted(first, "latin_given_name", "Bophaa")
    client = browser(steward)
    address = f"{DESK}?source=nssf-members&field=latin_given_name&reason=correction"
    asked = client.post(address, {"decision": "keep_all"})
    noted(second, "latin_given_name", "Pisithh")
    confirmed = {"decision": "keep_all", "shown": asked.context["digest"], "yes": "yes"}
    assert "2 records are concerned." in client.post(address, confirmed).content.decode()
    assert not Job.objects.filter(kind="decide_conflicts").exists()


def test_the_record_shows_where_its_values_come_from(head, steward):
    Person.objects.filter(pk=head.pk).update(origins={"sex": "nssf-members"})
    noted(head, "date_of_birth", "1985-04-14")
    page = (
        browser(steward)
        .get(f"/en/admin/registry/person/{head.pk}/change/", {"reason": "question"})
        .content.decode()
    )
    assert "nssf-members says: 14/04/1985" in page
    assert page.count("told by people") > 3


def test_nobody_but_a_steward_reads_the_desk(head, nssf_reviewer, auditor):
    assert [browser(one).get(DESK).status_code for one in (nssf_reviewer, auditor)] == [403, 403]
