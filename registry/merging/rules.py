"""When two records cannot be made one, and when it takes two people."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.merging.consents import passing, stricter_codes
from registry.merging.contract import PARTS, Pair, Part
from registry.merging.fields import how_checked
from registry.merging.homes import (
    KEPT_HOME,
    current_membership,
    home_or_kept,
    level_passes_from,
    why_not_live,
)
from registry.merging.records import document_doubled
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
    # The number on record opens whatever both say. The other one is not taken over, but whoever holds it has
    # a call on the record that its SPID leads to.
    phone = kept.phone != merged.phone
    touched = {
        _("an account"): bool(kept.account_id or merged.account_id),
        **{part.kind: _has_rows(part, kept, merged) for part in PARTS.values() if part.second_person},
        _("a phone number that only one of the records has"): phone,
        _("an identity document that passes to the record that remains"): _document_passes(kept, merged),
        _("the household, which is not that of the record that remains"): home != (own and own.household),
        _("a poverty level that passes"): level_passes_from(kept, merged, home) is not None,
        _("a consent that passes"): bool(passing(kept, merged, home)),
        # It was theirs who live there, and applications of theirs rest on it.
        _("a consent that ends"): bool(stricter_codes(home, pair_of(kept, merged).households)),
        _("what was checked of the other record"): how_checked(merged) > how_checked(kept),
    }
    return [words for words, is_touched in touched.items() if is_touched]


def _has_rows(part: Part, *persons: Person) -> bool:
    return part.model._default_manager.filter(part.of_persons(*(one.pk for one in persons))).exists()


def _document_passes(kept: Person, merged: Person) -> bool:
    """Whoever shows it at a counter is taken for whom the record that remains is about."""
    return any(not document_doubled(one, kept) for one in merged.documents.all())
