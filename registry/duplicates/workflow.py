"""The states of two records that are likely of one person, and every step that leads from one to another."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.casework.workflow import Step, Workflow, steps
from dsp_platform.database.inserts import insert
from registry.models import DuplicateCase, DuplicateCaseEvent

State = DuplicateCase.State
Answer = DuplicateCase.Answer
OPEN = DuplicateCase.OPEN_STATES

REGISTRY = "registry"  # the comparison of records, and what follows from another merge
STEWARD = "steward"
COMMUNE = "commune"  # an official of the commune that was asked
COUNTER = "counter"  # an official whom the answers of a person led to the other record

FIND = "find"
FIND_AGAIN, UPDATE, UNLIKELY, MERGED = "find_again", "update", "unlikely", "merged"
# What follows from a merge of either with a third one, of the two themselves, or from its undoing.
PASSED_ON, FOLLOWED, RESTORED, DROPPED = "passed_on", "followed", "restored", "dropped"
JOINED, PARTED = "joined", "parted"
SAID = {Answer.SAME: "said_same", Answer.DIFFERENT: "said_different"}
"""By what an official at the counter said of it."""
SAME, DIFFERENT, ASK, PROPOSE, ANSWER = "same", "different", "ask", "propose", "answer"

# fmt: off
STEPS = steps(
    Step(FIND, REGISTRY, (), State.WAITING, _("Found by comparing records")),
    Step(FIND_AGAIN, REGISTRY, (State.ENDED,), State.WAITING, _("Found again: the records are alike anew")),
    # By who registered one of them, or told of a correction: evidence, which decides nothing.
    Step(SAID[Answer.SAME], COUNTER, OPEN, "", _("At the counter the official said: it is one person")),
    Step(SAID[Answer.DIFFERENT], COUNTER, OPEN, "",
         _("At the counter the official said: they are two persons")),
    Step(UPDATE, REGISTRY, OPEN, "", _("A record has changed: compared anew")),
    Step(UNLIKELY, REGISTRY, OPEN, State.ENDED, _("Ended: the records are not alike any more")),
    Step(MERGED, REGISTRY, OPEN, State.ENDED, _("Ended: one of the records was merged with another one")),
    Step(PASSED_ON, REGISTRY, OPEN, "",
         _("One of the records was merged: now about the record that remains")),
    Step(FOLLOWED, REGISTRY, OPEN, State.DIFFERENT,
         _("Two persons: decided of a record that was merged with one of the two")),
    Step(RESTORED, REGISTRY, OPEN, "", _("The merge with another record was undone: as before it")),
    Step(DROPPED, REGISTRY, (State.DIFFERENT,), State.ENDED,
         _("Ended: the merge from which it followed was undone")),
    Step(JOINED, REGISTRY, (State.DIFFERENT, State.ENDED), State.SAME, _("The two records were merged")),
    Step(PARTED, REGISTRY, (*OPEN, State.SAME, State.ENDED), State.DIFFERENT,
         _("The merge was undone: two persons")),
    Step(SAME, STEWARD, OPEN, State.SAME, _("Decided: one person"), button=_("One person: merge")),
    # Ends nothing: a second steward approves the merge, or refuses it.
    Step(PROPOSE, STEWARD, OPEN, "", _("The merge was proposed: a second steward decides")),
    Step(DIFFERENT, STEWARD, OPEN, State.DIFFERENT, _("Decided: two persons"), button=_("Two persons")),
    Step(ASK, STEWARD, OPEN, State.ASKED, _("The commune was asked"),
         button=_("Ask the commune"), needs_note=True),
    Step(ANSWER, COMMUNE, (State.ASKED,), State.WAITING, _("The commune answered"), button=_("Answer")),
)
# fmt: on


class Follower(NamedTuple):
    """Of a room that waits for a case. Both are called with who decides."""

    follow: Callable[[DuplicateCase, User], None]
    """In the transaction in which somebody decides that the two are two. Not where that follows from
    something else, or where the case ends by itself."""
    announce: Callable[[DuplicateCase, User], list[str]]
    """What it would do, one sentence each, for whoever is about to decide."""


_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    _followers.append(follower)


def announced(case: DuplicateCase, user: User) -> list[str]:
    """What follows if this user decides that the two are two."""
    return [sentence for follower in _followers for sentence in follower.announce(case, user)]


class DuplicateWorkflow(Workflow[DuplicateCase]):
    steps = STEPS
    open_states = OPEN
    subject_kind = "duplicatecase"
    note_length = 1000
    note_missing = _("Write what you ask the commune.")
    not_yours = _("You registered one of the two, or answered for the commune, so somebody else must decide.")
    select_related = ("first__village", "second__village", "proposal")

    @classmethod
    def awaiting_answer(cls) -> tuple[str, ...]:
        """The commune answers, though it did not file the case."""
        return (State.ASKED,)

    def taken_by(self, event: DuplicateCaseEvent) -> str:
        """Comparing records takes steps too, of which nobody is the actor."""
        return str(event.actor or _("the registry"))

    def audit_step(
        self,
        item: DuplicateCase,
        step: Step,
        *,
        actor: User | None,
        reason: str,
        assisted_session: AssistedSession | None,
    ) -> None:
        audit.record(
            actor=actor,
            action=f"duplicate_{step.name}",
            subject_kind=self.subject_kind,
            subject_id=item.pk,
            reason=reason,
        )

    def record_found(self, cases: Sequence[DuplicateCase]) -> None:
        """``record_step`` of all of them: an import finds thousands."""
        insert([DuplicateCaseEvent(case=one, step=FIND, state=one.state) for one in cases])
        subjects = [(self.subject_kind, one.pk) for one in cases]
        audit.record_each(actor=None, action=f"duplicate_{FIND}", subjects=subjects)

    def after_step(self, item: DuplicateCase, actor: User | None) -> None:
        if item.state == State.DIFFERENT and actor is not None:
            for follower in _followers:
                follower.follow(item, actor)


duplicate_workflow = DuplicateWorkflow()
