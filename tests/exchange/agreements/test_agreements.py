"""An agreement over time: approved by a second person, never edited, followed by the next without a gap."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.agreements.first_fill import fill_new_agreements
from dsp_platform.exchange.agreements.services import end_expired_agreements
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.exchange.models import Agreement, Attempt, LedgerEntry
from dsp_platform.exchange.operations.reconsider import reconsider_page
from dsp_platform.jobs.services import run_job, unfinished_jobs
from tests.exchange.conftest import FIELDS, MAPPING, agree, announce, entry

# These tests are about beginning and end, not about approval: see tests/approval.
pytestmark = pytest.mark.usefixtures("by_the_owner")
TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def morning(time_machine):
    time_machine.move_to("2026-11-22T03:00:00Z", tick=False)
    return time_machine


@pytest.fixture
def first(family_package):
    return family_package.agreements.get()


def drafted(first, steward, **changes) -> Agreement:
    draft = agreements.draft_from(agreement=first, actor=steward)
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save()
    return draft


def approve(draft, steward) -> Agreement:
    with translation.override("en"):
        return agreements.approve_agreement(agreement=draft, actor=steward)


def fill() -> None:
    fill_new_agreements()
    for job in unfinished_jobs():
        run_job(job)


def in_force() -> list[int]:
    return [agreement.number for agreement in agreements_in_force()]


@pytest.mark.parametrize(
    "change",
    [
        {"fields": ["spid", "phone"]},
        {"mapping": {}},
        {"rule": "false"},
        {"basis": "law"},
        {"purpose_km": "ផ្សេង"},
        {"valid_from": date(2020, 1, 1)},
        {"state": "draft"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_lets_nobody_edit_what_was_approved(first, change):
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Agreement.objects.filter(pk=first.pk).update(**change)


def test_a_last_day_may_come_nearer_and_never_go_away(first):
    rows = Agreement.objects.filter(pk=first.pk)
    rows.update(valid_to=date(2027, 12, 31))
    for later in (date(2028, 1, 1), None):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            rows.update(valid_to=later)
    rows.update(valid_to=date(2027, 6, 30), state="ended")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        rows.update(state="approved")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        rows.delete()


def test_two_cannot_be_in_force_on_the_same_day(first):
    Agreement.objects.filter(pk=first.pk).update(valid_to=TODAY)
    agree(first.operator, number=2, valid_from=TOMORROW)
    with pytest.raises(IntegrityError, match="agreement_one_at_a_time"), transaction.atomic():
        agree(first.operator, number=3, valid_from=TODAY, valid_to=TODAY)
    agree(first.operator, kind="household", valid_from=TODAY)


def test_a_new_version_is_a_draft_that_a_second_steward_approves(people, first, steward, second_steward):
    draft = drafted(first, steward)
    assert (draft.number, draft.state, draft.valid_from) == (2, "draft", TOMORROW)
    assert (draft.fields, draft.mapping, draft.rule) == (first.fields, first.mapping, first.rule)
    with pytest.raises(ValidationError, match="cannot approve"):
        approve(draft, steward)
    assert approve(draft, second_steward).approved_by == second_steward


def test_a_version_from_a_later_day_on_leaves_no_day_without_and_none_with_two(
    people, first, steward, second_steward, morning
):
    approve(drafted(first, steward, valid_from=TODAY + timedelta(days=3)), second_steward)
    days = []
    for day in range(22, 28):
        morning.move_to(f"2026-11-{day}T03:00:00Z", tick=False)
        before_the_sweep = in_force()
        end_expired_agreements()
        assert before_the_sweep == in_force()
        days.append(in_force())
    assert days == [[1], [1], [1], [2], [2], [2]]
    first.refresh_from_db()
    assert (first.state, first.valid_to) == ("ended", date(2026, 11, 24))


@pytest.mark.parametrize("wait", [0, 3])
def test_who_is_concerned_by_both_is_delivered_once_and_never_withdrawn(
    people, family_package_db, first, steward, second_steward, morning, wait
):
    announce(people.add(1), people.add(2))
    drain("family_package")
    draft = drafted(first, steward, valid_from=TODAY + timedelta(days=wait), rule="age > 1")
    approve(draft, second_steward)
    morning.move_to(f"2026-11-{22 + wait}T03:00:00Z", tick=False)
    people.rows[2].concerned = False
    end_expired_agreements()
    fill()
    drain("family_package")
    sent = Attempt.objects.order_by("pk").values_list("subject_id", "agreement__number", "withdrawal")
    assert sorted(sent) == [(1, 1, False), (1, 2, False), (2, 1, False), (2, 2, True)]
    assert (entry(1).state, entry(1).agreement, entry(2).state) == ("delivered", draft, "withdrawn")


def test_an_end_without_a_next_one_withdraws(people, family_package_db, first, morning):
    Agreement.objects.filter(pk=first.pk).update(valid_to=TODAY)
    announce(people.add(1))
    drain("family_package")
    end_expired_agreements()
    assert entry(1).state == "delivered"
    morning.move_to("2026-11-23T03:00:00Z", tick=False)
    end_expired_agreements()
    drain("family_package")
    assert entry(1).state == "withdrawn"
    assert family_package_db("SELECT spid, full_name, deleted FROM fp_person") == [
        ("000000000001", None, True)
    ]


def test_what_is_called_off_before_its_first_day_leaves_what_is_held_alone(
    people, family_package_db, first, steward, second_steward
):
    announce(people.add(1))
    drain("family_package")
    later = approve(drafted(first, steward), second_steward)
    agreements.end_agreement(agreement=later, actor=steward)
    assert (entry(1).state, in_force()) == ("delivered", [1])
    first.refresh_from_db()
    assert first.valid_to == later.valid_from - timedelta(days=1)  # its last day stays as early as it was


def test_a_first_day_that_has_passed_becomes_the_day_of_approval(people, first, steward, second_steward):
    approved = approve(drafted(first, steward, valid_from=date(2026, 2, 1)), second_steward)
    assert (approved.valid_from, in_force()) == (TODAY, [2])


def test_a_field_taken_out_is_emptied_where_it_was_written(
    people, family_package_db, first, steward, second_steward
):
    announce(people.add(1))
    drain("family_package")
    mapping = {**MAPPING, "columns": {"full_name": "full_name"}}
    draft = drafted(first, steward, fields=["spid", "full_name"], mapping=mapping, valid_from=TODAY)
    assert approve(draft, second_steward).mapping["constants"] == {"sex": None, "birth_date": None}
    fill()
    drain("family_package")
    rows = family_package_db("SELECT full_name, sex, birth_date FROM fp_person")
    assert rows == [("សុខា 1", None, None)]


@pytest.mark.parametrize(
    "mapping",
    [{**MAPPING, "table": "fp_other"}, {**MAPPING, "key": {"field": "spid", "column": "person_no"}}],
    ids=["table", "key"],
)
def test_records_are_not_left_behind_in_another_table(
    people, family_package_db, first, steward, second_steward, mapping
):
    announce(people.add(1))
    drain("family_package")
    draft = drafted(first, steward, mapping=mapping)
    with pytest.raises(ValidationError, match="another table or key"):
        approve(draft, second_steward)
    agreements.end_agreement(agreement=first, actor=steward)
    drain("family_package")
    approve(draft, second_steward)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"mapping": {**MAPPING, "key": {"field": "full_name", "column": "spid"}}}, "stays the same"),
        ({"fields": [*FIELDS, "income"]}, "income"),
        ({"valid_to": TODAY}, "before the first"),
    ],
)
def test_what_could_not_be_carried_out_is_not_approved(people, first, steward, second_steward, changes, word):
    draft = drafted(first, steward, **changes)
    with translation.override("en"), pytest.raises(ValidationError, match=word):
        approve(draft, second_steward)
    assert in_force() == [1]


def test_a_later_one_that_is_approved_already_is_not_pushed_aside(people, first, steward, second_steward):
    approve(drafted(first, steward, valid_from=TODAY + timedelta(days=9)), second_steward)
    with pytest.raises(ValidationError, match="Number 2 is approved"):
        approve(drafted(first, steward), second_steward)
    approve(drafted(first, steward, valid_to=TODAY + timedelta(days=8)), second_steward)


def test_only_whom_time_alone_has_changed_is_announced_in_the_night(people, first):
    announce(*[people.add(number) for number in range(1, 6)])
    LedgerEntry.objects.update(state="delivered", may_have_copy=True)
    people.add(6)  # came of age since
    people.rows[2].concerned = False
    unchanged = dict(LedgerEntry.objects.exclude(subject_id=2).values_list("subject_id", "revision"))
    after, examined = 0, []
    with transaction.atomic():
        while after is not None:
            page = reconsider_page(first, after, limit=4)
            examined.append((page.examined, page.differing))
            after = page.after
    assert examined == [(4, 1), (2, 1)]
    assert (entry(2).state, entry(2).agreement, entry(6).agreement) == ("due", None, first)
    assert {number: entry(number).revision for number in unchanged} == unchanged
