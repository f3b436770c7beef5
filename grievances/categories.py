"""What a grievance may be about, each in one row: its code, who gets it, until when, who reads it.

Other modules ask this table, never a code; what is true of one category alone is in its row, with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.deadlines.clock import Allowance

OPERATOR = "operator"
BY_AREA = ("commune", "district", "province")


class Category(models.TextChoices):
    """In the order in which they are offered."""

    ASSESSMENT = "assessment", _("The poverty assessment (IDPoor)")
    DECISION = "decision", _("A decision on an application")
    PAYMENT = "payment", _("A payment that is missing or wrong")
    STAFF = "staff", _("How an official or worker behaved")
    MONEY_ASKED = "money_asked", _("Someone asked for money or a favour")
    ABUSE = "abuse", _("Violence, threats or abuse")
    DATA = "data", _("My information is wrong or was misused")
    APPEAL = "appeal", _("Appeal against a decision")
    OTHER = "other", _("Something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Working days from the report, unless hours are named."""

    acknowledge: Allowance
    answer: int
    resolve: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    category: Category
    levels: Sequence[str]
    """Kinds of teams, the first that there is; the secretariat comes last. None: the secretariat alone, and
    no rule sends it to any other."""
    within: Within
    is_sensitive: bool = False
    """It may bring harm when the wrong person at the office reads it: by the reporter's own account or by
    reference and PIN, never in an assisted session; stewards answer it, no staff of the operator."""
    by_pin_only: bool = False
    """Not in the account either, where a household shares a phone."""
    asks_official: bool = False
    """Which official it is about."""
    asks_office: bool = False
    """Which office, so that this one does not get it."""
    is_delivered: bool = False
    """To the operator's own system."""
    is_chosen: bool = True
    """By whoever reports it, or changes what it is about."""

    def __post_init__(self) -> None:
        if self.is_sensitive == bool(self.levels):
            raise ValueError(f"{self.category}: sensitive ones, and no others, are the secretariat's alone.")
        if self.is_sensitive and self.is_delivered:
            raise ValueError(f"{self.category}: what is sensitive is not delivered.")
        if self.by_pin_only and not self.is_sensitive:
            raise ValueError(f"{self.category}: only what is sensitive is kept out of the account.")
        if (self.asks_official or {*BY_AREA} & {*self.levels}) and not self.asks_office:
            raise ValueError(f"{self.category}: an office could get what is about itself.")


def _days(number: int) -> Allowance:
    return Allowance(days=number)


KINDS = (
    Kind(
        category=Category.ASSESSMENT,
        # The commune assessed the household itself, so not to the commune.
        levels=(OPERATOR, "district", "province"),
        # The commune visits the household again.
        within=Within(acknowledge=_days(3), answer=10, resolve=20),
        asks_office=True,
        is_delivered=True,
    ),
    Kind(
        category=Category.DECISION,
        levels=(OPERATOR,),
        within=Within(acknowledge=_days(3), answer=10, resolve=15),
        is_delivered=True,
    ),
    Kind(
        category=Category.PAYMENT,
        levels=(OPERATOR,),
        # A household lives from it, and payments are made once a month.
        within=Within(acknowledge=_days(2), answer=5, resolve=10),
        is_delivered=True,
    ),
    # Whom these are about works at one of the levels, or below a chief who does: they go to none of them.
    Kind(
        category=Category.STAFF,
        levels=(),
        # Whoever it is about is heard too.
        within=Within(acknowledge=_days(2), answer=10, resolve=20),
        is_sensitive=True,
        asks_official=True,
        asks_office=True,
    ),
    Kind(
        category=Category.MONEY_ASKED,
        levels=(),
        # It goes on while nobody looks.
        within=Within(acknowledge=_days(1), answer=5, resolve=20),
        is_sensitive=True,
        asks_official=True,
        asks_office=True,
    ),
    Kind(
        category=Category.DATA,
        levels=(),
        # What is wrong is delivered to operators every day.
        within=Within(acknowledge=_days(2), answer=5, resolve=10),
        is_sensitive=True,
    ),
    Kind(
        category=Category.ABUSE,
        levels=(),
        # Somebody may be in danger tonight: hours, which also run on days off.
        within=Within(acknowledge=Allowance(hours=24), answer=3, resolve=10),
        is_sensitive=True,
        by_pin_only=True,
        asks_official=True,
        asks_office=True,
    ),
    Kind(
        category=Category.APPEAL,
        # Answered at the operator by somebody who did not decide, so not in a system of its own.
        levels=(OPERATOR,),
        # Read again by somebody else, who needs no more than the first time.
        within=Within(acknowledge=_days(3), answer=10, resolve=15),
        # It begins at the decided application.
        is_chosen=False,
    ),
    Kind(
        category=Category.OTHER,
        levels=(OPERATOR, *BY_AREA),
        within=Within(acknowledge=_days(3), answer=10, resolve=20),
        asks_office=True,
        is_delivered=True,
    ),
)

SENSITIVE = tuple(kind.category.value for kind in KINDS if kind.is_sensitive)
BY_PIN_ONLY = tuple(kind.category.value for kind in KINDS if kind.by_pin_only)
OF_OFFICIALS = tuple(kind.category.value for kind in KINDS if kind.asks_official)
OF_OFFICES = tuple(kind.category.value for kind in KINDS if kind.asks_office)
NEVER_DELIVERED = tuple(kind.category.value for kind in KINDS if not kind.is_delivered)
LEVELS = {kind.category.value: kind.levels for kind in KINDS}

_CHOSEN = {kind.category.value for kind in KINDS if kind.is_chosen}
CHOSEN = {code: label for code, label in Category.choices if code in _CHOSEN}
"""Their labels by code."""
