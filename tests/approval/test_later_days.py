"""An agreement that begins or ends on a later day: what the pages say until then."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from dsp_platform.approval import contract
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.models import Agreement
from tests.approval import cast
from tests.approval.test_pages import decide, page
from tests.approval.test_services import agreement, language
from tests.exchange.conftest import agree
from tests.structure.conftest import browser

__all__ = ["agreement", "language"]

pytestmark = pytest.mark.django_db
SETTLED, IN_FORCE = "approved for its day, cannot be withdrawn any more", Proposal.State.CARRIED_OUT.label


@pytest.fixture
def end_day():
    return timezone.localdate() + timedelta(days=17)


@pytest.fixture
def ends(people, agreement, steward, second_steward, end_day):
    cast.end(agreement, steward, second_steward, end_day)
    return Proposal.objects.get()


@pytest.fixture
def begins(people, agreement, steward, second_steward, end_day):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, valid_from=end_day)
    cast.begin(draft, steward, second_steward)
    return Proposal.objects.get()


@pytest.mark.parametrize("act", ["ends", "begins"])
def test_what_holds_from_a_later_day_is_not_in_force_before(act, request, steward, language, time_machine):
    proposal = request.getfixturevalue(act)
    addresses = [page(language, "approval_proposal_change", proposal.pk)]
    addresses.append(page(language, "approval_proposal_changelist"))
    for address in addresses:
        shown = browser(steward).get(address).content.decode().partition('id="content"')[2]
        with translation.override(language):
            assert f">{gettext(SETTLED)}<" in shown
        assert f">{IN_FORCE}<" not in shown.partition('id="changelist-filter"')[0]
    time_machine.move_to(timezone.now() + timedelta(days=17))
    proposal.refresh_from_db()
    assert proposal.state_in_words == str(IN_FORCE)


@pytest.fixture
def proposes_an_end(people, agreement, steward, second_steward, end_day):
    read = approvals.text_read(agreement, "end")
    return approvals.propose_end(agreement=agreement, actor=steward, day=end_day, read=read)


@pytest.fixture
def proposes_a_begin(people, agreement, steward, second_steward, end_day):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, valid_from=end_day)
    read = approvals.text_read(draft, "begin")
    return approvals.propose_begin(agreement=draft, actor=steward, read=read)


FINAL = {
    "end": (
        "Once this is approved it cannot be withdrawn. For sharing to go on, a new version has to be "
        "approved that begins by the day on which this one ends."
    ),
    "begin": "Once this is approved it cannot be withdrawn. It can then be ended, by two people.",
}


@pytest.mark.parametrize("act", ["proposes_an_end", "proposes_a_begin"])
def test_whoever_approves_reads_before_the_yes_that_it_cannot_be_withdrawn(
    act, request, second_steward, language
):
    """And again afterwards, until its day, with what to do next."""
    proposal = request.getfixturevalue(act)
    client = browser(second_steward)
    with translation.override(language):
        final = gettext(FINAL[proposal.act])
    for typed in ({}, {"yes": "yes"}):
        answer = decide(client, language, proposal, **typed)
        assert typed or final in answer.content.decode()
    shown = client.get(page(language, "approval_proposal_change", proposal.pk)).content.decode()
    assert final in shown
    assert 'value="withdraw"' not in shown


def test_whoever_proposes_an_end_reads_it_too(agreement, steward, second_steward, language):
    with translation.override(language):
        final = gettext(FINAL["end"])
    asked = browser(steward).get(page(language, "exchange_agreement_end", agreement.pk)).content.decode()
    assert final in asked


def test_sharing_goes_on_by_a_new_version_from_the_day_of_the_end(
    ends, agreement, steward, second_steward, end_day, time_machine
):
    begun = {"number": 2, "state": "draft", "drafted_by": steward, "valid_from": end_day}
    draft = cast.begin(agree(agreement.operator, **begun), steward, second_steward)
    assert draft.state == "approved"
    for days in (0, 16, 1):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        assert agreements.in_force(agreement.operator_id, agreement.kind)


def test_who_ends_one_that_has_not_begun_reads_that_the_one_before_still_ends(
    begins, agreement, steward, end_day, language
):
    draft = Agreement.objects.get(number=2)
    with translation.override(language):
        form_text = approvals.what_an_end_does(draft, None)
        day = date_format(end_day - timedelta(days=1), "SHORT_DATE_FORMAT")
        still = gettext(
            "Number %(number)s was to be followed by it, and still ends: %(day)s stays its last day."
        )
        assert still % {"number": 1, "day": day} in form_text


def test_the_last_day_is_a_day(ends, end_day, language):
    with translation.override(language):
        line = contract.kind_of(ends).difference(ends)[1]
        assert line.after == date_format(end_day - timedelta(days=1), "SHORT_DATE_FORMAT")


def test_the_difference_says_from_which_day_it_is_ended(ends, end_day, language):
    state = contract.kind_of(ends).difference(ends)[0]
    assert date_format(end_day, "SHORT_DATE_FORMAT") in state.after


@pytest.mark.parametrize(("act", "days"), [("ends", 16), ("begins", 17)])
def test_the_page_of_the_agreement_tells_the_day(act, days, request, steward, language):
    proposal = request.getfixturevalue(act)
    day = date_format(timezone.localdate() + timedelta(days=days), "SHORT_DATE_FORMAT")
    address = page(language, "exchange_agreement_change", proposal.subject)
    form_text = browser(steward).get(address).content.decode().partition(f'id="{act}"')[2]
    assert day in form_text.partition("</p>")[0]


def test_what_ends_by_its_day_is_only_ended_sooner(ends, agreement, steward, end_day, language):
    agreement.refresh_from_db()
    read = approvals.text_read(agreement, "end")
    with pytest.raises(ValidationError):
        approvals.propose_end(agreement=agreement, actor=steward, day=end_day, read=read)
    with translation.override(language):
        answer = browser(steward).get(page(language, "exchange_agreement_end", agreement.pk))
        assert date_format(end_day - timedelta(days=1), "SHORT_DATE_FORMAT") in answer.content.decode()
    sooner = end_day - timedelta(days=3)
    assert approvals.propose_end(agreement=agreement, actor=steward, day=sooner, read=read)
