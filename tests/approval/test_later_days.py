"""An agreement that begins or ends on a later day: what is said of it until then."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format

from dsp_platform.approval import contract
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange import approvals
from tests.approval import cast
from tests.approval.test_pages import page
from tests.approval.test_services import agreement, language
from tests.exchange.conftest import agree
from tests.structure.conftest import browser

__all__ = ["agreement", "language"]

pytestmark = pytest.mark.django_db
APPROVED, IN_FORCE = Proposal.State.APPROVED.label, Proposal.State.CARRIED_OUT.label


@pytest.fixture
def later():
    return timezone.localdate() + timedelta(days=17)


@pytest.fixture
def ends(people, agreement, steward, second_steward, later):
    cast.end(agreement, steward, second_steward, later)
    return Proposal.objects.get()


@pytest.fixture
def begins(people, agreement, steward, second_steward, later):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, valid_from=later)
    cast.begin(draft, steward, second_steward)
    return Proposal.objects.get()


@pytest.mark.parametrize("act", ["ends", "begins"])
def test_what_holds_from_a_later_day_is_not_in_force_before(act, request, steward, language, time_machine):
    proposal = request.getfixturevalue(act)
    addresses = [page(language, "approval_proposal_change", proposal.pk)]
    addresses.append(page(language, "approval_proposal_changelist"))
    for address in addresses:
        shown = browser(steward).get(address).content.decode().partition('id="content"')[2]
        assert f">{APPROVED}<" in shown
        assert f">{IN_FORCE}<" not in shown.partition('id="changelist-filter"')[0]
    time_machine.move_to(timezone.now() + timedelta(days=17))
    proposal.refresh_from_db()
    assert proposal.state_in_words == str(IN_FORCE)


def test_the_difference_says_from_which_day_it_is_ended(ends, later, language):
    state = contract.kind_of(ends).difference(ends)[0]
    assert date_format(later, "SHORT_DATE_FORMAT") in state.after


@pytest.mark.parametrize(("act", "days"), [("ends", 16), ("begins", 17)])
def test_the_page_of_the_agreement_tells_the_day(act, days, request, steward, language):
    proposal = request.getfixturevalue(act)
    day = date_format(timezone.localdate() + timedelta(days=days), "SHORT_DATE_FORMAT")
    address = page(language, "exchange_agreement_change", proposal.subject)
    told = browser(steward).get(address).content.decode().partition(f'id="{act}"')[2]
    assert day in told.partition("</p>")[0]


def test_what_ends_by_its_day_is_only_ended_sooner(ends, agreement, steward, later, language):
    agreement.refresh_from_db()
    read = approvals.text_read(agreement, "end")
    with pytest.raises(ValidationError):
        approvals.propose_end(agreement=agreement, actor=steward, day=later, read=read)
    with translation.override(language):
        answer = browser(steward).get(page(language, "exchange_agreement_end", agreement.pk))
        assert date_format(later - timedelta(days=1), "SHORT_DATE_FORMAT") in answer.content.decode()
    sooner = later - timedelta(days=3)
    assert approvals.propose_end(agreement=agreement, actor=steward, day=sooner, read=read)
