"""A death that was recorded wrongly: one steward proposes that the person lives, another one approves it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

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
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import InConflict
from dsp_platform.database.history_context import history_context
from dsp_platform.khmer.dates import PartialDate
from registry.deaths.selectors import membership_again
from registry.identity.spid import grouped
from registry.models import Person
from registry.persons.conflicts import conflict_of_interest
from registry.persons.writer import PersonWriter, lock_household, lock_person_row

DEATH = "death"
UNDO = "undo"


def propose_undo(*, person: Person, actor: User, reason: str, read: str | None = None) -> Proposal:
    """``read``: ``approval.state_digest`` of the page. Raises ``InConflict`` for a relative,
    ``ValidationError`` without a reason, and as ``approval.propose``."""
    if words := conflict_of_interest(actor, person):
        raise InConflict(words)
    if not reason:
        raise ValidationError(_("Write why: whoever approves it reads it."))
    if person.died_on is None:
        raise ValidationError(_("No death of this person is recorded."))
    return approval.propose(
        kind=DEATH, act=UNDO, subject=str(person.pk), payload={}, actor=actor, reason=reason, read=read
    )


class DeathKind(contract.ProposalKind):
    code = DEATH
    title = gettext_lazy("A death recorded wrongly")

    def lock(self, subject: str) -> None:
        person = Person.objects.get(pk=subject)
        if membership := membership_again(person):
            lock_household(membership.household)
        lock_person_row(person)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        person = Person.objects.get(pk=subject)
        membership = membership_again(person)
        return {
            "spid": person.spid,
            "died": str(person.died) if person.died else None,
            "household": membership.household.number if membership else None,
            "relationship": membership.relationship if membership else None,
        }

    def name(self, proposal: Proposal) -> str:
        """Without a name: auditors read what was proposed, not about whom."""
        return _("The death of SPID %(spid)s was recorded wrongly") % {
            "spid": grouped(proposal.before["spid"])
        }

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        before = proposal.before
        died = PartialDate.parse(before["died"]).written if before["died"] else ""
        lines = [DiffLine(_("Died"), died, "")]
        if before["household"]:
            lines.append(DiffLine(_("Member of the household"), "", before["household"]))
        return lines

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        lives = (
            _("The person is a member of household %(number)s again, related to its head as before.")
            % {"number": proposal.before["household"]}
            if proposal.before["household"]
            else _(
                "The person lives in no household. They found one of their own, or another household takes "
                "them in: both at the commune office too. The SPID stays."
            )
        )
        return [
            lives,
            _("Operators are told that the record is valid again, those by consent once a household agrees."),
            _("What the death ended stays ended: applications, supports, requests. They are asked for anew."),
            _("Open grievances stay with the head of household to whom they passed."),
            _("No account is joined: the person opens one by the number on record, or at the office."),
            _("A text message goes to the number on record, and to the head of the household."),
        ]

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        persons = Person.objects.in_bulk({int(one.subject) for one in proposals})
        stewards = list(joined_stewards())
        return {
            str(pk): {one.pk for one in stewards if conflict_of_interest(cast(User, one), person)}
            for pk, person in persons.items()
        }

    def carry_out(self, proposal: Proposal) -> str:
        actor, person = cast(User, proposal.decided_by), Person.objects.get(pk=proposal.subject)
        if person.died_on is None or person.merged_into_id:
            raise ValidationError(_("No death of this person is recorded."))
        membership = membership_again(person)
        with history_context("undo_death", actor=actor), PersonWriter(actor=actor) as writer:
            writer.update_person(person, died=None)
            if membership:
                writer.add_membership(membership.household, person, membership.relationship)
        audit.record(
            actor=actor,
            action="undo_death",
            subject_kind="person",
            subject_id=person.pk,
            details={"proposal": proposal.pk},
        )
        return ""

    def page(self, proposal: Proposal) -> str:
        settled = proposal.state == Proposal.State.CARRIED_OUT
        model = "person" if settled else "deceased"
        return reverse(f"admin:registry_{model}_change", args=[proposal.subject])


contract.register(DeathKind())
