"""What two stewards approved for a later day is not undone by one of them in passing, and never silently."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import approvals
from dsp_platform.accounts.staff import services as staff
from dsp_platform.approval import contract, services
from dsp_platform.approval.errors import AlreadyPending, DependentProposal
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.tasks import carry_out
from dsp_platform.approval.validity import is_valid
from dsp_platform.audit.models import AuditEvent
from registry.programmes.changes import GUARDED, amounts_now, propose_programme_change
from tests.approval.test_services import amount, approve, language, programme
from tests.registry.programmes.test_admin import programme_form, sign_in, url
from tests.roles import as_owner
from tests.structure.conftest import browser

__all__ = ["language", "programme"]

pytestmark = pytest.mark.django_db
CHANGES = {
    "rule": "age >= 60",
    "state": "closed",
    "takes_applications": False,
    "benefits": [amount()],
}


def propose(programme, actor, days=0, **changes):
    programme.refresh_from_db()
    now = {name: getattr(programme, name) for name in GUARDED} | {"benefits": amounts_now(programme)}
    return propose_programme_change(
        programme=programme,
        actor=actor,
        effective_from=timezone.localdate() + timedelta(days=days),
        **{**now, **changes},
    )


def stored_value(programme, name):
    programme.refresh_from_db()
    return amounts_now(programme) if name == "benefits" else getattr(programme, name)


@pytest.fixture
def approved(programme, steward, second_steward):
    """The programme closes in three days."""
    proposal = propose(programme, steward, days=3, state="closed")
    approve(proposal, second_steward)
    proposal.refresh_from_db()
    return proposal


def on_its_day(time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=3))
    with as_owner():  # the database's clock does not move
        carry_out()


def test_a_corrected_name_does_not_undo_what_two_approved(
    programme, approved, steward, second_steward, time_machine
):
    approve(propose(programme, steward, name_en="Corrected"), second_steward)
    assert is_valid(approved)
    on_its_day(time_machine)
    programme.refresh_from_db()
    assert (programme.name_en, programme.state) == ("Corrected", "closed")


@pytest.mark.parametrize("today", CHANGES)
@pytest.mark.parametrize("later", CHANGES)
def test_one_for_a_later_day_holds_beside_every_other_part(
    programme, steward, second_steward, later, today, time_machine
):
    """A second proposal for the same part is refused: it names the first one and its day."""
    first = propose(programme, steward, days=3, **{later: CHANGES[later]})
    approve(first, second_steward)
    if later == today:
        with pytest.raises(DependentProposal) as refused:
            propose(programme, steward, **{today: CHANGES[today]})
        assert contract.kind_of(first).name(first) in str(refused.value)
    else:
        approve(propose(programme, steward, **{today: CHANGES[today]}), second_steward)
    carry_out()
    on_its_day(time_machine)
    first.refresh_from_db()
    assert first.state == "carried_out"
    assert bool(stored_value(programme, later)) == bool(CHANGES[later])
    assert bool(stored_value(programme, today)) == bool(CHANGES[today])


@pytest.mark.parametrize("typed", [{"state": "seasonal"}, {"state": "paused"}])
def test_the_page_keeps_what_was_typed_and_names_what_it_would_break(
    programme, approved, steward, typed, language
):
    none = {"benefits-TOTAL_FORMS": "0"}
    address = url("programme_change", programme.pk).replace("/en/", f"/{language}/")
    answer = sign_in(steward).post(address, programme_form(programme, rule="true", **none, **typed))
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors["state"]
    assert (
        str(DependentProposal(contract.kind_of(approved).name(approved), approved.effective_from)) in errors
    )
    assert not Proposal.objects.filter(state="proposed").exists()


def test_a_withdrawn_one_is_in_nobodys_way(programme, approved, steward):
    services.withdraw(proposal=approved, actor=steward)
    propose(programme, steward, state="closed")


def test_a_name_that_is_about_to_be_approved_is_not_changed_meanwhile(programme, steward, second_steward):
    proposal = propose(programme, steward, rule="age >= 60")
    typed = programme_form(programme, name_en="Corrected", **{"benefits-TOTAL_FORMS": "0"})
    answer = sign_in(second_steward).post(url("programme_change", programme.pk), typed)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["name_en"]
    with pytest.raises(AlreadyPending):
        propose(programme, second_steward, name_en="Corrected")
    assert is_valid(proposal)


def notice(user, language) -> str:
    page = browser(user).get(f"/{language}/admin/").content.decode()
    return page.partition('id="broken"')[2].partition("</p>")[0]


@pytest.mark.parametrize("who", ["steward", "second_steward"])
def test_where_one_of_the_two_is_closed_every_steward_is_told_at_once(
    approved, third_steward, who, request, language
):
    gone = request.getfixturevalue(who)
    assert not notice(third_steward, language)
    gone.is_active = False
    staff.change_account(actor=third_steward, user=gone, changed=["is_active"])
    approved.refresh_from_db()
    assert approved.state == "overtaken"
    assert AuditEvent.objects.filter(
        action="overtake", subject_id=approved.pk, subject_kind="proposal", actor=third_steward
    ).exists()
    other = {"steward", "second_steward"} - {who}
    for reader in (third_steward, request.getfixturevalue(other.pop())):
        assert "1" in notice(reader, language)
        assert "state__exact=overtaken" in notice(reader, language)


def test_what_broke_past_every_service_is_told_and_given_up_by_beat(
    programme, approved, steward, auditor, third_steward, language
):
    User.objects.filter(pk=steward.pk).update(is_active=False)
    assert "state__exact=approved" in notice(third_steward, language)
    carry_out()
    approved.refresh_from_db()
    assert approved.state == "overtaken"
    assert "state__exact=overtaken" in notice(third_steward, language)
    assert not notice(auditor, language)


def test_nobody_is_told_for_ever_nor_of_what_was_never_approved(
    approved, steward, second_steward, programme, time_machine
):
    withdrawn = propose(programme, steward, rule="age >= 60")
    services.overtake(kind="programme", subject=withdrawn.subject, actor=steward)
    assert not notice(second_steward, "en")
    User.objects.filter(pk=steward.pk).update(is_active=False)
    carry_out()
    assert notice(second_steward, "en")
    time_machine.move_to(timezone.now() + timedelta(days=31))
    assert not notice(second_steward, "en")


def test_who_closes_an_account_reads_what_will_be_given_up(
    approved, steward, second_steward, third_steward, language
):
    name = contract.kind_of(approved).name(approved)
    with translation.override(language):
        page = browser(third_steward).get(f"/{language}/admin/accounts/user/{steward.pk}/change/")
        assert name in page.content.decode()
    proposal = approvals.propose_for(actor=second_steward, user=steward, act=approvals.CLOSE)
    assert any(name in sentence for sentence in contract.kind_of(proposal).consequences(proposal))


def test_the_approver_reads_what_waits_beside_it(approved, programme, steward, second_steward, language):
    proposal = propose(programme, steward, rule="age >= 60")
    page = browser(second_steward).get(f"/{language}/admin/approval/proposal/{proposal.pk}/change/")
    assert f"/admin/approval/proposal/{approved.pk}/change/" in page.content.decode()
