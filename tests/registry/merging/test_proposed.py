"""Who approves a merge, or its undoing, reads whom it is about, what is written and what moves."""

from datetime import date

import pytest
from django.utils import translation

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from registry.merging.approvals import propose_merge, propose_unmerge
from registry.merging.contract import Side
from registry.merging.proposed import about_merge, about_unmerge
from registry.merging.services import merge
from registry.merging.undoing import came_since
from registry.models import DuplicateCase, Membership, Merge, Person
from registry.persons.households import home_now
from tests.registry.merging.test_merge import again, card, write
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
WHY = "Both cards are hers."


@pytest.fixture
def case(maly, other_maly) -> DuplicateCase:
    first, second = sorted((maly, other_maly), key=lambda one: one.pk)
    return DuplicateCase.objects.create(first=first, second=second, reference="D-7K2M-93QD", weight=9.0)


@pytest.fixture
def proposal(case, maly, other_maly, steward, second_steward) -> Proposal:
    return propose_merge(
        kept=maly, merged=other_maly, actor=steward, reason=WHY, values={"phone": Side.MERGED}
    )


@pytest.fixture
def undoing(proposal, maly, steward, second_steward) -> Proposal:
    approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    card(maly, "010203222")
    done = Merge.objects.get()
    assigned = {one.key: Side.MERGED for one in came_since(done)}
    return propose_unmerge(merge=done, actor=second_steward, reason=WHY, assigned=assigned)


def page_of(user: User, proposal: Proposal) -> str:
    return browser(user).get(f"/en/admin/approval/proposal/{proposal.pk}/change/").content.decode()


def test_it_names_both_with_birth_number_and_household(proposal, maly, other_maly, second_steward):
    page = page_of(second_steward, proposal)
    for one in (maly, other_maly):
        shown = (one.name, one.born.written, one.spid_grouped, home_now(one).number)
        assert [words for words in shown if words not in page] == []


def test_it_leads_to_the_case_and_both_persons(proposal, case, maly, other_maly, second_steward):
    page = page_of(second_steward, proposal)
    shown = [f"duplicatecase/{case.pk}/", *(f"person/{one.pk}/" for one in (maly, other_maly))]
    assert [one for one in shown if f"/admin/registry/{one}change/" not in page] == []


def test_what_is_written_is_said_before_it_is(proposal, maly, other_maly):
    shown = about_merge(proposal, maly.pk, other_maly.pk)
    written = {str(one.label): (one.now, one.then) for one in shown.context["written"]}
    assert (maly.phone, other_maly.phone) in written.values()


def test_each_look_at_them_is_recorded(proposal, maly, other_maly, second_steward):
    page_of(second_steward, proposal)
    looks = AuditEvent.objects.filter(actor=second_steward, action="view", subject_kind="person")
    assert {maly.pk, other_maly.pk} <= set(looks.values_list("subject_id", flat=True))


def test_an_auditor_reads_no_name(proposal, maly, auditor):
    page = page_of(auditor, proposal)
    assert maly.spid_grouped in page
    assert maly.name not in page
    assert maly.born.written not in page


def test_a_relative_reads_no_name(proposal, maly, rith, second_steward):
    with as_owner():
        User.objects.filter(pk=second_steward.pk).update(spid=rith.spid)
    assert maly.name not in page_of(again(second_steward), proposal)


def test_an_undoing_says_who_gets_what(undoing, maly, other_maly):
    shown = about_unmerge(undoing).context
    written = {str(one.label): (one.now, one.then) for one in shown["written"]}
    assert (other_maly.phone, maly.phone) in written.values()
    assert [person for _came, person in shown["came"]] == [other_maly]
    assert {person for person, _membership in shown["lived"]} == {maly, other_maly}


def test_an_undoing_names_both_and_leads_to_the_case(undoing, case, maly, other_maly, steward):
    page = page_of(steward, undoing)
    assert case.reference in page
    assert all(one.name in page and one.born.written in page for one in (maly, other_maly))


def words(written) -> list[str]:
    with translation.override("en"):
        return [str(one.label) for one in written]


@pytest.mark.parametrize(
    ("checked", "more"),
    [(("self", "document"), ["Who checked the details"]), (("document", "self"), []), (("self", "self"), [])],
    ids=str,
)
def test_what_stays_is_not_said_to_be_written(case, maly, other_maly, steward, second_steward, checked, more):
    for one, verification in zip((maly, other_maly), checked, strict=True):
        Person.objects.filter(pk=one.pk).update(verification=verification)
    proposal = propose_merge(
        kept=again(maly), merged=again(other_maly), actor=steward, reason=WHY, values={"phone": Side.MERGED}
    )
    shown = about_merge(proposal, maly.pk, other_maly.pk).context
    assert words(shown["written"]) == ["Phone number", *more]


def test_an_undoing_says_only_what_is_put_back(undoing, steward):
    assert words(about_unmerge(undoing).context["written"]) == ["Phone number"]


def test_an_undoing_says_that_less_was_checked_again(case, maly, other_maly, steward, second_steward):
    Person.objects.filter(pk=maly.pk).update(verification="self")
    Person.objects.filter(pk=other_maly.pk).update(verification="document")
    done = merge(
        kept=again(maly), merged=again(other_maly), actor=steward, approved_by=second_steward, values={}
    )
    proposal = propose_unmerge(merge=done, actor=steward, reason=WHY, assigned={})
    assert "Who checked the details" in words(about_unmerge(proposal).context["written"])


@pytest.fixture
def left_before(maly, other_maly) -> Membership:
    """A household in which she lived long before the two were made one."""
    return Membership.objects.create(
        person=maly,
        household=home_now(other_maly),
        relationship="other_relative",
        started_on=date(2020, 1, 1),
        ended_on=date(2021, 1, 1),
    )


def test_an_undoing_names_no_household_that_was_left_before(left_before, undoing, steward):
    lived = [membership for _person, membership in about_unmerge(undoing).context["lived"]]
    assert left_before not in lived
    assert len(lived) == 2


def test_what_came_after_it_was_proposed_is_nobodys_yet(undoing, maly, steward):
    before = len(about_unmerge(undoing).context["came"])
    write(maly, phone="+85512000999")
    assert len(about_unmerge(undoing).context["came"]) == before
