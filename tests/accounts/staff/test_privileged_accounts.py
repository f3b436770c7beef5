"""Accounts of stewards and auditors: nobody but the person ever has the complete invitation."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dsp_platform.accounts.models import PRIVILEGED_ROLES, User
from dsp_platform.accounts.staff import approvals, invitations
from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from registry.registration.services import register_household
from tests.accounts.staff.test_join import enter, set_up
from tests.registry.cast import household_details
from tests.roles import as_owner
from tests.seen import seen
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
HALF = re.compile(r'<code class="once">([a-z0-9-]+)</code>')


def decide_page(proposal) -> str:
    return reverse("admin:approval_proposal_decide", args=[proposal.pk])


def own_page(proposal) -> str:
    return reverse("admin:approval_proposal_change", args=[proposal.pk])


@pytest.fixture(params=["steward", "auditor"])
def proposal(request, steward, second_steward):
    return approvals.propose_account(
        actor=steward, username="new.one", role=request.param, full_name="នាង ថ្មី"
    )


@pytest.fixture
def halves(proposal, steward, second_steward) -> tuple[str, str]:
    """The half that the proposer reads, and the half that the approver was shown."""
    approver = browser(second_steward)
    answer = approver.post(
        decide_page(proposal), {"act": "approve", "digest": proposal.digest, "yes": "yes"}
    ).content.decode()
    second = HALF.search(answer)[1]
    assert not HALF.search(approver.get(own_page(proposal)).content.decode())
    return HALF.search(browser(steward).get(own_page(proposal)).content.decode())[1], second


def test_neither_half_opens_the_account(halves):
    for code in halves:
        assert enter(Client(), code).status_code == 200
    assert not User.objects.get(username="new.one").has_usable_password()


@pytest.mark.parametrize("language", ["km", "en"])
def test_whoever_enters_one_half_reads_that_there_are_two(halves, language):
    with translation.override(language):
        two = str(invitations.CannotJoin("unknown"))
    for code in halves:
        page = enter(Client(), code, language)
        assert page.context["form"].errors["code"]
        assert two not in page.content.decode()
    assert not AuditEvent.objects.filter(action="join_refused").exists()


def about_halves(user, language) -> str:
    return browser(user).get(f"/{language}/admin/").content.decode().partition('halves"')[2]


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_approver_reads_before_the_yes_that_a_half_is_shown_once(proposal, second_steward, language):
    address = decide_page(proposal).replace("/en/", f"/{language}/").replace("/km/", f"/{language}/")
    asked = browser(second_steward).post(address, {"act": "approve", "digest": proposal.digest})
    assert 'id="shown-once"' in asked.content.decode()
    refused = browser(second_steward).post(address, {"act": "refuse", "note": "x", "digest": proposal.digest})
    assert 'id="shown-once"' not in refused.content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_proposer_reads_at_the_start_that_a_half_waits(
    client, proposal, steward, second_steward, language
):
    assert not about_halves(steward, language)
    answer = browser(second_steward).post(
        decide_page(proposal), {"act": "approve", "digest": proposal.digest, "yes": "yes"}
    )
    page_part = about_halves(steward, language).partition("</p>")[0]
    assert f"/{language}/admin/approval/proposal/{proposal.pk}/change/" in page_part
    assert not about_halves(second_steward, language)
    first = HALF.search(browser(steward).get(own_page(proposal)).content.decode())[1]
    enter(client, f"{first}-{HALF.search(answer.content.decode())[1]}")
    set_up(client)
    assert not about_halves(steward, language)


def test_with_both_the_person_comes_in_and_no_half_is_shown_again(client, halves, proposal, steward):
    assert enter(client, "-".join(halves)).status_code == 302
    assert set_up(client).url.endswith("/admin/")
    assert not HALF.search(browser(steward).get(own_page(proposal)).content.decode())


@pytest.mark.parametrize("role", PRIVILEGED_ROLES)
def test_no_service_lets_one_person_invite_a_privileged_account(steward, second_steward, role):
    with as_owner():
        user = User.objects.create_staff(username="new.one", password=None, role=role)
    for invite in (invitations.invite, invitations.renew_credentials):
        with pytest.raises(invitations.CannotInvite):
            invite(actor=steward, user=user)


def test_a_renewal_too_takes_both(halves, client, steward, second_steward):
    enter(client, "-".join(halves))
    set_up(client)
    new_one = User.objects.get(username="new.one")
    again = approvals.propose_for(actor=second_steward, user=new_one, act=approvals.RENEW)
    answer = browser(steward).post(
        decide_page(again), {"act": "approve", "digest": again.digest, "yes": "yes"}
    )
    second = HALF.search(answer.content.decode())[1]
    assert enter(Client(), second).status_code == 200
    first = HALF.search(browser(second_steward).get(own_page(again)).content.decode())[1]
    assert enter(Client(), f"{first}-{second}").status_code == 302


@pytest.fixture
def third_steward(steward, second_steward):
    opened = approvals.propose_account(actor=steward, username="steward.three", role="steward", full_name="បី")
    approval.approve(proposal=opened, actor=second_steward, digest=opened.digest)
    third = User.objects.get(username="steward.three")
    third.set_password("joined")
    third.save(update_fields=["password"])
    return third


def untick(actor: User, user: User):
    address = reverse("admin:accounts_user_change", args=[user.pk])
    data = {"full_name": user.full_name or "x", "_seen": seen(user)}
    return browser(actor).post(address, data)


@pytest.mark.parametrize(("who", "asked"), [("auditor", 1), ("second_steward", 0)])
def test_one_steward_closes_neither_the_auditor_nor_the_only_other_one(
    request, steward, second_steward, who, asked
):
    """The only other steward would have to approve it, so it cannot be proposed."""
    user = request.getfixturevalue(who)
    untick(steward, user)
    user.refresh_from_db()
    assert user.is_active
    assert Proposal.objects.filter(act=approvals.CLOSE, state="proposed").count() == asked


def test_a_steward_is_stopped_at_once_where_enough_are_left(steward, second_steward, third_steward):
    fourth = approvals.propose_account(actor=steward, username="steward.four", role="steward", full_name="បួន")
    approval.approve(proposal=fourth, actor=second_steward, digest=fourth.digest)
    untick(steward, third_steward)
    third_steward.refresh_from_db()
    assert not third_steward.is_active


def test_two_close_an_account(steward, second_steward, auditor):
    asked = approvals.propose_for(actor=steward, user=auditor, act=approvals.CLOSE)
    approval.approve(proposal=asked, actor=second_steward, digest=asked.digest)
    auditor.refresh_from_db()
    assert not auditor.is_active


CLERK = "UPDATE accounts_user SET role = 'steward', is_staff = true WHERE username = 'clerk.banteay'"


@pytest.mark.parametrize(
    "first",
    [
        "UPDATE accounts_user SET is_active = false WHERE role = 'steward'",
        "UPDATE accounts_user SET role = 'official' WHERE role = 'steward'",
        "UPDATE accounts_user SET role = 'auditor' WHERE username = 'steward.two'",
        "DELETE FROM accounts_user WHERE username = 'steward.two'",
    ],
)
def test_the_runtime_role_makes_no_steward_by_having_too_few_left(
    steward, second_steward, commune_clerk, first
):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{first}; {CLERK}")
    commune_clerk.refresh_from_db()
    assert commune_clerk.is_official


@pytest.mark.parametrize("whose", ["second_steward", "auditor"])
@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(
    "change", ["username = 'x'", "full_name = 'x'", "spid = '1'", "id = 4711", "role = 'official'"]
)
def test_the_identity_of_a_privileged_account_is_immutable(request, steward, whose, closed, change):
    user = request.getfixturevalue(whose)
    User.objects.filter(pk=user.pk).update(is_active=not closed)
    with pytest.raises(DatabaseError, match="stays what it is"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {change} WHERE id = %s", [user.pk])


@pytest.mark.parametrize("role", PRIVILEGED_ROLES)
def test_no_closed_account_becomes_privileged(steward, second_steward, commune_clerk, role):
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=commune_clerk.pk).update(role=role, is_active=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.create_staff(username="x", password="x", role=role, is_active=False)  # noqa: S106


def test_nobody_approves_their_own_renewal(steward, second_steward, third_steward):
    asked = approvals.propose_for(actor=steward, user=second_steward, act=approvals.RENEW)
    page = browser(second_steward).post(
        decide_page(asked), {"act": "approve", "digest": asked.digest, "yes": "yes"}
    )
    assert page.status_code == 200
    asked.refresh_from_db()
    assert asked.state == "proposed"


def test_the_spid_of_a_member_of_staff_is_kept(steward, commune_clerk, areas, sokha):
    person = register_household(actor=sokha, details=household_details()).memberships.first().person
    address = reverse("admin:accounts_user_change", args=[commune_clerk.pk])
    data = {
        "full_name": commune_clerk.full_name, "area_code": commune_clerk.area_code, "spid": person.spid,
        "is_active": "on", "_seen": seen(commune_clerk),
    }  # fmt: skip
    assert browser(steward).post(address, data).status_code == 302
    commune_clerk.refresh_from_db()
    assert commune_clerk.spid == person.spid
