"""Whoever cannot be chosen in a list of members is named there, with the reason."""

import pytest
from django.utils import timezone

from dsp_platform.accounts.access import step_up
from registry.changes.kinds import KINDS
from registry.changes.questions import next_heads
from registry.changes.selectors import household_context
from registry.changes.wizard import ChangeWizard
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


def names(rows) -> set[str]:
    """Those with a reason; the names tell all members apart."""
    return {name for name, why in rows if why}


def test_every_member_is_either_offered_or_left_out_with_a_reason(family, sokha):
    """Of all kinds that are about a member."""
    context = household_context(sokha, None)
    everybody = set(context.names.values())
    for code, kind in KINDS.items():
        wizard = ChangeWizard(kind, context, {})
        offered = {context.names[one.person.spid] for one in wizard.choices}
        left_out = names(wizard.left_out("who"))
        assert len(everybody) == len(context.members)
        assert not offered & left_out, code
        assert offered | left_out in (everybody, set()), code


def test_every_member_may_lead_or_reads_why_not(family, people, sokha):
    context = household_context(sokha, None)
    wizard = ChangeWizard(KINDS["head"], context, {})
    assert [one.person for one in next_heads(wizard)] == [people["ពិសិដ្ឋ"]]
    others = {context.names[people[name].spid] for name in ("ស៊ុខា", "បុប្ផា")}
    assert names(wizard.left_out("head")) == others


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("phone/", "an adult tells this without others"),
        ("phone/who/", "an adult tells this without others"),
        ("death/who/", "tells it now"),
        ("head/head/", "leads the household now"),
    ],
)
def test_the_page_says_why(page, why, family, sokha):
    client = browser(sokha)
    session = client.session
    session[step_up.PROVED] = int(timezone.now().timestamp())
    session.save()
    text = client.get(f"/en/my/changes/{page}", follow=True).content.decode()
    assert why in text
