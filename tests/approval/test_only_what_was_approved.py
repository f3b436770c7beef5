"""With the rights of the runtime role one can carry out what two people approved, and nothing else.

Each test commits, sets the session setting by hand, and bypasses the services.
"""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import approvals as weight
from dsp_platform.approval import services
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.models import Agreement
from registry.models import Benefit, Programme
from registry.programmes.changes import amounts_now, propose_programme_change
from tests.approval.test_guards import REFUSED, agreement, programme
from tests.exchange.conftest import MAPPING, agree
from tests.roles import as_owner

__all__ = ["agreement", "programme"]

pytestmark = pytest.mark.django_db(transaction=True)
AMOUNT = {
    "id": None, "kind": "gives", "label_km": "ថ្មី", "label_en": "new", "amount": 9, "percent": None,
    "per_km": "", "per_en": "", "valid_from": date(2026, 2, 1), "precision": "day", "valid_to": None,
    "confidential": False,
    "source_km": "", "source_en": "",
}  # fmt: skip


def approve_only(proposal, second):
    """Approved, and its subject is unchanged."""
    type(proposal).objects.filter(pk=proposal.pk).update(
        state="approved", decided_by=second, decided_at=timezone.now()
    )


@contextmanager
def carrying_out(proposal):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('dspp.proposal', %s, true)", [str(proposal.pk)])
        yield


def refused(proposal, write):
    with pytest.raises(DatabaseError, match=REFUSED), carrying_out(proposal):
        write()


def passes(proposal, write):
    with carrying_out(proposal):
        write()


@pytest.fixture
def draft(agreement, steward, people):
    first = timezone.localdate() + timedelta(days=5)
    return agree(agreement.operator, number=2, state="draft", drafted_by=steward, valid_from=first)


def begin(draft, steward, second):
    proposal = approvals.propose_begin(
        agreement=draft, actor=steward, read=approvals.text_read(draft, "begin")
    )
    approve_only(proposal, second)
    return proposal, {"state": "approved", "approved_by": second}


@pytest.mark.parametrize(
    "other",
    [
        {"fields": ["spid"]},
        {"rule": "age > 1"},
        {"concerns": "applicants"},
        {"purpose_en": "x"},
        {"valid_to": date(2999, 1, 1)},
        {"valid_from": date(2026, 1, 1)},
        {"mapping": {**MAPPING, "table": "other"}},
        {"mapping": {}},
        {"number": 9},
        {"state": "ended"},
    ],
)
def test_an_agreement_begins_as_it_was_read(draft, steward, second_steward, other):
    proposal, begun = begin(draft, steward, second_steward)
    row = Agreement.objects.filter(pk=draft.pk)
    refused(proposal, lambda: row.update(**{**begun, **other}))
    refused(proposal, lambda: row.update(state="approved", approved_by=None))
    if "state" not in other:
        row.update(**other)  # a draft is edited after it was approved
        refused(proposal, lambda: row.update(**begun))


def test_the_one_before_ends_the_day_before_and_no_other(draft, agreement, steward, second_steward):
    proposal, begun = begin(draft, steward, second_steward)
    before = Agreement.objects.filter(pk=agreement.pk)
    refused(proposal, lambda: before.update(state="ended", valid_to=timezone.localdate()))
    refused(proposal, lambda: before.update(valid_to=draft.valid_from - timedelta(days=2)))
    passes(proposal, lambda: before.update(valid_to=draft.valid_from - timedelta(days=1)))
    passes(proposal, lambda: Agreement.objects.filter(pk=draft.pk).update(**begun))


def test_nobody_who_wrote_any_text_of_it_approves_it(draft, steward, second_steward, third_steward):
    for writer in (second_steward, steward):
        Agreement.objects.filter(pk=draft.pk).update(drafted_by=writer)
    proposal, begun = begin(draft, steward, second_steward)
    refused(proposal, lambda: Agreement.objects.filter(pk=draft.pk).update(**begun))


