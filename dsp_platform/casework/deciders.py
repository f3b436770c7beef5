"""Who may decide an item: asked before a decision, before an assignment, and by the page of the item."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff.inviters import may_be_one_person
from dsp_platform.casework.errors import InConflict, MayBeOnePerson, NotYours, ReadsOnly, StepRefused
from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.workflow import Words, Workflow

Item = TypeVar("Item", bound=WorkItem)


def error_of(check: Callable[..., None], *about: object) -> Exception | None:
    """What the check raises."""
    try:
        check(*about)
    except (PermissionDenied, StepRefused) as error:
        return error
    return None


class Deciders(Generic[Item]):
    """Those of one kind of item. A subclass gives its rules. Stateless: one instance serves."""

    workflow: Workflow[Item]
    entered_by: ClassVar[str] = ""
    """Field of the item with the user who entered it; "" where ``check_neutral`` asks otherwise."""
    reads: ClassVar[Sequence[str]] = ()
    """Other relations of the item that its checks read."""
    side: ClassVar[str]
    """Theirs in the table of steps."""

    def sides(self, user: User) -> Sequence[str]:
        """All whose steps this user takes."""
        return (self.side,)

    def in_scope(self, user: User, item: Item) -> bool:
        """Whether it is for this user's office to decide."""
        raise NotImplementedError

    def assignee_in_scope(self) -> Q:
        """Items that are for the office of their assignee to decide: ``in_scope``, for a query."""
        raise NotImplementedError

    def to_be_decided(self, rows: QuerySet[Item], user: User) -> QuerySet[Item]:
        """Of open ones of a queue without those whose decision has not left yet, unless this user is to agree
        to it, and without those that others must decide because this user took part before."""
        return rows

    def leaving(self, rows: QuerySet[Item]) -> QuerySet[Item] | None:
        """Those whose decision has not left yet. None where each leaves at once."""
        return None

    def conflict(self, user: User, item: Item) -> Words:
        """Why the user may not decide about the persons of the item, in words; "" where they may."""
        raise NotImplementedError

    def why_unread(self, user: User, item: Item) -> Words:
        """Why the user reads no more than its reference, kind and state, in words; "" where they read it all.

        Asked before anything of an item is shown to staff.
        """
        raise NotImplementedError

    def unread_among(self, user: User, items: Sequence[Item]) -> set[int]:
        """Keys of those of a list that the user does not read."""
        raise NotImplementedError

    def check_more(self, user: User, item: Item, step: str) -> None:
        """What else keeps this user from this step, or where it is empty from those that decide. Raises
        ``StepRefused``."""

    def check(self, user: User, item: Item, step: str = "") -> None:
        """Raises ``PermissionDenied``, ``ReadsOnly``, ``NotYours``, ``InConflict``, and as ``check_more``."""
        self.check_office(user, item)
        self.check_more(user, item, step)

    def check_office(self, user: User, item: Item) -> None:
        """Whatever the step. Raises ``PermissionDenied``, ``ReadsOnly``, ``NotYours``, ``InConflict``."""
        if not self.in_scope(user, item):
            raise PermissionDenied
        self.check_neutral(user, item)

    def check_neutral(self, user: User, item: Item) -> None:
        """Raises ``ReadsOnly``, ``NotYours``, ``InConflict``."""
        if not user.rights.decides:
            raise ReadsOnly
        if getattr(item, f"{self.entered_by}_id") == user.pk:
            raise NotYours(self.workflow.not_yours)
        if may_be_one_person(user, getattr(item, self.entered_by)):
            raise MayBeOnePerson
        if words := self.conflict(user, item):
            raise InConflict(words)

    def why_not_neutral(self, user: User, item: Item) -> Exception | None:
        """What ``check_neutral`` raises. None where it does not."""
        return error_of(self.check_neutral, user, item)

    def why_barred(self, user: User, item: Item) -> Exception | None:
        """Why this user may not decide it: what ``check`` raises. None where they may."""
        return error_of(self.check, user, item)

    def steps_for(self, user: User, item: Item) -> dict[str, Exception | None]:
        """By the steps that the item's state allows this user's sides: why this user may not take it."""
        return self.steps_and_why_barred(user, item)[0]

    def steps_and_why_barred(
        self, user: User, item: Item
    ) -> tuple[dict[str, Exception | None], Exception | None]:
        """``steps_for`` and ``why_barred``, which a page asks together: the office is checked once."""
        allowed = self.workflow.allowed(item, *self.sides(user))
        office = error_of(self.check_office, user, item)
        steps = {step.name: office or error_of(self.check_more, user, item, step.name) for step in allowed}
        return steps, office or error_of(self.check_more, user, item, "")

    def begin(
        self, item: Item, step: str, *, actor: User, expected_version: int, note: str = "", reason: str = ""
    ) -> tuple[Item, bool]:
        """Every check before a decision, in one order for all kinds: call it first in the transaction.

        The item, locked, and whether this step was taken already: the same form sent twice is one decision.
        Raises as ``check``; ``Overtaken`` when somebody was first, ``AlreadyDecided`` where that ended it; as
        ``Workflow.check_step``.
        """
        wanted = self.workflow.steps.get(step)
        if wanted is None or wanted.side not in self.sides(actor):
            raise PermissionDenied
        item = self.workflow.lock(item)
        self.check(actor, item, step)
        if item.version != expected_version or not item.is_open:
            is_next = item.version == expected_version + 1
            if is_next and self.workflow.is_sent_again(item, step, actor=actor, note=note, reason=reason):
                return item, True
            raise self.workflow.overtaken(item)
        self.workflow.check_step(item, step, note=note, reason=reason)
        return item, False
