"""Who of those who may decide an item has taken it on. It stops none of the others from deciding."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.apps import apps
from django.contrib import messages
from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import DECIDING_DUTIES, User
from dsp_platform.audit import services as audit
from dsp_platform.casework.deciders import Deciders, error_of
from dsp_platform.casework.errors import (
    AlreadyAssigned,
    CannotTakeOver,
    ColleagueMissing,
    Overtaken,
    StepNotAllowed,
    StepRefused,
)
from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import is_submitted, row_number
from dsp_platform.web.request_cache import cached_per_request

Item = TypeVar("Item", bound=WorkItem)

ASSIGNMENT_FIELD = "assignment"
VERSION = "version"
"""Sent along where the page has a form."""
ASSIGN, UNASSIGN, HAND_OVER = "assign", "unassign", "hand_over"
COLLEAGUE = "colleague"
"""Key of the account that an item is handed over to."""
HELD_BY = "held_by"
"""Key of the account that had it when the page was shown, where a supervisor hands it over; empty: nobody."""
NOBODY = "nobody"
"""Instead of that key: back to the queue."""
ACTS = (ASSIGN, UNASSIGN, HAND_OVER)
MINE, NOBODYS = "mine", "nobody"
FILTERS = [(MINE, gettext_lazy("Assigned to me")), (NOBODYS, gettext_lazy("Assigned to nobody"))]


def assigned(rows: QuerySet[Item], user: User, which: str, deciders: Deciders[Item]) -> QuerySet[Item]:
    """Those of a work queue that one of ``FILTERS`` names; all of them for any other."""
    if which == MINE:
        return rows.filter(assignee=user)
    if which == NOBODYS:
        return _with_held(rows, deciders).filter(is_held=False, state__in=rows.model.OPEN_STATES)
    return rows


def free_for(rows: QuerySet[Item], user: User, deciders: Deciders[Item]) -> QuerySet[Item]:
    """Those that no colleague has taken on."""
    return _with_held(rows, deciders).filter(Q(assignee=user) | Q(is_held=False))


def _with_held(rows: QuerySet[Item], deciders: Deciders[Item]) -> QuerySet[Item]:
    """An item whose assignee has closed their account, or another office by now, counts as nobody's."""
    works = Q(assignee__is_active=True, assignee__duty__in=DECIDING_DUTIES)
    held = works & deciders.assignee_in_scope()
    is_held = Case(When(held, then=Value(True)), default=Value(False))
    return cast(QuerySet[Item], rows.alias(is_held=is_held))


def give_back(*, user: User, actor: User) -> None:
    """All open items of an account whose office or SPID was changed, or that was closed."""
    for model in apps.get_models():
        if not issubclass(model, WorkItem):
            continue
        rows = model._default_manager.filter(assignee=user, state__in=model.OPEN_STATES)
        for item in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
            _save(item, assignee=None, action="unassign", actor=actor)


def colleagues_of(user: User, *, and_self: bool = False) -> QuerySet[User]:
    """Of the same office, who can sign in and decide."""
    same = {"role": user.role, "area_code": user.area_code, "operator_code": user.operator_code}
    rows = User.objects.filter(is_active=True, duty__in=DECIDING_DUTIES, **same)
    return (rows if and_self else rows.exclude(pk=user.pk)).order_by("full_name", "username")


def takers_from(user: User) -> QuerySet[User]:
    """To whom this user may hand over: to colleagues, a supervisor also to themselves."""
    return colleagues_of(user, and_self=user.is_supervisor)


@cached_per_request
def has_takers(user: User) -> bool:
    return takers_from(user).exists()


def _save(
    item: WorkItem,
    *,
    assignee: User | None,
    action: str,
    actor: User,
    details: dict[str, Any] | None = None,
) -> None:
    item.assignee = assignee
    item.save(update_fields=["assignee"])
    audit.record(
        actor=actor,
        action=action,
        subject_kind=str(item._meta.model_name),
        subject_id=item.pk,
        details=details,
    )


