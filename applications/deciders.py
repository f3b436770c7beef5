"""Who decides an application, and who of the staff reads it."""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from applications import errors
from applications.models import Application, HeldDecision
from applications.selectors import last_decision, took_part
from applications.workflow import DECIDING, REVIEWER, application_workflow
from dsp_platform.accounts.models import AssistedSession, Role, User
from dsp_platform.accounts.staff.inviters import is_new, keys_of_one_person, may_be_one_of
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.errors import MayBeOnePerson
from dsp_platform.web.request_cache import cached_per_request
from registry.models import Membership
from registry.persons.conflicts import conflict_of_interest, items_in_conflict, personal_conflict
from registry.persons.households import with_household

HELD, DONE = HeldDecision.State.HELD, HeldDecision.State.DONE


def why_unread(
    user: User, application: Application, assisted_session: AssistedSession | None = None
) -> str | Promise:
    """Of staff at their own desk and in an assisted session, in words; "" for whoever may read all of it."""
    if user.is_citizen:
        return ""
    applicant, *beside = with_household(application.person)  # its page shows the others too
    helping = assisted_session is not None
    return personal_conflict(user, applicant, helping=helping) or personal_conflict(
        user, *beside, helping=helping
    )


def decided_before(application: Application) -> frozenset[User]:
    """Who took part in its last decision: after a successful appeal others decide."""
    last = last_decision(application) if application.decided_at is not None else None
    return took_part(last) if last is not None else frozenset()


@cached_per_request
def _left_to_others(user: User) -> list[int]:
    """What was decided with their part in it and is open again, which is rare."""
    same = keys_of_one_person(user)
    of_row = HeldDecision.objects.filter(application=OuterRef("pk"), state=DONE)
    agreed = of_row.filter(decided_by=OuterRef("decided_by"), agreed_by__in=same)
    again = Application.objects.filter(state__in=Application.OPEN_STATES, decided_at__isnull=False)
    return list(again.filter(Q(decided_by__in=same) | Q(Exists(agreed))).values_list("pk", flat=True))


class ApplicationDeciders(Deciders[Application]):
    workflow = application_workflow
    entered_by = "submitted_by"
    reads = ("programme",)
    side = REVIEWER

    def in_scope(self, user: User, item: Application) -> bool:
        """Staff of the programme's operator only; False without an operator on either side."""
        operator = item.programme.operator_id
        return bool(user.is_active and user.is_reviewer and operator and operator == user.operator_code)

    def assignee_in_scope(self) -> Q:
        same = Q(assignee__operator_code=F("operator_id"))
        return Q(assignee__role=Role.REVIEWER) & same & ~Q(assignee__operator_code="")

    def to_be_decided(self, rows: QuerySet[Application], user: User) -> QuerySet[Application]:
        held = HeldDecision.objects.filter(application=OuterRef("pk"), state=HELD)
        if not is_new(user):
            same = keys_of_one_person(user)
            held = held.filter(Q(agreed_by__isnull=False) | Q(second="") | Q(decided_by__in=same))
        others = _left_to_others(user)
        rows = rows.exclude(Exists(held))
        return rows.exclude(pk__in=others) if others else rows

    def leaving(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        return rows.filter(Exists(HeldDecision.objects.filter(application=OuterRef("pk"), state=HELD)))

    def conflict(self, user: User, item: Application) -> str | Promise:
        # Without a record of their own nobody is their kin.
        applicant, *beside = with_household(item.person) if user.spid else [item.person]
        return conflict_of_interest(user, applicant) or personal_conflict(user, *beside)

    def why_unread(self, user: User, item: Application) -> str | Promise:
        return why_unread(user, item)

    def unread_among(self, user: User, items: Sequence[Application]) -> set[int]:
        if not user.spid:
            return set()
        now = Membership.objects.current()
        own = now.filter(person__in={item.person_id for item in items})
        homes: dict[int, int] = dict(own.values_list("person", "household"))
        beside = now.filter(household__in=set(homes.values())).values_list("household", "person")
        members: dict[int, set[int]] = {}
        for home, member in beside:
            members.setdefault(home, set()).add(member)
        persons = {
            item.pk: {item.person_id, *members.get(homes.get(item.person_id, 0), ())} for item in items
        }
        return items_in_conflict(user, persons)

    def check_more(self, user: User, item: Application, step: str) -> None:
        """After a successful appeal others decide than the first time: raises ``DecidedBefore``,
        ``MayBeOnePerson``."""
        if step not in ("", *DECIDING) or not item.is_open:
            return
        before = decided_before(item)
        if user in before:
            raise errors.DecidedBefore
        if may_be_one_of(user, before):
            raise MayBeOnePerson


application_deciders = ApplicationDeciders()
