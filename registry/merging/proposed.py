"""Whom a proposal is about, and what is written of them, for the steward who approves or refuses it."""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.approval.contract import About
from dsp_platform.approval.models import Proposal
from dsp_platform.translations.label import Label
from registry.fields.table import FIELDS
from registry.merging.contract import Side, Undoing
from registry.merging.fields import DETAILS, columns_of_detail, detail_words, label_of, merged_values
from registry.merging.records import PERSONS
from registry.merging.side_by_side import persons_shown, rows_of
from registry.merging.snapshots import changes_of, lived_then, pair_then
from registry.merging.undoing import came_since, later_merges
from registry.merging.values import from_values
from registry.models import DuplicateCase, Membership, Merge, Person
from registry.persons.writer import PersonWriter

TEMPLATE = "admin/registry/merge/proposed.html"
REASON = "duplicate"


@dataclass(frozen=True, slots=True)
class Written:
    """A value of the record that remains, as it is and as it becomes."""

    label: Label
    now: str
    then: str


def about_merge(proposal: Proposal, kept: int, merged: int) -> About:
    sides = {detail: Side(side) for detail, side in proposal.payload["values"].items()}
    rows = _persons(kept, merged)
    shown = {
        "first": _("Record that remains"),
        "second": _("Record that becomes an alias"),
        "written": list(_written(*rows, sides)),
        "nothing": _("What the record that remains says stays as it is."),
    }
    return _about(*rows, shown)


def about_unmerge(proposal: Proposal) -> About:
    done = Merge.objects.select_related("decided_by").get(pk=proposal.subject)
    rows = _persons(done.kept_id, done.merged_id)
    whose = dict(zip(Side, rows, strict=True))
    assigned = proposal.payload["assigned"]
    shown = {
        "first": _("Record that remained"),
        "second": _("Record that is one of its own again"),
        "merge": done,
        "written": list(_put_back(done, rows[0])),
        "nothing": _("What the record that remained says stays as it is."),
        "came": [(one, whose[Side(assigned[one.key])]) for one in came_since(done) if one.key in assigned],
        "lived": list(_lived(done)),
    }
    return _about(*rows, shown)


def _persons(kept: int, merged: int) -> tuple[Person, Person]:
    rows = Person.objects.select_related("village", "registered_by").in_bulk([kept, merged])
    return rows[kept], rows[merged]


def _about(kept: Person, merged: Person, shown: Mapping[str, Any]) -> About:
    both = sorted((kept.pk, merged.pk))
    case = DuplicateCase.objects.filter(first=both[0], second=both[1]).first()
    context = {"rows": rows_of(kept, merged), "persons": [kept, merged], "case": case, **shown}
    return About(TEMPLATE, context, persons_shown(kept.pk, merged.pk), REASON)


def _written(kept: Person, merged: Person, chosen: Mapping[str, Side]) -> Iterator[Written]:
    given = merged_values(kept, merged, chosen)
    for detail, names in DETAILS.items():
        if any(name in given for name in names):
            yield Written(label_of(detail), detail_words(kept, detail), detail_words(merged, detail))
    if "verification" in given:
        yield _checked(kept, merged)


def _put_back(done: Merge, kept: Person) -> Iterator[Written]:
    """What the merge wrote and nobody has changed since."""
    undoing = Undoing(pair_then(done), PersonWriter(), done.decided_by, later=later_merges(done))
    change = changes_of(done)[PERSONS.name][str(kept.pk)]
    back = from_values(Person, PERSONS.to_put_back(str(kept.pk), kept, undoing, change))
    then = copy(kept)
    for column, value in back.items():
        setattr(then, column, value)
    for detail in DETAILS:
        if any(column in back for column in columns_of_detail(detail)):
            yield Written(label_of(detail), detail_words(kept, detail), detail_words(then, detail))
    if "verification" in back:
        yield _checked(kept, then)


def _checked(now: Person, after: Person) -> Written:
    return Written(
        FIELDS["verification"].label, *(str(one.get_verification_display()) for one in (now, after))
    )


def _lived(done: Merge) -> Iterator[tuple[Person, Membership]]:
    """In which household each lived when they were made one."""
    then = lived_then(done)
    rows = Membership.objects.select_related("household").in_bulk(then)
    persons = Person.objects.in_bulk([before["person_id"] for before in then.values()])
    for key, before in then.items():
        if key in rows:
            yield persons[before["person_id"]], rows[key]
