"""When two records cannot be made one, and when it takes two people."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.merging.contract import PARTS, Changes, Pair, Part
from registry.merging.fields import how_checked
from registry.merging.homes import (
    KEPT_HOME,
    current_membership,
    home_or_kept,
    level_passes_from,
    why_not_live,
)
from registry.merging.records import PERSONS
from registry.models import Household, Membership, Person


def pair_of(kept: Person, merged: Person) -> Pair:
    lives = Membership.objects.current().filter(person__in=(kept, merged))
    households = sorted(set(lives.values_list("household", flat=True)))
    return Pair(kept.pk, merged.pk, tuple(households))


def why_not(kept: Person, merged: Person, home: Household | None, leaving: Collection[int] = ()) -> Label:
    """In words for a steward; "" where they can be made one. ``leaving``: who leaves their household
    before."""
    if kept.pk == merged.pk:
        return _("This is one record.")
    if kept.merged_into_id or merged.merged_into_id:
        return _("One of the two is an alias of another record already.")
    if (kept.died_on is None) != (merged.died_on is None):
        return _(
            "One of the two is recorded as dead, the other one lives. First have the death recorded of the "
            "other one too, or undone."
        )
    return why_not_live(kept, merged, home, leaving)


def needs_second_person(kept: Person, merged: Person, home: Household | None = KEPT_HOME) -> bool:
    return bool(why_second_person(kept, merged, home))


def why_second_person(kept: Person, merged: Person, home: Household | None = KEPT_HOME) -> list[Label]:
    """What would be somebody else's, were they two persons after all: whichever record has it, and whoever
    gets it."""
    home = home_or_kept(home, kept, merged)
    own = current_membership(kept)
    # The number on record opens the record, which the other SPID leads to as well.
    phone = bool(kept.phone) and kept.phone != merged.phone
    touched = {
        _("an account"): bool(kept.account_id or merged.account_id),
        **{part.kind: _has_rows(part, kept, merged) for part in PARTS.values() if part.second_person},
        _("a phone number that only one of the records has"): phone,
        _("the household, which is not that of the record that remains"): home != (own and own.household),
        _("a poverty level that passes"): level_passes_from(kept, merged, home) is not None,
        _("what was checked of the other record"): how_checked(merged) > how_checked(kept),
    }
    return [words for words, is_touched in touched.items() if is_touched]


def _has_rows(part: Part, *persons: Person) -> bool:
    return part.model._default_manager.filter(part.of_persons(*(one.pk for one in persons))).exists()


def needs_second_person_to_undo(changes: Mapping[str, Changes], moved: Collection[str]) -> bool:
    """``moved``: the keys of what came since and goes to the record that is one of its own again."""
    guarded = [one.name for one in PARTS.values() if one.second_person]
    by_merge = any(_differs(change) for name in guarded for change in changes.get(name, {}).values())
    accounts = any(
        before and after and before["account_id"] != after["account_id"]
        for before, after in changes[PERSONS.name].values()
    )
    kinds = {key.split(":")[0] for key in moved}
    opens = {f"{PERSONS.name}:{one}" for one in ("account", "phone")}
    return by_merge or accounts or bool(kinds & {*guarded}) or bool(opens & {*moved})


def _differs(change: Any) -> bool:
    before, after = change
    return bool(before != after)
