"""Helpers for tests in which two stewards approve something, but which test something else."""

from datetime import date

from dsp_platform.accounts.models import User
from dsp_platform.approval import services
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.models import Agreement


def approve_waiting(actor: User) -> Proposal:
    """Approve the pending proposal as it is."""
    proposal = Proposal.objects.get(state="proposed")
    services.approve(proposal=proposal, actor=actor, digest=proposal.digest)
    proposal.refresh_from_db()
    return proposal


def begin(agreement: Agreement, first: User, second: User) -> Agreement:
    proposal = approvals.propose_begin(
        agreement=agreement, actor=first, read=approvals.text_read(agreement, "begin")
    )
    services.approve(proposal=proposal, actor=second, digest=proposal.digest)
    agreement.refresh_from_db()
    return agreement


def end(agreement: Agreement, first: User, second: User, day: date | None = None) -> Agreement:
    proposal = approvals.propose_end(
        agreement=agreement, actor=first, day=day, read=approvals.text_read(agreement, "end")
    )
    services.approve(proposal=proposal, actor=second, digest=proposal.digest)
    agreement.refresh_from_db()
    return agreement
