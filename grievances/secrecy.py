"""What was told in secret stays so for whoever does not answer it, whatever it turns out to be about.

Whoever reported it was promised that. Who answers it goes by its category of today: ``access.handled_by``.
"""

from django.db.models import Q

from grievances.categories import BY_PIN_ONLY, SENSITIVE
from grievances.models import Grievance

Secrecy = Grievance.Secrecy
TOLD_IN_SECRET = ~Q(told_in_secret=Secrecy.NONE)
BY_PIN_ALONE = Q(told_in_secret=Secrecy.PIN)
"""Not in the account either, where a household shares a phone."""


def secrecy_of(category: str) -> Secrecy:
    if category in BY_PIN_ONLY:
        return Secrecy.PIN
    return Secrecy.ACCOUNT if category in SENSITIVE else Secrecy.NONE


def change_category(grievance: Grievance, category: str) -> None:
    """Not saved. Never less secret than before."""
    grievance.category = category
    before = Secrecy(grievance.told_in_secret)
    grievance.told_in_secret = max(before, secrecy_of(category), key=list(Secrecy).index)


def opens(grievance: Grievance, category: str) -> bool:
    """Whether others than the few who are named for sensitive ones would answer it."""
    return grievance.category in SENSITIVE and category not in SENSITIVE
