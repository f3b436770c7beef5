"""Proposals are based on the present state, and there is somebody else who could approve them."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from dsp_platform.approval import contract, services
from dsp_platform.approval.errors import ChangedSinceRead, NobodyCanApprove, ProposalOutdated
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import count_waiting_for
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import Agreement, Operator
from tests.approval.test_pages import page
from tests.approval.test_services import agreement, language
from tests.exchange.conftest import agree
from tests.roles import as_owner
from tests.structure.conftest import browser

__all__ = ["agreement", "language"]

pytestmark = pytest.mark.django_db


def test_nothing_is_proposed_that_nobody_could_approve(people, agreement, steward, second_steward, language):
    """Two stewards who both wrote a text of it would wait forever."""
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward)
    with pytest.raises(NobodyCanApprove) as refused:
        approvals.propose_begin(
            agreement=draft, actor=second_steward, read=approvals.text_read(draft, "begin")
        )
    assert str(refused.value)
    proposal = approvals.propose_begin(
        agreement=draft, actor=steward, read=approvals.text_read(draft, "begin")
    )
    assert approvals.edit_draft(agreement=draft, actor=second_steward) is None  # nobody else is left
    proposal.refresh_from_db()
    assert proposal.state == "overtaken"


def test_whoever_cannot_approve_is_not_counted_nor_named(
    people, agreement, steward, second_steward, third_steward, django_assert_max_num_queries
):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward)
    proposal = approvals.propose_begin(
        agreement=draft, actor=second_steward, read=approvals.text_read(draft, "begin")
    )
    assert services.approvers(proposal) == [third_steward]
    with django_assert_max_num_queries(9):
        assert [count_waiting_for(one) for one in (steward, second_steward, third_steward)] == [0, 0, 1]


@pytest.mark.parametrize("act", ["begin", "end"])
def test_a_page_from_before_a_change_proposes_nothing(
    people, agreement, steward, second_steward, act, language
):
    row = agreement
    if act == "begin":
        row = agree(agreement.operator, number=2, state="draft", drafted_by=steward)
    read = approvals.text_read(row, act)
    with as_owner():
        Agreement.objects.filter(pk=row.pk).update(valid_to=timezone.localdate() + timedelta(days=9))
    day = {"day": None} if act == "end" else {}
    propose_it = getattr(approvals, f"propose_{act}")
    with pytest.raises(ChangedSinceRead) as refused:
        propose_it(agreement=row, actor=steward, read=read, **day)
    assert str(refused.value)
    assert not Proposal.objects.exists()


def test_the_page_that_asks_carries_what_it_shows(people, agreement, steward, second_steward, language):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, purpose_en="Shown words")
    client, address = browser(steward), page(language, "exchange_agreement_begin", draft.pk)
    shown = client.get(address)
    assert "Shown words" in shown.content.decode()
    assert str(second_steward) in shown.content.decode()  # who can approve it
    Agreement.objects.filter(pk=draft.pk).update(purpose_en="Other words")
    old = client.post(address, {"read": shown.context["read"], "yes": "yes"})
    assert old.status_code == 200
    assert str(ChangedSinceRead()) in old.content.decode()
    assert "Other words" in old.content.decode()
    assert client.post(address, {"yes": "yes"}).status_code == 200  # a page that showed nothing
    assert not Proposal.objects.exists()
    assert client.post(address, {"read": old.context["read"], "yes": "yes"}).status_code == 302
    assert Proposal.objects.get().state == "proposed"


def test_whoever_approves_reads_where_the_records_go(people, operators, steward, second_steward, language):
    """And a proposal is not approved when its links would change."""
    road = {"adapter": "camdx", "address": {"receiver": "KH/GOV/0007"}}
    Operator.objects.filter(pk="nssf").update(**road)
    draft = agree(Operator.objects.get(pk="nssf"), state="draft", drafted_by=steward)
    read = approvals.text_read(draft, "begin")
    proposal = approvals.propose_begin(agreement=draft, actor=steward, read=read)
    with translation.override(language):
        after_values = [line.after for line in contract.kind_of(proposal).difference(proposal)]
        assert any("camdx" in words and "KH/GOV/0007" in words for words in after_values)
    Operator.objects.filter(pk="nssf").update(address={"receiver": "KH/COM/6666"})
    with pytest.raises(ProposalOutdated):
        services.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)


@pytest.mark.parametrize("code", ["km", "en"])
def test_no_two_fields_are_told_under_one_name(code):
    """The lines of an agreement are compared by their labels: a duplicate label would hide the first."""
    with translation.override(code):
        for kind in filter(lambda one: one.labels, registered.kinds.values()):
            words = [str(label) for label in kind.labels.values()]
            assert len(words) == len(set(words)), kind.name
            assert set(kind.fields) <= set(kind.labels), kind.name


def test_nobody_left_is_said_before_it_is_proposed(people, agreement, steward, second_steward, language):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=second_steward)
    address = page(language, "exchange_agreement_begin", draft.pk)
    assert str(NobodyCanApprove()) in browser(steward).get(address).content.decode()


def test_the_first_page_tells_how_many_wait_for_its_reader(
    people, agreement, steward, second_steward, third_steward, auditor, language
):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward)
    approvals.propose_begin(agreement=draft, actor=second_steward, read=approvals.text_read(draft, "begin"))
    for who, waits in ((steward, False), (second_steward, False), (third_steward, True), (auditor, False)):
        shown = browser(who).get(page(language, "index")).content.decode()
        assert ("waiting-for-me" in shown) == waits, who


def test_the_page_tells_until_when_and_by_whom(people, agreement, steward, second_steward, language):
    proposal = approvals.propose_end(
        agreement=agreement, actor=steward, day=None, read=approvals.text_read(agreement, "end")
    )
    shown = browser(second_steward).get(page(language, "approval_proposal_change", proposal.pk))
    assert shown.context["could_approve"] == [second_steward]
    assert str(second_steward) in shown.content.decode()
