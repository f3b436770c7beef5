"""When two records cannot be made one, and when it takes two people."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.merging.contract import PARTS, Changes, Pair
from registry.merging.homes import why_not_live
from registry.merging.records import PERSONS
from registry.models import Household, Membership, Person


def pair_of(kept: Person, merged: Person) -> Pair:
    lives = Membership.objects.filter(person__in=(kept, merged), ended_on=None)
    households = sorted(set(lives.values_list("household", flat=True)))
    return Pair(kept.pk, merged.pk, tuple(households))


def why_not(kept: Person, merged: Person, home: Household | None) -> Label:
    """In words for a steward; "" where they can be made one."""
    if kept.pk == merged.pk:
        return _("This is one record.")
    if kept.merged_into_id or merged.merged_into_id:
        return _("One of the two is an alias of another record already.")
    if (kept.died_on is None) != (merged.died_on is None):
        return _(
            "One of the two is recorded as dead, the other one lives. First have the death recorded of the "
            "other one too, or undone."
        )
    return why_not_live(kept, merged, home)


def needs_second_person(kept: Person, merged: Person) -> bool:
    """Where the record that becomes an alias has an account, or either's supports may be concerned."""
    parts = [one for one in PARTS.values() if one.second_person]
    return merged.account_id is not None or any(
        one.model._default_manager.filter(one.of_persons(merged.pk)).exists() for one in parts
    )


def needs_second_person_to_undo(changes: Mapping[str, Changes], moved: Collection[str]) -> bool:
    """``moved``: the keys of what came since and goes to the record that is one of its own again."""
    guarded = [one.name for one in PARTS.values() if one.second_person]
    by_merge = any(_differs(change) for name in guarded for change in changes.get(name, {}).values())
    accounts = any(
        before and after and before["account_id"] != after["account_id"]
        for before, after in changes[PERSONS.name].values()
    )
    kinds = {key.split(":")[0] for key in moved}
    return by_merge or accounts or bool(kinds & {*guarded}) or f"{PERSONS.name}:account" in moved


def _differs(change: Any) -> bool:
    before, after = change
    return bool(before != after)
