"""What a domain implements for a kind of change that needs two people. This package knows no kind."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser

from dsp_platform.approval.models import Proposal
from dsp_platform.translations.label import Label


class DiffLine(NamedTuple):
    """One difference as shown. Empty before: it is new. Empty after: it is removed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class About:
    """Whom a proposal is about, shown by a ``template`` of the domain with ``about`` as its context."""

    template: str
    context: Mapping[str, Any]
    persons: Sequence[int] = ()
    """Whom it names: each look at them is recorded, with ``reason``."""
    reason: str = ""


class ProposalKind:
    """Registered once under its ``code``. The triggers of the rows it guards name the same code."""

    code: str
    title: Label
    # True if the row stores the day: then the change is carried out when approved, whatever the day.
    when_approved = False
    # Parts of the state that an approved proposal depends on until its day, besides those it changes.
    depends_on: tuple[str, ...] = ()

    def lock(self, subject: str) -> None:
        """Lock the subject until the transaction ends. Always before the proposal: a consistent lock
        order."""

    def state(self, act: str, subject: str) -> dict[str, Any]:
        """What a proposal starts from and depends on. When it changes, the proposal is outdated."""
        raise NotImplementedError

    def name(self, proposal: Proposal) -> str:
        """What is proposed, of what, in a few words."""
        raise NotImplementedError

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        """From ``before`` and ``payload`` alone, so that it can always be shown."""
        raise NotImplementedError

    def changes(self, proposal: Proposal) -> set[str]:
        """Which parts of the state it changes; all, unless the kind says otherwise."""
        return set(proposal.before)

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        """What will happen once it is approved, one sentence each."""
        return ()

    def about(self, proposal: Proposal, reader: AbstractBaseUser) -> About | None:
        """Whom it is about, for a steward who decides it and whom ``why_unread`` lets read it; no auditor
        reads it. None where there is nothing besides the difference."""
        return None

    def why_unread(self, proposal: Proposal, reader: AbstractBaseUser) -> Label:
        """Why the reader, who is related to somebody whom it is about, reads neither what is proposed nor
        what follows, in words; "" where they may. Nobody decides what they do not read."""
        return ""

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        """By subject, who may not approve besides the proposer: who wrote it, or whom it is about.

        For many at once, so that a list needs no more queries than a page.
        """
        return {}

    def carry_out(self, proposal: Proposal) -> str:
        """Make the change, in the approval's transaction; the triggers allow it until this returns.

        Raises ValidationError if it cannot be done. Returns the approver's half of a code, which is shown to
        them alone, once; for most kinds an empty text.
        """
        raise NotImplementedError

    def for_proposer(self, proposal: Proposal) -> str:
        """The other half of the code, for the proposer; empty once it has been used or has expired."""
        return ""

    def gives_halves(self, proposal: Proposal) -> bool:
        """Whether carrying it out shows the approver a half of a code."""
        return False

    def page(self, proposal: Proposal) -> str:
        """Address of the row it is about; empty if it has no page."""
        return ""


kinds: dict[str, ProposalKind] = {}


def register(kind: ProposalKind) -> None:
    kinds[kind.code] = kind


def kind_of(proposal: Proposal) -> ProposalKind:
    return kinds[proposal.kind]
