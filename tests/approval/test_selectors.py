"""What was refused last about a row."""

import pytest

from dsp_platform.approval import services
from dsp_platform.approval.selectors import last_refusal
from dsp_platform.exchange.agreements import approvals
from tests.approval.test_services import agreement
from tests.exchange.conftest import agree

__all__ = ["agreement"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people, agreement, steward, second_steward):
    return agree(agreement.operator, number=2, state="draft", drafted_by=steward)


def propose(draft, actor):
    return approvals.propose_begin(agreement=draft, actor=actor, read=approvals.text_read(draft, "begin"))


def test_a_refusal_is_found_until_it_is_proposed_again(draft, steward, second_steward):
    first = propose(draft, steward)
    services.refuse(proposal=first, actor=second_steward, note="The wrong law.")
    assert last_refusal(first.kind, first.subject) == first
    propose(draft, steward)
    assert last_refusal(first.kind, first.subject) is None


def test_what_was_withdrawn_is_no_refusal(draft, steward):
    withdrawn = propose(draft, steward)
    services.withdraw(proposal=withdrawn, actor=steward)
    assert last_refusal(withdrawn.kind, withdrawn.subject) is None
