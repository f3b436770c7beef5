"""Who is told that an import brought somebody into a household that others registered, or filled somebody's
number there: as where somebody is placed (``placing``), the person and the head of the household."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from dsp_platform.database.arrays import numbers_in
from dsp_platform.database.history import history_of
from registry.models import Household, ImportRun, Membership
from registry.phones.notices import tell_of_newcomers


def tell(run: ImportRun, persons: Collection[int]) -> None:
    """``persons``: who came into a household, or got a number on record, by which it could be opened. Once
    for each newcomer, household and run, in the transaction of the batch. In a household that the run itself
    brought nobody is told but whoever was registered before."""
    if not persons:
        return
    by_run = history_of(Household).filter(
        pgh_obj=OuterRef("household"), pgh_label="insert", pgh_context=run.context
    )
    lives = Membership.objects.current().select_related("person__account", "person__registered_by")
    newcomers = list(lives.filter(person__in=numbers_in(persons)))
    homes = numbers_in({one.household_id for one in newcomers})
    beside = list(lives.filter(~Exists(by_run), household__in=homes).exclude(person__in=numbers_in(persons)))
    earlier = history_of(Membership).filter(household__in=homes, pgh_label="insert", pgh_context=run.context)
    told = set(earlier.exclude(person__in=numbers_in(persons)).values_list("household", flat=True))
    tell_of_newcomers(
        [one.person for one in newcomers],
        [one for one in beside if one.household_id not in told],
        template="details_changed",
    )
