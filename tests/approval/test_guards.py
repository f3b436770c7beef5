"""The database refuses what two people did not approve, even if the services are bypassed.

Each test commits, because a transaction may change the rows that it created itself.
"""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.approval import services
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.models import Agreement, Operator
from registry.models import Benefit, Programme
from tests.approval.cast import begin
from tests.exchange.conftest import agree
from tests.roles import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = "approval:"


@pytest.fixture
def agreement(operators):
    return agree(operators["nssf"])


@pytest.fixture
@as_owner()  # not created by two people
def programme(operators):
    with transaction.atomic():
        programme = Programme.objects.create(
            code="card",
            operator=operators["idpoor"],
            name_km="បណ្ណ",
            name_en="Card",
            state="open",
            rule="true",
        )
        programme.benefits.create(label_km="ប", label_en="b", amount=5, valid_from=date(2026, 1, 1))
    return programme


@pytest.mark.parametrize(
    "change",
    [{"state": "ended"}, {"valid_to": date(2999, 1, 1)}, {"state": "ended", "valid_to": "2999-01-01"}],
)
def test_an_agreement_does_not_end_by_one(agreement, change):
    with pytest.raises(DatabaseError, match=REFUSED):
        Agreement.objects.filter(pk=agreement.pk).update(**change)


def test_an_agreement_does_not_begin_by_one(agreement, steward, second_steward):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward)
    with pytest.raises(DatabaseError, match=REFUSED):
        Agreement.objects.filter(pk=draft.pk).update(state="approved", approved_by=second_steward)


def test_nor_is_one_put_in_that_is_approved_already(agreement, operators):
    """Nor the first one of an operator and kind, nor one that the same transaction drafted."""
    put_in = agree.__wrapped__  # as the runtime role
    with pytest.raises(DatabaseError, match=REFUSED):
        put_in(agreement.operator, number=2, valid_from=date(2999, 1, 1))
    with pytest.raises(DatabaseError, match=REFUSED):
        put_in(operators["idpoor"])
    with transaction.atomic():
        draft = put_in(operators["idpoor"], state="draft")
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            Agreement.objects.filter(pk=draft.pk).update(state="approved")


@pytest.mark.parametrize(
    "change",
    [
        {"adapter": "camdx"},
        {"address": {"member": "another"}},
        {"status_mapping": {"table": "another"}},
        {"code": "another"},
        {"name_km": "ផ្សេង"},
        {"name_en": "Another"},
        {"system_km": "ផ្សេង"},
        {"system_en": "Another"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_operator_stays_where_two_approved_sharing_with_it(agreement, operators, change):
    with pytest.raises(DatabaseError, match=REFUSED):
        Operator.objects.filter(pk=agreement.operator_id).update(**change)
    agree(operators["idpoor"], state="draft")
    Operator.objects.filter(pk="idpoor").update(**{"adapter": "none", "rate_per_minute": 5})


def test_one_whose_last_day_has_passed_ends_by_itself(operators):
    over = agree(operators["nssf"], valid_to=date(2026, 2, 1))
    Agreement.objects.filter(pk=over.pk).update(state="ended")


def test_a_row_of_history_makes_no_programme_new(programme):
    """A former loophole: history could be written by hand, and the trigger asked history what is new."""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_programmeevent SELECT * FROM registry_programmeevent WHERE pgh_obj_id = %s",
            [programme.pk],
        )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_proc WHERE proname = 'dspp_programme_is_new'")
        assert cursor.fetchone() == (0,)


def test_a_programme_neither_goes_nor_comes_back_under_its_number(programme):
    with pytest.raises(DatabaseError, match="permission denied"):
        Programme.objects.filter(pk=programme.pk)._raw_delete("default")


@pytest.mark.parametrize("other", [{"state": "open"}, {"state": "closed"}, {"rule": "true"}])
def test_no_programme_begins_open_or_with_a_rule_by_one(operators, other):
    begun = {"operator": operators["nssf"], "name_en": "New", "state": "draft"}
    with pytest.raises(DatabaseError, match=REFUSED):
        Programme.objects.create(code="new", **{**begun, **other})
    with transaction.atomic():
        new = Programme.objects.create(code="new", **begun)
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            new.benefits.create(label_km="ប", amount=5, valid_from=date(2026, 1, 1))
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            Programme.objects.filter(pk=new.pk).update(state="open")


@pytest.mark.parametrize(
    "change", [{"operator": "nssf"}, {"payer": "nssf"}, {"code": "other"}, {"appeal_days": 0}]
)
def test_neither_whose_a_programme_is_nor_the_time_to_appeal_changes_by_one(programme, change):
    with pytest.raises(DatabaseError, match=REFUSED):
        Programme.objects.filter(pk=programme.pk).update(**change)


@pytest.mark.parametrize("change", [{"rule": "false"}, {"rule_version": 2}])
def test_a_rule_does_not_change_by_one(programme, change):
    with pytest.raises(DatabaseError, match=REFUSED):
        Programme.objects.filter(pk=programme.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"amount": 6}, {"amount": None, "percent": 2}, {"valid_to": "2026-02-01"}]
)
def test_an_amount_does_not_change_by_one(programme, change):
    with pytest.raises(DatabaseError, match=REFUSED):
        Benefit.objects.filter(programme=programme).update(**change)