def test_an_agreement_ends_on_the_day_that_was_read(agreement, steward, second_steward):
    day = timezone.localdate() + timedelta(days=9)
    proposal = approvals.propose_end(
        agreement=agreement, actor=steward, day=day, read=approvals.text_read(agreement, "end")
    )
    approve_only(proposal, second_steward)
    row = Agreement.objects.filter(pk=agreement.pk)
    refused(proposal, lambda: row.update(state="ended", valid_to=timezone.localdate()))
    refused(proposal, lambda: row.update(valid_to=day))
    passes(proposal, lambda: row.update(valid_to=day - timedelta(days=1)))


def change(programme, steward, second, days=0, **changes):
    proposal = propose_programme_change(
        programme=programme,
        actor=steward,
        effective_from=timezone.localdate() + timedelta(days=days),
        **{"rule": "age >= 60", "benefits": amounts_now(programme), **changes},
    )
    approve_only(proposal, second)
    return proposal


@pytest.mark.parametrize(
    "other",
    [
        {"rule": "false"},
        {"rule_version": 1},
        {"rule_version": 3},
        {"state": "open"},
        {"takes_applications": True},
    ],
)
def test_a_programme_becomes_what_was_read(programme, steward, second_steward, other):
    read = {"state": "closed", "takes_applications": False}
    proposal = change(programme, steward, second_steward, **read)
    row = Programme.objects.filter(pk=programme.pk)
    then = {"rule": "age >= 60", "rule_version": 2, **read}
    refused(proposal, lambda: row.update(**{**then, **other}))
    passes(proposal, lambda: row.update(**then))
    refused(proposal, lambda: row.update(rule="true", rule_version=3))


def test_nothing_holds_before_its_day(programme, steward, second_steward):
    proposal = change(programme, steward, second_steward, days=1)
    row = Programme.objects.filter(pk=programme.pk)
    refused(proposal, lambda: row.update(rule="age >= 60", rule_version=2))


def test_amounts_become_what_was_read(programme, steward, second_steward):
    standing = amounts_now(programme)
    proposal = change(programme, steward, second_steward, benefits=[{**standing[0], "amount": 6}, AMOUNT])
    row = Benefit.objects.filter(pk=standing[0]["id"])
    new = {name: value for name, value in AMOUNT.items() if name != "id"}
    refused(proposal, lambda: row.update(amount=7))
    refused(proposal, lambda: row.update(amount=6, confidential=True))
    refused(proposal, row.delete)
    refused(proposal, lambda: programme.benefits.create(**{**new, "amount": 10}))
    passes(proposal, lambda: row.update(amount=6))
    passes(proposal, lambda: programme.benefits.create(**new))
    refused(proposal, lambda: programme.benefits.create(**new))  # twice the amount that was read


def test_only_an_amount_that_was_to_go_goes(programme, steward, second_steward):
    proposal = change(programme, steward, second_steward, benefits=[])
    other = Programme.objects.create(code="other", operator=programme.operator, name_en="x", state="draft")
    refused(proposal, lambda: programme.benefits.update(programme=other))
    passes(proposal, lambda: programme.benefits.all().delete())


@pytest.mark.parametrize(
    "other",
    [
        {"role": Role.AUDITOR},
        {"full_name": "Other"},
        {"spid": "000000000001"},
        {"username": "other"},
        {"password": "known to somebody"},
    ],
)
def test_an_account_is_made_as_it_was_read(steward, second_steward, other):
    named = {"username": "new", "role": Role.STEWARD, "full_name": "New"}
    proposal = weight.propose_account(actor=steward, **named)
    approve_only(proposal, second_steward)
    made = {"password": None, **named}
    refused(proposal, lambda: User.objects.create_staff(**{**made, **other}))
    passes(proposal, lambda: User.objects.create_staff(**made))


