"""A death recorded wrongly: two stewards undo it, and the person is found by the same SPID."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.approval.errors import AlreadyPending, ChangedSinceRead, ProposalOutdated, SamePerson
from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict
from dsp_platform.notifications.models import Message
from registry.claims.services import Identity, begin_claim
from registry.consents.services import give_consent
from registry.deaths.approvals import propose_undo
from registry.models import ChangeRequest, Household, Membership, Person
from registry.persons.households import household_of
from registry.persons.selectors import persons_visible_to
from registry.persons.writer import PersonWriter
from registry.registration.returns import lives_nowhere
from tests.registry.cast import HEAD_PHONE, MALY_PHONE
from tests.registry.changes.cast import about, ask, decide, entry, heard, settle
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
WHY = "She came to the office with her identity card."


def again(person) -> Person:
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def dead(agreements, maly, maly_at_home, heng, other_clerk) -> Person:
    """Maly, a wife, whose husband told of her death. IDPoor has the consent of the household."""
    give_consent(
        household=household_of(maly),
        given_by=maly,
        operator_code="idpoor",
        purpose="x",
        text="x",
        language="km",
        actor=maly_at_home,
        assisted_session=None,
    )
    died = {"died": "2026-11-20"}
    decide(heard(ask(heng, "death", who=about(maly), died=died)), other_clerk)
    settle()
    return again(maly)


@pytest.fixture
def proposal(dead, steward, second_steward) -> Proposal:
    return propose_undo(person=dead, actor=steward, reason=WHY)


def undo(proposal: Proposal, actor) -> Person:
    approval.approve(proposal=proposal, actor=actor, digest=proposal.digest)
    return Person.objects.get(pk=proposal.subject)


# --- who may


def test_nothing_changes_until_a_second_steward_approves(proposal, dead, steward):
    with pytest.raises(SamePerson):
        undo(proposal, steward)
    assert again(dead).died_on == date(2026, 11, 20)


def test_it_takes_a_reason(dead, steward, second_steward):
    with pytest.raises(ValidationError):
        propose_undo(person=dead, actor=steward, reason="")


def test_the_living_are_not_brought_back(maly, steward, second_steward):
    with pytest.raises(ValidationError):
        propose_undo(person=maly, actor=steward, reason=WHY)


def test_a_steward_of_the_family_neither_proposes_nor_approves(dead, heng, steward, second_steward):
    with as_owner():
        User.objects.filter(pk=second_steward.pk).update(spid=heng.person.spid)
    second_steward.refresh_from_db()
    with pytest.raises(InConflict):
        propose_undo(person=dead, actor=second_steward, reason=WHY)
    assert second_steward not in approval.could_approve(
        kind="death", act="undo", subject=str(dead.pk), actor=steward
    )


def test_it_is_proposed_once(proposal, dead, second_steward):
    with pytest.raises(AlreadyPending):
        propose_undo(person=dead, actor=second_steward, reason=WHY)


def test_what_the_page_did_not_show_is_not_proposed(dead, steward, second_steward):
    with pytest.raises(ChangedSinceRead):
        propose_undo(person=dead, actor=steward, reason=WHY, read="0")


# --- what becomes of the person


def test_the_person_lives_in_the_household_as_before(proposal, second_steward, heng):
    person = undo(proposal, second_steward)
    assert person.died is None
    assert household_of(person) == household_of(heng.person)
    assert person.memberships.get(ended_on=None).relationship == "spouse"
    assert persons_visible_to(second_steward).filter(pk=person.pk).exists()


def test_a_household_led_by_somebody_else_by_now_does_not_get_them_back(dead, rith, steward, second_steward):
    Membership.objects.filter(person__account__phone=HEAD_PHONE).update(relationship="not_related")
    Membership.objects.filter(person=rith).update(relationship="head")
    proposal = propose_undo(person=dead, actor=steward, reason=WHY)
    assert lives_nowhere(undo(proposal, second_steward))


def test_the_rules_are_asked_before_they_are_a_member_again(dead, steward, second_steward):
    """She is corrected to be a child meanwhile, and was a wife."""
    Person.objects.filter(pk=dead.pk).update(date_of_birth=date(2020, 3, 8))
    person = undo(propose_undo(person=again(dead), actor=steward, reason=WHY), second_steward)
    assert lives_nowhere(person)


def test_a_closed_household_stays_closed_and_the_person_founds_one(dead, heng, steward, second_steward):
    Household.objects.filter(pk=household_of(heng.person).pk).update(closed_on=timezone.localdate())
    person = undo(propose_undo(person=dead, actor=steward, reason=WHY), second_steward)
    assert lives_nowhere(person)


def test_what_was_read_must_hold_when_it_is_approved(proposal, heng, second_steward):
    Household.objects.filter(pk=household_of(heng.person).pk).update(closed_on=timezone.localdate())
    with pytest.raises(ProposalOutdated):
        undo(proposal, second_steward)


def test_operators_get_the_record_again(proposal, dead, second_steward):
    withdrawn = entry("person", dead.pk)
    person = undo(proposal, second_steward)
    assert person.version > dead.version
    assert entry("person", dead.pk).revision > withdrawn.revision


def test_the_number_on_record_and_the_head_are_told(proposal, second_steward):
    undo(proposal, second_steward)
    told = Message.objects.filter(template="death_undone")
    assert set(told.values_list("phone", flat=True)) == {MALY_PHONE, HEAD_PHONE}


def test_it_is_recorded_who_undid_it(proposal, dead, second_steward):
    undo(proposal, second_steward)
    act = AuditEvent.objects.get(action="undo_death")
    assert (act.actor, act.subject_id) == (second_steward, dead.pk)


def test_the_account_of_before_joins_the_record_again(proposal, dead, maly_at_home, second_steward):
    assert dead.account is None
    person = undo(proposal, second_steward)
    identity = Identity(kind="spid", number=person.spid, born=person.born)
    begin_claim(account=maly_at_home, identity=identity, proved=True)
    assert again(dead).account == maly_at_home


def test_a_death_can_be_told_again(proposal, dead, heng, other_clerk, second_steward):
    undo(proposal, second_steward)
    ChangeRequest.objects.update(decided_at=timezone.now() - timedelta(days=9))
    died = {"died": timezone.localdate().isoformat()}
    request = heard(ask(heng, "death", who=about(dead), died=died))
    decide(request, other_clerk)
    assert again(dead).died_on == timezone.localdate()


# --- pages


def test_a_steward_finds_the_record_by_its_number_and_proposes(dead, steward, second_steward):
    client = browser(steward)
    found = client.post("/en/admin/registry/deceased/", {"q": dead.spid}).content.decode()
    assert dead.spid_grouped in found
    url = f"/en/admin/registry/deceased/{dead.pk}/change/?reason=correction"
    page = client.get(url).content.decode()
    read = page.split('name="read" value="')[1].split('"')[0]
    answer = client.post(url, {"reason": WHY, "read": read})
    proposal = Proposal.objects.get()
    assert answer.url == f"/en/admin/approval/proposal/{proposal.pk}/change/"
    shown = browser(second_steward).get(answer.url).content.decode()
    assert WHY in shown
    assert "stays ended" in shown
    assert dead.given_name not in shown


def test_a_name_finds_nobody_dead(dead, steward):
    found = browser(steward).post("/en/admin/registry/deceased/", {"q": dead.given_name}).content.decode()
    assert dead.spid_grouped not in found


def test_without_a_reason_nothing_is_proposed(dead, steward, second_steward):
    url = f"/en/admin/registry/deceased/{dead.pk}/change/?reason=correction"
    browser(steward).post(url, {"reason": "", "read": ""})
    assert not Proposal.objects.exists()


# --- the living


def test_nobody_is_told_where_no_death_was_recorded(maly):
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(again(maly), died=None)
    assert not Message.objects.filter(template="death_undone").exists()


# --- the account that the record had


def test_the_account_is_led_to_the_record_and_not_to_a_second_spid(proposal, second_steward, maly_at_home):
    undo(proposal, second_steward)
    client = browser(User.objects.get(pk=maly_at_home.pk))
    assert "the record is open again, with the same SPID" in " ".join(
        client.get("/en/my/").content.decode().split()
    )
    assert client.get("/en/register/").url == "/en/my/"