def test_no_amount_is_added_or_taken_away_by_one(programme):
    with pytest.raises(DatabaseError, match=REFUSED):
        programme.benefits.create(label_km="ប", amount=7, valid_from=date(2026, 1, 1))
    with pytest.raises(DatabaseError, match=REFUSED):
        programme.benefits.get().delete()


def test_a_touched_programme_is_not_a_new_one(programme):
    """Only rows created in this transaction can be changed, not rows that it updated."""
    with transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(position=9)
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            programme.benefits.update(amount=6)


def test_the_order_on_the_pages_is_changed_by_one(programme):
    Programme.objects.filter(pk=programme.pk).update(position=7)


@pytest.mark.parametrize("change", [{"state": "closed"}, {"state": "paused"}, {"takes_applications": False}])
def test_no_programme_is_closed_by_one(programme, change):
    with pytest.raises(DatabaseError, match=REFUSED):
        Programme.objects.filter(pk=programme.pk).update(**change)


def test_nobody_makes_a_third_steward_alone(steward, second_steward):
    for role in (Role.STEWARD, Role.AUDITOR):
        with pytest.raises(DatabaseError, match=REFUSED):
            User.objects.create_staff(username="friend", password="x", role=role)  # noqa: S106


def test_nobody_is_raised_or_opened_again_by_one(steward, second_steward, nssf_reviewer):
    with pytest.raises(DatabaseError, match=REFUSED):
        User.objects.filter(pk=nssf_reviewer.pk).update(role=Role.STEWARD)
    with as_owner():
        closed = User.objects.create_staff(
            username="left",
            password="x",
            role=Role.STEWARD,
            is_active=False,  # noqa: S106
        )
    with pytest.raises(DatabaseError, match=REFUSED):
        User.objects.filter(pk=closed.pk).update(is_active=True)


def propose_end(agreement, steward) -> Proposal:
    return approvals.propose_end(
        agreement=agreement, actor=steward, day=None, read=approvals.text_read(agreement, "end")
    )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved', decided_by_id = proposed_by_id",
        "state = 'approved'",
        "state = 'carried_out'",
        "payload = '[]'",
        "digest = ''",
        "subject = '1'",
    ],
)
def test_a_proposal_is_approved_by_another_and_never_edited(agreement, steward, second_steward, change):
    proposal = propose_end(agreement, steward)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE approval_proposal SET {change} WHERE id = %s", [proposal.pk])  # noqa: S608


def test_what_was_decided_stays(agreement, steward, second_steward):
    proposal = propose_end(agreement, steward)
    services.refuse(proposal=proposal, actor=second_steward, note="no")
    for change in ("state = 'approved'", "note = ''", "state = 'proposed'"):
        with pytest.raises(DatabaseError, match=REFUSED), connection.cursor() as cursor:
            cursor.execute(f"UPDATE approval_proposal SET {change} WHERE id = %s", [proposal.pk])  # noqa: S608
    with pytest.raises(DatabaseError, match=REFUSED):
        proposal.delete()


def test_none_is_put_in_that_is_decided_already(agreement, steward, second_steward):
    with pytest.raises(DatabaseError, match=REFUSED):
        Proposal.objects.create(
            kind="agreement", act="end", subject=str(agreement.pk), state="approved", proposed_by=steward,
            decided_by=second_steward, effective_from="2026-01-01", digest="",
        )  # fmt: skip


def test_an_approval_opens_only_the_row_it_is_about(agreement, operators, steward, second_steward, programme):
    """The session setting, set by hand, must name an approved proposal for that very row."""
    proposal = propose_end(agreement, steward)
    other = agree(operators["idpoor"])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('dspp.proposal', %s, false)", [str(proposal.pk)])
    try:
        for rows, change in (
            (Agreement.objects.filter(pk=agreement.pk), {"state": "ended"}),  # proposed, not approved
            (Agreement.objects.filter(pk=other.pk), {"state": "ended"}),
            (Programme.objects.filter(pk=programme.pk), {"rule": "false"}),
        ):
            with pytest.raises(DatabaseError, match=REFUSED):
                rows.update(**change)
        services.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
        for rows, change in (
            (Agreement.objects.filter(pk=other.pk), {"state": "ended"}),
            (Programme.objects.filter(pk=programme.pk), {"rule": "false"}),
        ):
            with pytest.raises(DatabaseError, match=REFUSED):
                rows.update(**change)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET dspp.proposal")


@pytest.mark.usefixtures("third_steward")
def test_whoever_wrote_the_draft_does_not_put_it_in_force(agreement, steward, second_steward):
    """Bypassing the services, which refuse it too: another steward proposed the draft, and its own author
    approves it.
    """
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=second_steward)
    proposal = approvals.propose_begin(
        agreement=draft, actor=steward, read=approvals.text_read(draft, "begin")
    )
    Proposal.objects.filter(pk=proposal.pk).update(
        state="approved", decided_by=second_steward, decided_at=timezone.now()
    )
    begun = {"state": "approved", "approved_by": second_steward, "approved_at": timezone.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('dspp.proposal', %s, true)", [str(proposal.pk)])
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            Agreement.objects.filter(pk=draft.pk).update(**begun)


def test_two_together_begin_one_and_end_the_one_before(people, agreement, steward, second_steward):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, rule="age > 1")
    assert begin(draft, steward, second_steward).approved_by == second_steward
    agreement.refresh_from_db()
    assert agreement.state == "ended"
