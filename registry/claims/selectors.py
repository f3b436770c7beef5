"""Which records an account can claim, and the claim whose code is waited for."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database.history import history_of
from registry.models import Claim, Household, Membership, Person
from registry.models.keys import RECENT
from registry.phones.selectors import with_established_phone

NOT_BY_THEMSELVES = ("import", "place_named", "merge")
"""Reasons of the history for which somebody lives where a source said, or another record of theirs did."""


def claimable(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Those whose number on record is established, and whom no import or merge brought in the last 30 days to
    where they live, unless they lead a household that came by the same file, and nobody in it was registered
    before: whoever writes a row would see at once with whom it puts them."""
    lives = Membership.objects.current().filter(person=OuterRef("pk"))
    by_others = lives.filter(Exists(_placed_lately()))
    leads = Q(relationship=Membership.Relationship.HEAD) & Exists(_with_household()) & ~Exists(_brought_in())
    return with_established_phone(persons).exclude(Exists(by_others.exclude(leads)))


def _placed_lately() -> QuerySet[Any]:
    began = history_of(Membership).filter(pgh_obj=OuterRef("pk"), pgh_label="insert")
    return began.filter(
        pgh_created_at__gt=timezone.now() - RECENT, pgh_context__metadata__why__in=NOT_BY_THEMSELVES
    )


def _with_household() -> QuerySet[Any]:
    """The same run brought the household."""
    household = history_of(Household).filter(
        pgh_obj=OuterRef("household"), pgh_label="insert", pgh_context=OuterRef("pgh_context")
    )
    return _placed_lately().filter(Exists(household))


def _brought_in() -> QuerySet[Membership]:
    """Others of the household who were registered before the run that brought them there."""
    came_new = history_of(Person).filter(
        pgh_obj=OuterRef("person"), pgh_label="insert", pgh_context=OuterRef("pgh_context")
    )
    others = Membership.objects.current().filter(household=OuterRef("household")).exclude(pk=OuterRef("pk"))
    return others.filter(Exists(_placed_lately().filter(~Exists(came_new))))


def claim_of(account: User) -> Claim | None:
    """The account's latest claim that is not used up: the one whose code can be entered."""
    return Claim.objects.filter(account=account, used_at=None).order_by("-created_at").first()
