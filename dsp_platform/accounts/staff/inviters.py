"""Two accounts that one person could be behind, who therefore do not count as two people.

Whoever has the code of an invitation could follow it in place of the person it is for. So where one member of
staff must not decide what another one entered, neither does whoever invited them. Stewards and auditors are
invited by two, who have one half of the code each: nobody stands as their inviter.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.web.request_cache import cached_per_request

NEW = timedelta(days=30)
"""So long the accounts that one person invited do not count as two people either."""


def is_new(user: User) -> bool:
    return user.date_joined > timezone.now() - NEW


def may_be_one_of(user: User, others: Iterable[User | None]) -> bool:
    """Whether ``may_be_one_person`` is true with any of them."""
    return any(may_be_one_person(user, other) for other in others)


def may_be_one_person(user: User, other: User | None) -> bool:
    """Whether one invited the other, or the same person both, one of them lately; also of an account with
    itself."""
    if other is None:
        return False
    if user.pk == other.pk or user.invited_by_id == other.pk or other.invited_by_id == user.pk:
        return True
    invited_alike = user.invited_by_id is not None and user.invited_by_id == other.invited_by_id
    return invited_alike and (is_new(user) or is_new(other))


def may_be_one_person_with(user: User) -> QuerySet[User]:
    """All accounts of which ``may_be_one_person`` is true."""
    found = Q(pk=user.pk) | Q(invited_by=user)
    if user.invited_by_id is not None:
        alike = Q(invited_by=user.invited_by_id)
        lately = Q(date_joined__gt=timezone.now() - NEW)
        found |= Q(pk=user.invited_by_id) | (alike if is_new(user) else alike & lately)
    return User.objects.filter(found)


@cached_per_request
def keys_of_one_person(user: User) -> list[int]:
    """Of ``may_be_one_person_with``: for statements that ask for them many times."""
    return list(may_be_one_person_with(user).values_list("pk", flat=True))
