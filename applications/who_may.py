"""Who of the operator may decide an application, and which ones are left to nobody."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Q, QuerySet

from applications.deciders import application_deciders, decided_before
from applications.models import Application, HeldDecision
from applications.review.second import why_not_second
from dsp_platform.accounts.models import DECIDING_DUTIES, Role, User
from dsp_platform.accounts.staff.inviters import is_new, may_be_one_of

State = HeldDecision.State
LOOKED_AT = 200
"""How many are compared with their operators' reviewers at once, the longest waiting first."""


def reviewers_of(*operators: str) -> QuerySet[User]:
    # The index of staff is read where the condition says that none is a citizen.
    staff = User.objects.exclude(role=Role.CITIZEN).filter(role=Role.REVIEWER, is_active=True)
    return staff.filter(duty__in=DECIDING_DUTIES, operator_code__in=[one for one in operators if one])


def who_may_decide(application: Application) -> Iterator[User]:
    """Anew, where it is decided; as the second reviewer, where its decision waits for one."""
    before = decided_before(application)
    waiting = list(application.held_decisions.filter(_awaits_second()).select_related("decided_by"))
    for one in reviewers_of(application.operator_id):
        if may_be_one_of(one, before) or any(why_not_second(one, held) for held in waiting):
            continue
        if application_deciders.why_not_neutral(one, application) is None:
            yield one


def left_to_nobody(operator: str = "") -> list[Application]:
    """Open ones of this operator, or of all, that another reviewer is to decide or to agree to, and none may:
    after a successful appeal, and where a second one is asked."""
    rows = _for_another(operator)
    free = defaultdict(list)  # those who are nobody's kin: they have no record of their own
    for one in reviewers_of(*{one.operator_id for one in rows}).filter(spid=""):
        if not is_new(one):  # who is new agrees to nothing
            free[one.operator_code].append(one)
    took_part = _took_part(rows)
    doubtful = [
        row for row in rows if all(may_be_one_of(one, took_part[row.pk]) for one in free[row.operator_id])
    ]
    return [one for one in doubtful if next(who_may_decide(one), None) is None]


def _for_another(operator: str) -> list[Application]:
    rows = Application.objects.select_related("person", "programme__operator", "submitted_by")
    if operator:
        rows = rows.filter(operator=operator)
    anew = rows.filter(state__in=Application.OPEN_STATES, decided_at__isnull=False).order_by("decided_at")
    second = HeldDecision.objects.filter(_awaits_second()).values("application")
    found = {one.pk: one for one in (*anew[:LOOKED_AT], *rows.filter(pk__in=second)[:LOOKED_AT])}
    return list(found.values())


def _took_part(rows: list[Application]) -> dict[int, list[User]]:
    found: dict[int, set[int | None]] = defaultdict(set)
    for one in rows:
        found[one.pk].add(one.decided_by_id)
    held = HeldDecision.objects.filter(Q(state=State.DONE) | _awaits_second(), application__in=rows)
    for pk, *both in held.values_list("application", "decided_by", "agreed_by"):
        found[pk].update(both)
    users = User.objects.in_bulk({pk for pks in found.values() for pk in pks if pk is not None})
    return {row: [users[pk] for pk in pks if pk is not None] for row, pks in found.items()}


def _awaits_second() -> Q:
    return Q(state=State.HELD, agreed_by=None) & ~Q(second="")
