"""Proposed by one steward, approved by another as it was read, in force from its day."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, ProgrammingError, connection
from django.utils import timezone, translation

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import approvals as weight
from dsp_platform.approval import contract, services
from dsp_platform.approval.errors import AlreadyPending, Decided, ProposalOutdated, SamePerson, TooOld
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.tasks import carry_out
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.agreements import approvals
from dsp_platform.web.errors import NotApproved
from registry.models import Programme
from registry.programmes.changes import amounts_now, propose_programme_change
from tests.exchange.conftest import agree
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["km", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
def programme(operators):
    return Programme.objects.create(
        code="card", operator=operators["idpoor"], name_km="បណ្ណ", name_en="Card", summary_km="បណ្ណ",
        state="open", rule="true",
    )  # fmt: skip


@pytest.fixture
def agreement(operators):
    return agree(operators["nssf"])


def amount(**changes):
    return {
        "id": None, "kind": "gives", "label_km": "ប្រាក់", "label_en": "Money", "amount": 5000, "percent": None,
        "per_km": "", "per_en": "", "valid_from": date(2026, 1, 1), "precision": "day", "valid_to": None,
        "confidential": False, "source_km": "", "source_en": "", **changes,
    }  # fmt: skip


def propose(programme, actor, rule="age >= 60", days=0, benefits=()):
    return propose_programme_change(
        programme=programme,
        rule=rule,
        benefits=list(benefits),
        actor=actor,
        effective_from=timezone.localdate() + timedelta(days=days),
    )


def approve(proposal, actor):
    return services.approve(proposal=proposal, actor=actor, digest=proposal.digest)


def rule_of(programme):
    programme.refresh_from_db()
    return programme.rule, programme.rule_version


def test_a_rule_holds_only_once_a_second_steward_approved_it(programme, steward, second_steward, language):
    proposal = propose(programme, steward)
    assert rule_of(programme) == ("true", 1)
    with pytest.raises(SamePerson):
        approve(proposal, steward)
    approve(proposal, second_steward)
    assert rule_of(programme) == ("age >= 60", 2)
    events = AuditEvent.objects.filter(subject_kind="proposal").order_by("pk")
    assert [(event.action, event.actor) for event in events] == [
        ("propose", steward), ("approve", second_steward), ("carry_out", None),
    ]  # fmt: skip


def test_amounts_are_added_changed_and_taken_away_together(programme, steward, second_steward, language):
    approve(
        propose(programme, steward, rule="true", benefits=[amount(), amount(amount=7, label_km="ស្បៀង")]),
        second_steward,
    )
    first, second = amounts_now(programme)
    approve(propose(programme, steward, rule="true", benefits=[{**first, "amount": 6}]), second_steward)
    assert [benefit.amount for benefit in programme.benefits.all()] == [6]
    assert rule_of(programme) == ("true", 1)


def test_it_holds_from_its_day(programme, steward, second_steward, time_machine):
    approve(propose(programme, steward, days=3), second_steward)
    carry_out()
    assert rule_of(programme) == ("true", 1)
    time_machine.move_to(timezone.now() + timedelta(days=3))
    with as_owner():  # the clock of the database does not move
        carry_out()
        carry_out()
    assert rule_of(programme) == ("age >= 60", 2)


def test_approved_after_its_day_it_holds_from_today(programme, steward, second_steward, time_machine):
    proposal = propose(programme, steward, days=1)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    with as_owner():  # the clock of the database does not move
        approve(proposal, second_steward)
    assert rule_of(programme) == ("age >= 60", 2)


def test_an_old_page_approves_nothing(programme, steward, second_steward):
    read = propose(programme, steward)
    services.withdraw(proposal=read, actor=steward)
    other = propose(programme, steward, rule="age >= 1")
    with pytest.raises(ProposalOutdated):
        services.approve(proposal=other, actor=second_steward, digest=read.digest)
    with pytest.raises(Decided):
        approve(read, second_steward)
    assert rule_of(programme) == ("true", 1)


def test_what_it_starts_from_must_still_stand(programme, steward, second_steward):
    proposal = propose(programme, steward)
    with as_owner():
        Programme.objects.filter(pk=programme.pk).update(rule="false")
    with pytest.raises(ProposalOutdated):
        approve(proposal, second_steward)


def test_one_waits_at_a_time(programme, steward, second_steward):
    propose(programme, steward)
    with pytest.raises(AlreadyPending):
        propose(programme, second_steward, rule="false")


def test_what_is_refused_or_withdrawn_changes_nothing(programme, steward, second_steward):
    refused = propose(programme, steward)
    with pytest.raises(SamePerson):
        services.refuse(proposal=refused, actor=steward, note="x")
    services.refuse(proposal=refused, actor=second_steward, note="x")
    withdrawn = propose(programme, steward)
    with pytest.raises(PermissionDenied):
        services.withdraw(proposal=withdrawn, actor=second_steward)
    services.withdraw(proposal=withdrawn, actor=steward)
    for proposal in (refused, withdrawn):
        with pytest.raises(Decided):
            approve(proposal, second_steward)
    assert rule_of(programme) == ("true", 1)


@pytest.mark.parametrize("who", ["nssf_reviewer", "commune_clerk", "auditor", "sokha"])
def test_only_stewards_propose_and_approve(programme, steward, second_steward, who, request):
    somebody = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        propose(programme, somebody)
    with pytest.raises(PermissionDenied):
        approve(propose(programme, steward), somebody)


def test_an_end_says_what_will_happen_and_holds_from_its_day(
    people, agreement, steward, second_steward, language
):
    day = timezone.localdate() + timedelta(days=2)
    proposal = approvals.propose_end(
        agreement=agreement, actor=steward, day=day, read=approvals.text_read(agreement, "end")
    )
    consequences = " ".join(contract.kind_of(proposal).consequences(proposal))
    assert str(agreement.operator) in consequences
    approve(proposal, second_steward)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.valid_to) == ("approved", day - timedelta(days=1))


@pytest.mark.usefixtures("third_steward")
def test_an_edited_draft_waits_anew_under_the_name_of_its_editor(people, agreement, steward, second_steward):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, rule="age > 1")
    read = approvals.propose_begin(agreement=draft, actor=steward, read=approvals.text_read(draft, "begin"))
    draft.rule = "true"
    again = approvals.edit_draft(agreement=draft, actor=second_steward)
    with pytest.raises(NotApproved):
        approve(read, second_steward)
    with pytest.raises(SamePerson):
        approve(again, second_steward)
    draft.refresh_from_db()
    assert (draft.state, draft.drafted_by) == ("draft", second_steward)


def test_a_draft_that_was_edited_past_the_services_is_not_approved(
    people, agreement, steward, second_steward
):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, rule="age > 1")
    read = approvals.propose_begin(agreement=draft, actor=steward, read=approvals.text_read(draft, "begin"))
    type(draft).objects.filter(pk=draft.pk).update(fields=["spid"])
    with pytest.raises(ProposalOutdated):
        approve(read, second_steward)


@pytest.mark.usefixtures("third_steward")
def test_who_wrote_the_draft_does_not_approve_it_for_another(people, agreement, steward, second_steward):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward)
    proposal = approvals.propose_begin(
        agreement=draft, actor=second_steward, read=approvals.text_read(draft, "begin")
    )
    with pytest.raises(ValidationError):
        approve(proposal, steward)


def test_a_steward_is_made_by_two_and_nobody_knows_the_password(steward, second_steward, language):
    proposal = weight.propose_account(actor=steward, username="new", role=Role.STEWARD, full_name="ថ្មី")
    assert not User.objects.filter(username="new").exists()
    approve(proposal, second_steward)
    assert User.objects.get(username="new").is_steward


def test_an_account_is_opened_again_and_renewed_by_two(steward, second_steward, auditor):
    User.objects.filter(pk=auditor.pk).update(is_active=False)
    approve(weight.propose_for(actor=steward, user=auditor, act=weight.OPEN_AGAIN), second_steward)
    auditor.refresh_from_db()
    assert auditor.is_active
    approve(weight.propose_for(actor=steward, user=auditor, act=weight.RENEW), second_steward)
    before = auditor.password
    auditor.refresh_from_db()
    assert auditor.password != before


def at_once(*calls) -> list[type[Exception] | None]:
    """Each in its own thread."""
    found: list[type[Exception] | None] = []

    def run(call):
        try:
            call()
            found.append(None)
        except NotApproved as error:
            found.append(type(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_one_approves(programme, steward, second_steward):
    proposal = propose(programme, steward)
    results = at_once(*[lambda: approve(proposal, second_steward)] * 2)
    assert sorted(results, key=str) == [Decided, None]
    assert rule_of(programme) == ("age >= 60", 2)


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_approved_at_once_is_one_of_both(programme, steward, second_steward):
    proposal = propose(programme, steward)
    results = at_once(
        lambda: approve(proposal, second_steward),
        lambda: services.withdraw(proposal=proposal, actor=steward),
    )
    assert sorted(results, key=str) == [Decided, None]
    state = Proposal.objects.get().state
    assert (state, rule_of(programme)[1]) in [("carried_out", 2), ("withdrawn", 1)]


@pytest.mark.usefixtures("third_steward")
def test_nobody_approves_a_draft_of_which_they_wrote_any_text(people, agreement, steward, second_steward):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, rule="age > 1")
    draft.rule = "true"
    approvals.edit_draft(agreement=draft, actor=second_steward)
    proposal = approvals.propose_begin(
        agreement=draft, actor=second_steward, read=approvals.text_read(draft, "begin")
    )
    with pytest.raises(ValidationError):
        approve(proposal, steward)


@pytest.mark.usefixtures("third_steward")
def test_nobody_approves_the_renewal_of_their_own_account(steward, second_steward, language):
    proposal = weight.propose_for(actor=steward, user=second_steward, act=weight.RENEW)
    with pytest.raises(ValidationError):
        approve(proposal, second_steward)


def test_a_closed_account_is_not_renewed(steward, auditor, language):
    User.objects.filter(pk=auditor.pk).update(is_active=False)
    auditor.refresh_from_db()
    with pytest.raises(ValidationError):
        weight.propose_for(actor=steward, user=auditor, act=weight.RENEW)


def test_the_name_of_a_programme_is_a_part_of_what_is_approved(programme, steward, second_steward, language):
    proposal = propose(programme, steward)
    read = contract.kind_of(proposal).name(proposal)
    with as_owner():
        Programme.objects.filter(pk=programme.pk).update(name_km="ផ្សេង", name_en="Other")
    assert contract.kind_of(proposal).name(proposal) == read
    with pytest.raises(ProposalOutdated):
        approve(proposal, second_steward)


def test_what_a_closed_steward_proposed_is_not_approved(programme, steward, second_steward, language):
    proposal = propose(programme, steward)
    User.objects.filter(pk=steward.pk).update(is_active=False)
    with pytest.raises(ValidationError) as refused:
        approve(proposal, second_steward)
    assert refused.value.messages
    assert rule_of(programme) == ("true", 1)


@pytest.mark.parametrize("who", ["steward", "second_steward"])
def test_what_was_approved_with_somebody_closed_since_is_not_carried_out(
    programme, steward, second_steward, who, request, time_machine
):
    proposal = propose(programme, steward, days=1)
    approve(proposal, second_steward)
    User.objects.filter(pk=request.getfixturevalue(who).pk).update(is_active=False)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    carry_out()
    proposal.refresh_from_db()
    assert (proposal.state, rule_of(programme)) == ("overtaken", ("true", 1))


def test_what_waited_too_long_is_not_approved(programme, steward, second_steward, time_machine, language):
    old = propose(programme, steward)
    time_machine.move_to(timezone.now() + timedelta(hours=73))
    with pytest.raises(TooOld) as refused:
        approve(old, second_steward)
    assert str(refused.value)
    carry_out()
    old.refresh_from_db()
    assert old.state == "lapsed"
    with as_owner():  # the clock of the database does not move
        approve(propose(programme, steward), second_steward)
    assert rule_of(programme) == ("age >= 60", 2)


def test_a_proposal_about_an_account_names_it(steward, second_steward, language):
    proposal = weight.propose_account(actor=steward, username="new", role=Role.AUDITOR, full_name="ថ្មី")
    shown = [line.after for line in contract.kind_of(proposal).difference(proposal)]
    assert {"new", str(Role.AUDITOR.label), "ថ្មី"} <= set(shown)


@pytest.mark.parametrize("error", [ProgrammingError, IntegrityError, OperationalError, KeyError])
def test_what_fails_on_its_day_stops_no_other(
    programme, steward, second_steward, monkeypatch, time_machine, error
):
    """An invalid proposal is dropped; after a lock timeout, a missing right or a fault of ours it is
    retried in the next minute.
    """
    with as_owner():
        other = Programme.objects.create(code="other", operator=programme.operator, name_en="x", state="open")
    first, second = propose(programme, steward, days=1), propose(other, steward, days=1)
    for proposal in (first, second):
        approve(proposal, second_steward)
    kind, real = contract.kind_of(first), type(contract.kind_of(first)).carry_out

    def carried_out(self, proposal):
        if proposal.pk == first.pk:
            raise error("refused")
        return real(self, proposal)

    monkeypatch.setattr(type(kind), "carry_out", carried_out)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    with as_owner():  # the database's clock does not move
        assert services.carry_out_due() == 1
    states = [Proposal.objects.get(pk=one.pk).state for one in (first, second)]
    assert states == ["overtaken" if error is IntegrityError else "approved", "carried_out"]


def test_what_a_guard_refuses_on_its_day_is_given_up(
    programme, steward, second_steward, monkeypatch, time_machine
):
    proposal = propose(programme, steward, days=1)
    approve(proposal, second_steward)

    def refused(self, proposal):
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'approval: no'; END $$")

    monkeypatch.setattr(type(contract.kind_of(proposal)), "carry_out", refused)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    services.carry_out_due()
    proposal.refresh_from_db()
    assert proposal.state == "overtaken"
