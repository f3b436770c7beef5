"""Who may see and change which records. Fails closed: without an area, operator or person, nothing."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.exchange.models import LedgerEntry
from registry.models import Enrolment, Household, Membership, Person

# Digits of a commune's area code; those of a district and a province are shorter.
DISTRICT, COMMUNE = 4, 6


def in_area(user: User, code: str) -> bool:
    """Whether the area code lies within the official's area, or is that area."""
    return user.is_official and bool(user.area_code) and code.startswith(user.area_code)


def household_ids(user: User) -> Q:
    """Condition on Household: a citizen's own, or those in an official's area."""
    if not user.is_active:
        return Q(pk__in=())
    if user.is_citizen:
        own = Membership.objects.current().filter(person__account=user)
        return Q(pk__in=own.values("household_id"))
    if user.is_official and user.area_code:
        return Q(village__code__startswith=user.area_code)
    return Q() if user.is_steward else Q(pk__in=())


def person_condition(user: User) -> Q:
    """Condition on Person. A reviewer sees those whom the operator may hold or has enrolled."""
    if not user.is_active:
        return Q(pk__in=())
    if user.is_citizen:
        own = Membership.objects.current().filter(person__account=user)
        together = Membership.objects.current().filter(household_id__in=own.values("household_id"))
        return Q(account=user) | Q(pk__in=together.values("person_id"))
    if user.is_official and user.area_code:
        return Q(village__code__startswith=user.area_code)
    if user.is_reviewer and user.operator_code:
        at_operator = LedgerEntry.objects.filter(
            operator_id=user.operator_code, kind="person", may_have_copy=True, agreement__isnull=False
        )
        enrolled = Enrolment.objects.filter(programme__operator_id=user.operator_code)
        return Q(pk__in=at_operator.values("subject_id")) | Q(pk__in=enrolled.values("person_id"))
    return Q() if user.is_steward else Q(pk__in=())


def require_assisted_session(
    user: User, assisted_session: AssistedSession | None, household: Household | None = None
) -> None:
    """An assisted session must be the official's own, stay open until the transaction ends, and be of this
    household.

    The caller has locked the household, so that its members stay the same. Raises PermissionDenied.
    """
    lock_assisted_session(user=user, assisted_session=assisted_session)
    if assisted_session is None or household is None:
        return
    alias = Person.objects.filter(pk=assisted_session.subject_id or 0).values("merged_into")
    subject = Q(person=assisted_session.subject_id) | Q(person__in=alias)
    if not household.memberships.current().filter(subject).exists():
        raise PermissionDenied("the assisted session is of another household")


def require_household(user: User, household: Household) -> None:
    if not Household.objects.filter(household_ids(user), pk=household.pk).exists():
        raise PermissionDenied("the household is outside this user's scope")
