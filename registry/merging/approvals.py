"""Two records made one, or two again, where it takes two people (``rules.why_second_person``): one steward
proposes it, another one approves it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import joined_stewards
from dsp_platform.casework.errors import InConflict, StepRefused
from dsp_platform.translations.label import Label
from registry.errors import MergeRefused, NotAssigned
from registry.identity.spid import grouped
from registry.merging.concerned import conflict, persons_concerned, why_unread
from registry.merging.contract import Pair, Side, lock_what_is_decided
from registry.merging.fields import differences, label_of
from registry.merging.homes import KEPT_HOME, home_or_kept, possible_homes
from registry.merging.proposed import about_merge, about_unmerge
from registry.merging.returning import without_home
from registry.merging.rules import pair_of, why_not
from registry.merging.selectors import consequences
from registry.merging.services import merge
from registry.merging.snapshots import pair_then
from registry.merging.undoing import (
    came_since,
    plain_assigned,
    unmerge,
    why_not_undo,
    words_of,
)
from registry.models import Enrolment, Household, Membership, Merge, Person
from registry.persons.conflicts import related_to
from registry.persons.writer import lock_households, lock_persons

MERGE, UNMERGE = "merge", "unmerge"


def propose_merge(
    *,
    kept: Person,
    merged: Person,
    actor: User,
    reason: str,
    home: Household | None = KEPT_HOME,
    values: Mapping[str, Side] | None = None,
    read: str | None = None,
) -> Proposal:
    """``home``, ``values``: as of ``services.merge``. ``read``: ``approval.state_digest`` of the page. Raises
    ``MergeRefused``, ``InConflict``, ``ValidationError`` without a reason, and as ``approval.propose``."""
    home = home_or_kept(home, kept, merged)
    if words := conflict(actor, Pair(kept.pk, merged.pk)):
        raise InConflict(words)
    if words := why_not(kept, merged, home):
        raise MergeRefused(words)
    chosen = {one.detail: one.suggested for one in differences(kept, merged)} | dict(values or {})
    return approval.propose(
        kind=MERGE,
        act=MERGE,
        subject=f"{kept.pk}-{merged.pk}",
        payload={
            "values": {detail: str(side) for detail, side in chosen.items()},
            "home": home.pk if home else None,
            "number": home.number if home else "",
            "lived": ", ".join(one.number for one in possible_homes(kept, merged)),
        },
        actor=actor,
        reason=_required(reason),
        read=read,
    )


def merge_subjects(one: int, other: int) -> tuple[str, str]:
    """Of the proposals to make these two one person, whichever record remains."""
    return f"{one}-{other}", f"{other}-{one}"


def propose_unmerge(
    *, merge: Merge, actor: User, reason: str, assigned: Mapping[str, Side], read: str | None = None
) -> Proposal:
    """Raises ``MergeRefused``, ``NotAssigned``, ``InConflict``, and as ``propose_merge``."""
    if words := conflict(actor, pair_then(merge)):
        raise InConflict(words)
    if words := why_not_undo(merge):
        raise MergeRefused(words)
    if {one.key for one in came_since(merge)} - assigned.keys():
        raise NotAssigned
    return approval.propose(
        kind=UNMERGE,
        act=UNMERGE,
        subject=str(merge.pk),
        payload={"assigned": {key: str(side) for key, side in assigned.items()}},
        actor=actor,
        reason=_required(reason),
        read=read,
    )


def _required(reason: str) -> str:
    if not reason:
        raise ValidationError(_("Write why: whoever approves it reads it."))
    return reason


class _OfTwo(contract.ProposalKind):
    """About two persons: nobody related to one whom it concerns approves or reads it."""

    def pair(self, subject: str) -> Pair:
        """With the households to which one of the two would come back."""
        raise NotImplementedError

    def lock(self, subject: str) -> None:
        both = self.pair(subject).both
        lives = Membership.objects.current().filter(person__in=both)
        households = set(lives.values_list("household", flat=True))
        lock_what_is_decided(Pair(*both, tuple(households)))
        lock_households(households)
        lock_persons(both)

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        subjects = {one.subject for one in proposals}
        concerned = persons_concerned({subject: self.pair(subject) for subject in subjects})
        related = {one.pk: related_to(cast(User, one)) for one in joined_stewards()}
        return {
            subject: {pk for pk, theirs in related.items() if theirs & persons}
            for subject, persons in concerned.items()
        }

    def why_unread(self, proposal: Proposal, reader: AbstractBaseUser) -> Label:
        return why_unread(cast(User, reader), self.pair(proposal.subject))

    def page(self, proposal: Proposal) -> str:
        kept, merged = self.pair(proposal.subject).both
        done = Merge.objects.filter(kept=kept, merged=merged).order_by("-pk").first()
        return reverse("admin:registry_merge_change", args=[done.pk]) if done else ""


class MergeKind(_OfTwo):
    code = MERGE
    title = gettext_lazy("Two records of one person")

    def pair(self, subject: str) -> Pair:
        kept, merged = subject.split("-")
        return Pair(int(kept), int(merged))

    def state(self, act: str, subject: str) -> dict[str, Any]:
        kept, merged = self.pair(subject).both
        rows = Person.objects.in_bulk([kept, merged])
        supports = Enrolment.objects.filter(person__in=rows).order_by("pk")
        return {
            "kept": rows[kept].spid,
            "merged": rows[merged].spid,
            "versions": [rows[kept].version, rows[merged].version],
            "alias": [one.merged_into_id for one in (rows[kept], rows[merged])],
            "accounts": [one.account_id for one in (rows[kept], rows[merged])],
            "households": list(pair_of(rows[kept], rows[merged]).households),
            "enrolments": [f"{pk} {state}" for pk, state in supports.values_list("pk", "state")],
        }

    def name(self, proposal: Proposal) -> str:
        """Without a name: auditors read what was proposed, not about whom."""
        return _("SPID %(merged)s and SPID %(kept)s are of one person") % _numbers(proposal)

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        """Whose each detail is, not what it says: the records have that."""
        numbers = _numbers(proposal)
        lines = [DiffLine(_("SPID"), numbers["merged"], _("leads to %(kept)s") % numbers)]
        lived, lives = proposal.payload["lived"], proposal.payload["number"]
        if lived != lives:
            lines.append(DiffLine(_("Household"), lived, lives))
        for detail, side in proposal.payload["values"].items():
            lines.append(DiffLine(str(label_of(detail)), "", _("of SPID %(spid)s") % {"spid": numbers[side]}))
        return lines

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        kept, merged = self.pair(proposal.subject).both
        rows = Person.objects.select_related("account").in_bulk([kept, merged])
        if rows[kept].merged_into_id or rows[merged].merged_into_id:
            return ()
        return consequences(rows[kept], rows[merged], self._home(proposal))

    def about(self, proposal: Proposal, reader: AbstractBaseUser) -> contract.About | None:
        return about_merge(proposal, *self.pair(proposal.subject).both)

    def carry_out(self, proposal: Proposal) -> str:
        kept, merged = self.pair(proposal.subject).both
        with _refused_in_words():
            merge(
                kept=Person.objects.get(pk=kept),
                merged=Person.objects.get(pk=merged),
                actor=cast(User, proposal.proposed_by),
                approved_by=cast(User, proposal.decided_by),
                home=self._home(proposal),
                values=plain_assigned(proposal.payload["values"]),
                note=proposal.reason,
            )
        return ""

    def _home(self, proposal: Proposal) -> Household | None:
        return Household.objects.filter(pk=proposal.payload["home"]).first()


class UnmergeKind(_OfTwo):
    code = UNMERGE
    title = gettext_lazy("Two records made one wrongly")

    def pair(self, subject: str) -> Pair:
        return pair_then(Merge.objects.get(pk=subject))

    def state(self, act: str, subject: str) -> dict[str, Any]:
        done = Merge.objects.select_related("kept", "merged", "decided_by").get(pk=subject)
        return {
            "kept": done.kept.spid,
            "merged": done.merged.spid,
            "undone": done.undone_at is not None,
            # With what stands there: whoever approves reads it, and hands over no other value.
            "came": {one.key: one.digest for one in came_since(done)},
        }

    def name(self, proposal: Proposal) -> str:
        return _("SPID %(merged)s and SPID %(kept)s are of two persons") % _numbers(proposal)

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        """Whose each thing is that came since, by its kind and number."""
        numbers = _numbers(proposal)
        lines = [DiffLine(_("SPID"), _("leads to %(kept)s") % numbers, numbers["merged"])]
        for key, side in proposal.payload["assigned"].items():
            lines.append(DiffLine(words_of(key), "", _("of SPID %(spid)s") % {"spid": numbers[side]}))
        return lines

    def about(self, proposal: Proposal, reader: AbstractBaseUser) -> contract.About | None:
        return about_unmerge(proposal)

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        return [
            *(one.words for one in without_home(Merge.objects.get(pk=proposal.subject))),
            _("Each record has again what it had before they were made one."),
            _("What came since is whose it was said to be. A record that changed since keeps its change."),
            _(
                "Whoever cannot be a member of their household any more lives in none. If another merge "
                "closed it, undoing that one takes them back."
            ),
            _("An account whose person changes is signed out."),
            _("The two are known as two persons from then on, and are not proposed as one again."),
            _("Operators are sent both records. Both persons are told by text message."),
        ]

    def carry_out(self, proposal: Proposal) -> str:
        with _refused_in_words():
            unmerge(
                merge=Merge.objects.get(pk=proposal.subject),
                actor=cast(User, proposal.proposed_by),
                approved_by=cast(User, proposal.decided_by),
                assigned=plain_assigned(proposal.payload["assigned"]),
                note=proposal.reason,
            )
        return ""


@contextmanager
def _refused_in_words() -> Iterator[None]:
    """A refusal as the approval shows it."""
    try:
        yield
    except StepRefused as error:
        raise ValidationError(str(error)) from error


def _numbers(proposal: Proposal) -> dict[str, str]:
    return {side: grouped(proposal.before[side]) for side in Side}


contract.register(MergeKind())
contract.register(UnmergeKind())
