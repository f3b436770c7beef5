"""Who of the operator may decide an application, and which ones are left to nobody."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.deciders import application_deciders, decided_before
from applications.models import Application, HeldDecision
from applications.review.second import why_not_second
from dsp_platform.accounts.models import DECIDING_DUTIES, Role, User
from dsp_platform.accounts.staff.inviters import is_new, may_be_one_of, may_be_one_person_with
from dsp_platform.exchange.models import Operator
from registry.models import Membership
from registry.persons.conflicts import related_to

State = HeldDecision.State
LOOKED_AT = 200
"""How many of a kind are compared with their operators' reviewers at once, the longest waiting first."""


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
    """Open ones of this operator, or of all, that none of its reviewers may decide or agree to: they are kin,
    filed it, have left, or took part in what another one is to decide or agree to. Not those of an operator
    that never had a reviewer here and decides in a system of its own."""
    rows = Application.objects.select_related("person", "programme__operator", "submitted_by")
    if operator:
        rows = rows.filter(operator=operator)
    return [*_for_another(rows), *_first_decisions(rows, _operators(operator))]


def _operators(code: str) -> QuerySet[Operator]:
    """Those that decide here."""
    ever = User.objects.exclude(role=Role.CITIZEN).filter(role=Role.REVIEWER)
    elsewhere = ~Q(status_mapping={}) & ~Q(code__in=ever.values("operator_code"))
    found = Operator.objects.exclude(elsewhere)
    return found.filter(code=code) if code else found


def _first_decisions(rows: QuerySet[Application], operators: QuerySet[Operator]) -> list[Application]:
    held = HeldDecision.objects.filter(application=OuterRef("pk"), state=State.HELD)
    first = rows.filter(~Exists(held), state__in=Application.OPEN_STATES, decided_at=None)
    codes = list(operators.values_list("code", flat=True))
    of_code: dict[str, list[User]] = defaultdict(list)
    for one in reviewers_of(*codes):
        of_code[one.operator_code].append(one)
    freest = [min(reviewers, key=_bound_by) for reviewers in of_code.values()]
    doubtful = [
        first.filter(barred, operator=one.operator_code) for one in freest for barred in _barred_to(one)
    ]
    barred = [one for one in _longest_waiting(rows, doubtful) if _has_nobody(one)]
    deserted = [first.filter(operator=code) for code in codes if code not in of_code]
    return [*barred, *_longest_waiting(rows, deserted)]


def _bound_by(reviewer: User) -> tuple[bool, bool, int]:
    """The least for whoever may decide about most people."""
    return reviewer.spid != "", reviewer.invited_by_id is not None, reviewer.pk


def _barred_to(reviewer: User) -> list[Q]:
    """Of what this reviewer may not decide for the first time one holds: each is found by an index."""
    found = [Q(submitted_by__in=may_be_one_person_with(reviewer))]
    if related := related_to(reviewer):
        at_home = Membership.objects.together_with(related)
        found += [Q(person__in=related), Q(person__in=at_home.values("person"))]
    return found


def _for_another(rows: QuerySet[Application]) -> list[Application]:
    anew = rows.filter(state__in=Application.OPEN_STATES, decided_at__isnull=False)
    second = HeldDecision.objects.filter(_awaits_second()).values("application")
    found = _longest_waiting(rows, [anew, rows.filter(pk__in=second)])
    free = defaultdict(list)  # those who are nobody's kin: they have no record of their own
    for one in reviewers_of(*{row.operator_id for row in found}).filter(spid=""):
        if not is_new(one):  # who is new agrees to nothing
            free[one.operator_code].append(one)
    took_part = _took_part(found)
    doubtful = [
        row for row in found if all(may_be_one_of(one, took_part[row.pk]) for one in free[row.operator_id])
    ]
    return [row for row in doubtful if _has_nobody(row)]


def _longest_waiting(
    rows: QuerySet[Application], parts: Sequence[QuerySet[Application]]
) -> list[Application]:
    """Each part by an index of its own, all in one statement."""
    if not parts:
        return []
    first, *others = (part.order_by("submitted_at").values("pk")[:LOOKED_AT] for part in parts)
    keys = [one["pk"] for one in first.union(*others)]
    return list(rows.filter(pk__in=keys).order_by("submitted_at", "pk"))


def _has_nobody(application: Application) -> bool:
    return next(who_may_decide(application), None) is None


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
