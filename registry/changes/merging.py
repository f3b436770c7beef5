"""What becomes of requests for a change when two records become one, and two again."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from registry.changes.workflow import PARTED, change_workflow
from registry.merging.contract import Pair, Part, Side, Undoing
from registry.merging.homes import other_home
from registry.models import ChangeRequest

_PERSONS = ("person_id", "registered_id", "asked_for_id", "mover_id")


def _concerned(pair: Pair) -> Q:
    """Also what others of the households asked: it may end because the members are others."""
    condition = Q(household__in=pair.households)
    for column in _PERSONS:
        condition |= Q(**{f"{column}__in": (pair.kept, pair.merged)})
    return condition


def _reopened(row: Any, actor: User) -> None:
    if row.is_open:
        change_workflow.record_step(row, PARTED, actor=actor)


@dataclass(frozen=True, kw_only=True)
class RequestPart(Part):
    def go_home(self, row: ChangeRequest, side: Side, undoing: Undoing) -> None:
        """Decided where whoever asked lives; one that was decided stays where it was."""
        home = other_home(row.household_id, side, undoing)
        if home is not None and row.is_open:
            self._save_if_possible(row, {"household_id": home.pk, "village_id": home.village_id})


PART = RequestPart(
    model=ChangeRequest,
    kind=_("request for a change"),
    persons=_PERSONS,
    columns=("state", "assignee_id", "household_id", "village_id", "old_village_id"),
    scope=_concerned,
    is_listed=True,
    locked_first=True,
    reopened=_reopened,
)
