"""What a domain says about a kind of change that needs two people. This package knows none of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise

from dsp_platform.approval.models import Proposal


class Line(NamedTuple):
    """One difference in words. Nothing before: it is new. Nothing after: it goes."""

    label: str
    before: str
    after: str


class Kind:
    """Registered once under its ``code``. The triggers of the rows it guards name the same code."""

    code: str
    title: str | Promise
    # True where the row carries the day itself: it is carried out when approved, whatever the day.
    at_once = False
    # Of the state, what an approved one rests on beside what it changes, until its day.
    rests_on: tuple[str, ...] = ()

    def lock(self, subject: str) -> None:
        """Keep the subject as it is until the transaction ends. Always taken before the proposal's row."""

    def state(self, act: str, subject: str) -> dict[str, Any]:
        """What a proposal starts from and rests on. Where it changes, what was proposed is outdated."""
        raise NotImplementedError

    def name(self, proposal: Proposal) -> str:
        """What is proposed, of what, in a few words."""
        raise NotImplementedError

    def difference(self, proposal: Proposal) -> Sequence[Line]:
        """From ``before`` and ``payload`` alone: it is shown for ever."""
        raise NotImplementedError

    def changes(self, proposal: Proposal) -> set[str]:
        """Which parts of the state it changes: all of them, where the kind does not say."""
        return set(proposal.before)

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        """What will happen once it is approved, one sentence each."""
        return ()

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        """By subject who may not approve, beside whoever proposed: who wrote it, or whom it is about.

        Of many at once, so that a list asks the database no more than a page.
        """
        return {}

    def carry_out(self, proposal: Proposal) -> str:
        """Make the change, in the approval's transaction; the triggers let it pass until this returns.

        Raises ValidationError where it cannot be done. What is returned is the approver's half of a code,
        shown to them alone, once.
        """
        raise NotImplementedError

    def for_proposer(self, proposal: Proposal) -> str:
        """The other half, for whoever proposed; empty as soon as it is of no use."""
        return ""

    def gives_halves(self, proposal: Proposal) -> bool:
        """Whether carrying it out shows the approver a half of a code, once."""
        return False

    def page(self, proposal: Proposal) -> str:
        """Address of the row it is about; empty where there is none."""
        return ""


kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    kinds[kind.code] = kind


def kind_of(proposal: Proposal) -> Kind:
    return kinds[proposal.kind]
