from collections.abc import Collection
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked, tracked_as
from registry.models.area import Area
from registry.models.person import Person


@tracked
class Household(models.Model):
    class PovertyLevel(models.TextChoices):
        LEVEL_1 = "level1", _("poor level 1")
        LEVEL_2 = "level2", _("poor level 2")
        AT_RISK = "at_risk", _("at-risk household")
        NOT_POOR = "not_poor", _("not poor")

    number = models.CharField(_("number"), max_length=16, unique=True)
    village = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("village"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    # Reported by IDPoor; empty is unknown, which is not the same as "not poor".
    poverty_level = models.CharField(
        _("poverty level"), max_length=8, choices=PovertyLevel.choices, blank=True
    )
    poverty_valid_to = models.DateField(_("poverty level valid to"), null=True, blank=True)
    # Who told the level: as a value of Person.origins.
    poverty_source = models.CharField(max_length=48, blank=True)
    payee = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payee")
    )
    # When its last member left. Kept for its history, never reopened.
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    version = models.BigIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("registered"), default=timezone.now)

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")

    def __str__(self) -> str:
        return self.number


CURRENT = Q(ended_on=None)
"""What ``Memberships.current`` asks for, also of the events of a history."""
IS_CURRENT = "ended_on IS NULL"
"""The same in SQL."""


class Memberships(models.QuerySet["Membership"]):
    """The only place that says by which column somebody lives in a household now."""

    def current(self) -> Self:
        """Who lives where now: at most one of each person."""
        return self.filter(CURRENT)

    def not_ended_before(self, day: date) -> Self:
        """Also of those who have left since that day, or on it."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day))

    def together_with(self, persons: "Collection[Person | int] | models.QuerySet[Person]") -> Self:
        """Current ones of every household in which one of these lives, theirs included."""
        lives = Membership.objects.current().filter(person__in=persons)
        return self.current().filter(household__in=lives.values("household"))


def lives_in(households: "Collection[Household | int]", of: str = "") -> Q:
    """Condition on persons who live in one of these now; on what has persons, ``of`` is the way to them,
    such as ``person__``. To be given to one ``filter`` alone: both parts are of one membership."""
    return Q(**{f"{of}memberships__household__in": households, f"{of}memberships__ended_on": None})


@tracked_as(found_by=["household", "person"])
class Membership(models.Model):
    class Relationship(models.TextChoices):
        HEAD = "head", _("Head of household")
        SPOUSE = "spouse", _("Husband or wife")
        CHILD = "child", _("Son or daughter")
        PARENT = "parent", _("Father or mother")
        SIBLING = "sibling", _("Brother or sister")
        GRANDCHILD = "grandchild", _("Grandchild")
        GRANDPARENT = "grandparent", _("Grandparent")
        OTHER_RELATIVE = "other_relative", _("Other relative")
        NOT_RELATED = "not_related", _("Not related")

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("household")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    relationship = models.CharField(
        _("relationship to the head"), max_length=16, choices=Relationship.choices
    )
    started_on = models.DateField(_("since"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    # Noted when it ends, because no date tells it later.
    ended_by_death = models.BooleanField(_("lived there until death"), default=False)

    objects = Memberships.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(relationship="head", ended_on=None),
                name="household_one_head",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on=None), name="person_one_household"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_by_death=True), name="person_one_household_at_death"
            ),
            models.CheckConstraint(
                name="household_left_at_death", condition=Q(ended_by_death=False) | Q(ended_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.get_relationship_display()

    @property
    def is_current(self) -> bool:
        return self.ended_on is None
