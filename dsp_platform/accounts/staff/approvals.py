"""Changes of staff accounts that need two people.

Privileged accounts, of stewards and auditors, are created, closed and reopened by two people. So are new
credentials for anybody who has joined: one person alone could use them to decide in the other's name.

Of the invitation code the proposer sees one half, and the approver the other, once: neither can follow the
invitation in place of the person it is for.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import invitation_codes, invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import joined_stewards
from dsp_platform.approval.validity import approved_by_or_of
from dsp_platform.audit import services as audit
from dsp_platform.database import locks
from dsp_platform.encryption import crypto

STAFF_ACCOUNT = "staff_account"
CREATE, OPEN_AGAIN, RENEW, CLOSE = "create", "open_again", "renew", "close"
# Of a steward: to read and answer sensitive grievances, and no more.
NAME_SENSITIVE, END_SENSITIVE = "name_sensitive", "end_sensitive"
# One steward may close another's account alone, so that a stolen account is stopped at once, if this many are
# left to decide together.
MINIMUM_LEFT = 2


def propose_account(
    *, actor: User, username: str, role: str, full_name: str, spid: str = "", reason: str = ""
) -> Proposal:
    """A new steward or auditor. Raises AlreadyPending."""
    return approval.propose(
        kind=STAFF_ACCOUNT,
        act=CREATE,
        subject=username,
        payload={"role": role, "full_name": full_name, **({"spid": spid} if spid else {})},
        actor=actor,
        reason=reason,
    )


def propose_for(*, actor: User, user: User, act: str, reason: str = "") -> Proposal:
    """``OPEN_AGAIN`` for one that was closed, ``RENEW`` where password or app are lost, ``CLOSE``.

    Raises AlreadyPending, and ValidationError for a renewal of a closed account.
    """
    if act == RENEW and not user.is_active:
        raise ValidationError(_("This account is closed. Have it opened again first."))
    if act in (NAME_SENSITIVE, END_SENSITIVE) and user.answers_sensitive == (act == NAME_SENSITIVE):
        raise ValidationError(_("This is so already."))
    if act == NAME_SENSITIVE and not (user.is_active and user.is_steward):
        raise ValidationError(_("Only stewards answer sensitive grievances."))
    return approval.propose(
        kind=STAFF_ACCOUNT,
        act=act,
        subject=str(user.username),
        payload={"role": user.role, "full_name": user.full_name},
        actor=actor,
        reason=reason,
    )


def may_close_alone(user: User) -> bool:
    """Only a steward, and only if enough stewards are left. Auditors, who control stewards, need two people.

    Call in the transaction that closes the account: it locks, so that two cannot close each other at once.
    """
    locks.lock(locks.LockName.CLOSE_STEWARD)
    left = joined_stewards().exclude(pk=user.pk).count()
    return user.role == Role.STEWARD and left >= MINIMUM_LEFT


class StaffAccountKind(contract.ProposalKind):
    code = STAFF_ACCOUNT
    title = gettext_lazy("Account of staff")

    def lock(self, subject: str) -> None:
        User.objects.select_for_update(no_key=True).filter(username=subject).first()

    def state(self, act: str, subject: str) -> dict[str, Any]:
        user = User.objects.filter(username=subject).first()
        if user is None:
            return {"user": None}
        return {"user": {"role": user.role, "full_name": user.full_name, "active": user.is_active}}

    def name(self, proposal: Proposal) -> str:
        who = {"name": f"{proposal.payload['full_name']} ({proposal.subject})"}
        if proposal.act == CREATE:
            return _("New account of %(name)s") % who
        if proposal.act == OPEN_AGAIN:
            return _("Open the account of %(name)s again") % who
        if proposal.act == CLOSE:
            return _("Close the account of %(name)s") % who
        if proposal.act == NAME_SENSITIVE:
            return _("Sensitive grievances are answered by %(name)s") % who
        if proposal.act == END_SENSITIVE:
            return _("Sensitive grievances are no more answered by %(name)s") % who
        return _("New password and authenticator app for %(name)s") % who

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        before = proposal.before["user"]
        after = str(Role(proposal.payload["role"]).label)
        lines = [
            DiffLine(_("User name"), proposal.subject if before else "", proposal.subject),
            DiffLine(_("Role"), str(Role(before["role"]).label) if before else "", after),
            DiffLine(_("Full name"), before["full_name"] if before else "", proposal.payload["full_name"]),
        ]
        if spid := proposal.payload.get("spid"):
            lines.append(DiffLine("SPID", "", spid))
        if proposal.act == RENEW:
            return [
                *lines,
                DiffLine(_("Sign-in"), _("password and app of today"), _("new ones, set by the person")),
            ]
        if proposal.act in (NAME_SENSITIVE, END_SENSITIVE):
            now, then = (_("no"), _("yes")) if proposal.act == NAME_SENSITIVE else (_("yes"), _("no"))
            return [*lines, DiffLine(_("Answers sensitive grievances"), now, then)]
        was = (_("yes") if before["active"] else _("no")) if before else ""
        return [*lines, DiffLine(_("May sign in"), was, _("no") if proposal.act == CLOSE else _("yes"))]

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        if proposal.payload["role"] == Role.STEWARD:
            power = _(
                "A steward may propose and approve whatever needs two people, and see every registration."
            )
        else:
            power = _("An auditor may read what everybody did, also stewards, and nothing about people.")
        if proposal.act == NAME_SENSITIVE:
            return [_("They read reports of abuse, of money asked for, of officials and of misused data.")]
        if proposal.act == END_SENSITIVE:
            return [_("They read sensitive grievances no more. Others may take on those assigned to them.")]
        if proposal.act == CREATE:
            return [power, _("The account is made. Only the person sets password and authenticator app.")]
        if proposal.act == OPEN_AGAIN:
            return [power, _("The person may sign in again with what they have.")]
        if proposal.act == CLOSE:
            # What the person proposed or approved for a later day lapses.
            pending = approved_by_or_of(User.objects.get(username=proposal.subject).pk)
            return [
                _("The person is signed out and signs in no more."),
                *(
                    _("“%(name)s”, approved for %(day)s, is given up; it has to be proposed anew.")
                    % {
                        "name": contract.kind_of(waiting).name(waiting),
                        "day": date_format(waiting.effective_from, "SHORT_DATE_FORMAT"),
                    }
                    for waiting in pending
                ),
            ]
        return [_("The password and the authenticator app of today stop, and open sessions end.")]

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        """The user whom it is about may not decide."""
        about = User.objects.filter(username__in=[proposal.subject for proposal in proposals])
        return {str(name): {number} for name, number in about.values_list("username", "pk")}

    def carry_out(self, proposal: Proposal) -> str:
        actor = cast(User, proposal.decided_by)
        if proposal.act == CREATE:
            if User.objects.filter(username=proposal.subject).exists():
                raise ValidationError(_("This user name is taken by now."))
            user = staff.create_account(
                actor=actor,
                username=proposal.subject,
                role=proposal.payload["role"],
                full_name=proposal.payload["full_name"],
                area_code="",
                operator_code="",
                spid=proposal.payload.get("spid", ""),
            )
            return invitations.invite(actor=actor, user=user, first_half=_first_half(proposal))
        user = User.objects.get(username=proposal.subject)
        if proposal.act == RENEW:
            if not user.is_active:
                raise ValidationError(_("This account is closed. Have it opened again first."))
            try:
                return invitations.renew_credentials(actor=actor, user=user, first_half=_first_half(proposal))
            except invitations.CannotInvite as error:
                raise ValidationError(str(error)) from error
        if proposal.act in (NAME_SENSITIVE, END_SENSITIVE):
            staff.set_answers_sensitive(actor=actor, user=user, value=proposal.act == NAME_SENSITIVE)
            return ""
        if proposal.act == CLOSE:
            user.is_active = False
            staff.change_account(actor=actor, user=user, changed=["is_active"])
            return ""
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(actor=actor, action="open_account_again", subject_kind="user", subject_id=user.pk)
        return ""

    def gives_halves(self, proposal: Proposal) -> bool:
        return proposal.act in (CREATE, RENEW)

    def for_proposer(self, proposal: Proposal) -> str:
        user = User.objects.filter(username=proposal.subject).first()
        if proposal.act == OPEN_AGAIN or user is None or not invitations.is_invited(user):
            return ""
        return _first_half(proposal)


def _first_half(proposal: Proposal) -> str:
    """Derived and not stored; the proposer can read it again."""
    return invitation_codes.derived_half(
        crypto.digest("first half of an invitation", str(proposal.pk), proposal.digest)
    )


contract.register(StaffAccountKind())
