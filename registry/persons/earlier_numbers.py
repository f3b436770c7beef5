"""Numbers of records that were made one with another: they stand on cards and papers, and lead to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from registry.identity.spid import clean_spid, grouped
from registry.models import Merge, Person
from registry.persons.households import household_of


@dataclass(frozen=True, slots=True)
class EarlierNumber:
    spid: str
    leads_to: str
    since: datetime
    merge_id: int

    @property
    def words(self) -> str:
        return _(
            "SPID %(spid)s leads to SPID %(to)s since %(day)s: two records of one person became one."
        ) % {
            "spid": grouped(self.spid),
            "to": grouped(self.leads_to),
            "day": date_format(localtime(self.since), "SHORT_DATE_FORMAT"),
        }


def earlier_numbers(persons: Collection[int]) -> list[EarlierNumber]:
    """Of the records with these keys, the oldest first."""
    rows = Merge.objects.filter(merged__merged_into__in=persons, undone_at=None).order_by("at", "pk")
    return [
        EarlierNumber(spid, to, since, pk)
        for spid, to, since, pk in rows.values_list("merged__spid", "merged__merged_into__spid", "at", "pk")
    ]


def earlier_numbers_of(person: Person) -> list[EarlierNumber]:
    """The same for a page of the person: who lives in a household is looked for with it."""
    household = household_of(person)
    if household is not None and not getattr(household, "has_alias", True):
        return []
    return earlier_numbers([person.pk])


def why_found(query: str, persons: Collection[int]) -> str:
    """Why a search for a number brings a record with another one; "" where it does not."""
    spid = clean_spid(query)
    found = earlier_numbers(persons) if spid else []
    return next((one.words for one in found if one.spid == spid), "")