def test_an_account_is_opened_again_and_not_changed(steward, second_steward):
    with as_owner():
        closed = User.objects.create_staff(
            username="left",
            password="x",
            role=Role.STEWARD,
            is_active=False,  # noqa: S106
        )
    proposal = weight.propose_for(actor=steward, user=closed, act=weight.OPEN_AGAIN)
    approve_only(proposal, second_steward)
    row = User.objects.filter(pk=closed.pk)
    refused(proposal, lambda: row.update(is_active=True, password="y"))  # noqa: S106
    passes(proposal, lambda: row.update(is_active=True))


@pytest.mark.parametrize("who", ["steward", "second_steward"])
def test_nothing_is_carried_out_of_two_of_whom_one_is_closed(
    programme, steward, second_steward, who, request
):
    proposal = change(programme, steward, second_steward)
    User.objects.filter(pk=request.getfixturevalue(who).pk).update(is_active=False)
    row = Programme.objects.filter(pk=programme.pk)
    refused(proposal, lambda: row.update(rule="age >= 60", rule_version=2))


@pytest.mark.parametrize("who", ["auditor", "nssf_reviewer", "sokha"])
def test_only_a_steward_decides(programme, steward, second_steward, who, request):
    proposal = propose_programme_change(
        programme=programme, rule="false", benefits=amounts_now(programme), actor=steward
    )
    with pytest.raises(DatabaseError, match=REFUSED):
        approve_only(proposal, request.getfixturevalue(who))


def test_nothing_is_approved_that_waited_too_long(programme, steward, second_steward, time_machine):
    proposal = propose_programme_change(
        programme=programme, rule="false", benefits=amounts_now(programme), actor=steward
    )
    time_machine.move_to(timezone.now() + services.WAITS + timedelta(hours=1))
    with pytest.raises(DatabaseError, match=REFUSED), as_owner():  # whose time is its own
        approve_only(proposal, second_steward)


def test_what_a_proposal_does_not_change_stays_as_others_left_it(programme, steward, second_steward):
    """Read while the programme was open; two people closed it since.

    The rule is accepted, and nothing else.
    """
    by_rule = propose_programme_change(
        programme=programme, rule="age >= 60", benefits=amounts_now(programme), actor=steward
    )
    approve_only(by_rule, second_steward)
    closing = propose_programme_change(
        programme=programme,
        rule=programme.rule,
        benefits=amounts_now(programme),
        state="closed",
        actor=steward,
    )
    services.approve(proposal=closing, actor=second_steward, digest=closing.digest)
    row = Programme.objects.filter(pk=programme.pk)
    assert row.get().state == "closed"
    for beside in ({"state": "open"}, {"state": "paused"}, {"takes_applications": False}):
        refused(by_rule, lambda beside=beside: row.update(rule="age >= 60", rule_version=2, **beside))
    passes(by_rule, lambda: row.update(rule="age >= 60", rule_version=2))
    assert row.get().state == "closed"


def test_the_database_says_when_it_was_proposed_and_decided(draft, steward, second_steward):
    """A time supplied by the client would let an old proposal pass as approved in time."""
    asked = approvals.propose_begin(agreement=draft, actor=steward, read=approvals.text_read(draft, "begin"))
    services.withdraw(proposal=asked, actor=steward)
    old, now = timezone.now() - timedelta(days=900), timezone.now()
    asked.pk, asked.state, asked.closed_at, asked.proposed_at = None, "proposed", None, old
    asked.save(force_insert=True)
    proposals = type(asked).objects.filter(pk=asked.pk)
    assert proposals.get().proposed_at > now - timedelta(minutes=5)
    proposals.update(state="approved", decided_by=second_steward, decided_at=old)
    assert proposals.get().decided_at > now - timedelta(minutes=5)


def test_no_constant_is_added_while_an_agreement_begins(draft, steward, second_steward):
    proposal, begun = begin(draft, steward, second_steward)
    more = {**draft.mapping, "constants": {**draft.mapping.get("constants", {}), "amount": 9}}
    refused(proposal, lambda: Agreement.objects.filter(pk=draft.pk).update(**begun, mapping=more))