@dataclass(frozen=True, slots=True)
class Assignment(Generic[Item]):
    """The assignment of one kind of item."""

    deciders: Deciders[Item]

    @transaction.atomic
    def assign(self, item: Item, *, actor: User) -> None:
        """To the actor. Idempotent. Raises as ``Deciders.check``; ``AlreadyDecided``, ``AlreadyAssigned``."""
        item = self.deciders.workflow.lock(item)
        if not item.is_open:
            raise self.deciders.workflow.overtaken(item)
        self.deciders.check(actor, item)
        if item.assignee_id == actor.pk:
            return
        # An assignee who may not decide it any more prevents no other one.
        if item.assignee is not None and not self.deciders.why_barred(item.assignee, item):
            raise AlreadyAssigned(item.assignee)
        _save(item, assignee=actor, action="assign", actor=actor)

    @transaction.atomic
    def unassign(self, item: Item, *, actor: User) -> None:
        """By its assignee. Idempotent. Raises ``AlreadyAssigned`` where that is somebody else by now."""
        item = self.deciders.workflow.lock(item)
        if item.assignee is None:
            return
        if item.assignee_id != actor.pk:
            self.deciders.check(actor, item)
            raise AlreadyAssigned(item.assignee)
        _save(item, assignee=None, action="unassign", actor=actor)

    @transaction.atomic
    def hand_over(self, item: Item, *, actor: User, to: User | None, held_by: int | None = None) -> None:
        """By its assignee, or a supervisor of the office, to a colleague of the same office who may decide
        it, or to nobody; by a supervisor also to themselves. ``held_by``: who had it on the page of the
        supervisor.
        Idempotent. Raises ``AlreadyDecided``, ``AlreadyAssigned`` where somebody else has it by now,
        ``CannotTakeOver``; for a supervisor also as ``Deciders.check_office``, ``Overtaken``."""
        item = self.deciders.workflow.lock(item)
        if not item.is_open:
            raise self.deciders.workflow.overtaken(item)
        if item.assignee_id == (to and to.pk):
            return
        details = {"colleague": str(to.username) if to else ""}
        if item.assignee_id != actor.pk:
            self._check_shares_out(item, actor, held_by)
            details["colleague_before"] = str(item.assignee.username) if item.assignee else ""
        # Why they may not is theirs to know: it may tell who their kin are.
        if to is not None and not self._may_take_over(item, actor, to):
            raise CannotTakeOver
        _save(item, assignee=to, action="reassign", actor=actor, details=details)

    def _may_take_over(self, item: Item, actor: User, to: User) -> bool:
        return takers_from(actor).filter(pk=to.pk).exists() and not self.deciders.why_barred(to, item)

    def _check_shares_out(self, item: Item, actor: User, held_by: int | None) -> None:
        """Whether the actor hands over what somebody else has, or nobody."""
        if not actor.is_supervisor:
            self.deciders.check(actor, item)
            raise AlreadyAssigned(item.assignee) if item.assignee else StepNotAllowed
        self.deciders.check_office(actor, item)
        if item.assignee_id != held_by:
            has_changed = Overtaken(_("This has changed. Look at it again."))
            raise AlreadyAssigned(item.assignee) if item.assignee else has_changed
        if item.assignee is not None and self._is_of_others(item, item.assignee, actor):
            raise AlreadyAssigned(item.assignee)

    def _is_of_others(self, item: Item, assignee: User, actor: User) -> bool:
        """A steward, or somebody named in a team, who has it is not of the supervisor's office."""
        own = colleagues_of(actor, and_self=True).filter(pk=assignee.pk).exists()
        return not own and self.deciders.why_barred(assignee, item) is None

    def handle_post(self, request: HttpRequest, item: Item) -> bool:
        """Assign, unassign or hand over, where the page of the item was sent by a button of
        ``components/assignment.html``, and return whether it was. The outcome is in the messages. What was
        typed into the form of the page came along: the caller shows it again."""
        if not is_submitted(request) or request.POST.get(ASSIGNMENT_FIELD) not in ACTS:
            return False
        user = cast(User, request.user)
        try:
            with refusals_recorded(request, str(item._meta.model_name), item.pk):
                if request.POST[ASSIGNMENT_FIELD] == HAND_OVER:
                    sent = request.POST.get(COLLEAGUE, "")
                    to = takers_from(user).filter(pk=row_number(sent) or 0).first()
                    if to is None and sent != NOBODY:
                        raise ColleagueMissing
                    held_by = row_number(request.POST.get(HELD_BY, ""))
                    self.hand_over(item, actor=user, to=to, held_by=held_by)
                    words = _("%(reference)s is handed over.")
                elif request.POST[ASSIGNMENT_FIELD] == ASSIGN:
                    self.assign(item, actor=user)
                    words = _("%(reference)s is assigned to you.")
                else:
                    self.unassign(item, actor=user)
                    words = _("%(reference)s is not assigned to you any more.")
            messages.success(request, words % {"reference": item.reference})
        except StepRefused as error:
            messages.warning(request, str(error))
        return True

    def context(self, user: User, item: Item, *, barred: Exception | None) -> dict[str, Any]:
        """For ``components/assignment.html``. ``barred``: as ``Deciders.why_barred``."""
        offered = ""
        if item.is_open and item.assignee_id == user.pk:
            offered = UNASSIGN
        elif item.is_open and not barred:
            has_other = item.assignee is not None and not self.deciders.why_barred(item.assignee, item)
            offered = "" if has_other else ASSIGN
        return {
            "assignee": item.assignee and item.assignee.staff_name,
            "offered": offered,
            "field": ASSIGNMENT_FIELD,
            "colleagues": self._takers(user, item),
            "held_by": item.assignee_id or "",
        }

    def _takers(self, user: User, item: Item) -> Iterable[User]:
        """Whom the page offers to hand it over to."""
        if not item.is_open:
            return ()
        if item.assignee_id == user.pk:
            return colleagues_of(user)
        held_by = item.assignee_id
        if not user.is_supervisor or error_of(self._check_shares_out, item, user, held_by):
            return ()
        return colleagues_of(user, and_self=held_by is not None)
