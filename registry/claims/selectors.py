"""Which records an account can claim, and the claim whose code is waited for."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database.history import history_of
from registry.models import Claim, Household, Membership, Person
from registry.models.keys import RECENT
from registry.phones.selectors import with_established_phone

NOT_BY_THEMSELVES = ("import", "place_named", "merge")
"""Reasons of the history for which somebody lives where a source said, or another record of theirs did."""


def claimable(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Those whose number on record is established, and whom no import or merge brought in the last 30 days
    into the household in which they live, if others registered that: whoever is in the file would see them at
    once."""
    lives = Membership.objects.current().filter(person=OuterRef("pk"))
    return with_established_phone(persons).exclude(Exists(lives.filter(Exists(_placed_lately()))))


def _placed_lately() -> QuerySet[Membership]:
    began = history_of(Membership).filter(pgh_obj=OuterRef("pk"), pgh_label="insert")
    lately = began.filter(
        pgh_created_at__gt=timezone.now() - RECENT, pgh_context__metadata__why__in=NOT_BY_THEMSELVES
    )
    with_household = history_of(Household).filter(
        pgh_obj=OuterRef("household"), pgh_label="insert", pgh_context=OuterRef("pgh_context")
    )
    return lately.exclude(Exists(with_household))


def claim_of(account: User) -> Claim | None:
    """The account's latest claim that is not used up: the one whose code can be entered."""
    return Claim.objects.filter(account=account, used_at=None).order_by("-created_at").first()
