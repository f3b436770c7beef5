"""What each duty lets staff of an operator do there: nothing that the table does not say."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Duty(models.TextChoices):
    """Whoever has another role keeps the first."""

    REVIEWER = "reviewer", _("Reviewer: decides")
    SUPERVISOR = "supervisor", _("Supervisor: decides, and shares out the work")
    CATALOGUE = "catalogue", _("Catalogue editor: drafts programmes and their questions")
    READ_ONLY = "read_only", _("Read-only: reads, and changes nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    reads: bool = False
    """Queues, pages and documents of applicants, and grievances."""
    decides: bool = False
    """Every step and note, files of lists, and that something is assigned to them."""
    shares_out: bool = False
    """The load of the team; what anybody of the operator has."""
    reads_numbers: bool = False
    drafts: bool = False
    """Programmes and their questions."""


DUTIES: Mapping[str, Rights] = {
    Duty.REVIEWER: Rights(reads=True, decides=True),
    Duty.SUPERVISOR: Rights(reads=True, decides=True, shares_out=True, reads_numbers=True),
    Duty.CATALOGUE: Rights(drafts=True),
    Duty.READ_ONLY: Rights(reads=True, reads_numbers=True),
}
READING_DUTIES = tuple(duty for duty, rights in DUTIES.items() if rights.reads)
DECIDING_DUTIES = tuple(duty for duty, rights in DUTIES.items() if rights.decides)
