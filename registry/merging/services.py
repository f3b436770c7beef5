"""Two records of one person become one: the other one's SPID is an alias from then on, everywhere."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import InConflict, Overtaken
from dsp_platform.database.history_context import history_context
from registry.errors import MergeRefused, SecondPersonNeeded
from registry.merging.concerned import conflict
from registry.merging.consents import ending, give_again, passing, stricter_codes, withdraw_for_stricter
from registry.merging.contract import PARTS, Pair, Side, changes_between, lock_what_is_decided, snapshot
from registry.merging.fields import merged_values
from registry.merging.homes import KEPT_HOME, home_or_kept, move_home, situation_in, what_cannot_be
from registry.merging.notices import numbers_to_tell, tell
from registry.merging.records import document_doubled
from registry.merging.rules import needs_second_person, pair_of, why_not
from registry.models import Household, Merge, Person
from registry.persons.writer import PersonWriter, await_match, lock_households, lock_persons
from registry.records.merged import touch_merged


@transaction.atomic
def merge(
    *,
    kept: Person,
    merged: Person,
    actor: User,
    approved_by: User | None = None,
    home: Household | None = KEPT_HOME,
    values: Mapping[str, Side] | None = None,
    note: str = "",
) -> Merge:
    """``values``: by detail (``fields.DETAILS``), whose is right; what is not named is as suggested by
    ``fields.differences``. ``home``: the household that remains of two. ``note``: why, for the case.

    Raises ``MergeRefused`` (with words), ``SecondPersonNeeded``, ``InConflict``, and ``Overtaken`` where one
    of the two moved meanwhile.
    """
    if not (actor.is_active and actor.is_steward):
        raise PermissionDenied("stewards decide about doubles")
    pair, kept, merged = locked(kept, merged)
    home = home_or_kept(home, kept, merged)
    if words := why_not(kept, merged, home):
        raise MergeRefused(words)
    if home is not None and home.pk not in pair.households:
        raise MergeRefused(_("Neither of the two lives in this household."))
    for one in filter(None, (actor, approved_by)):
        if words := conflict(one, pair):
            raise InConflict(words)
    if needs_second_person(kept, merged, home) and (approved_by is None or approved_by == actor):
        raise SecondPersonNeeded
    told, before = numbers_to_tell(kept, merged), snapshot(pair)
    ends = ending(kept, merged, home) or stricter_codes(home, pair.households)
    template = "records_merged_consents" if ends else "records_merged"
    lived = situation_in(home, kept, merged)
    with history_context("merge", actor=actor, kept=str(kept.pk), merged=str(merged.pk)):
        _make_one(pair, kept, merged, home, values or {}, actor)
        if words := what_cannot_be(lived, situation_in(home, kept, merged)):
            raise MergeRefused(words)
    done = Merge.objects.create(
        kept=kept,
        merged=merged,
        snapshot={
            "households": pair.households,
            "parts": changes_between(before, snapshot(pair)),
        },
        decided_by=actor,
        approved_by=approved_by,
    )
    for part in PARTS.values():
        part.made_one(pair, actor, note)
    await_match([kept.pk])
    for subject in (kept, merged):
        audit.record(
            actor=actor,
            action="merge",
            subject_kind="person",
            subject_id=subject.pk,
            details={"merge": done.pk, "approved_by": approved_by.pk if approved_by else None},
        )
    tell(told, template, kept)
    return done


def locked(kept: Person, merged: Person) -> tuple[Pair, Person, Person]:
    """What is decided before households, households before persons, each by ascending key. Raises
    ``Overtaken``."""
    pair = pair_of(kept, merged)
    lock_what_is_decided(pair)
    lock_households(pair.households)
    aliases = Person.objects.filter(merged_into__in=(kept, merged)).values_list("pk", flat=True)
    rows = lock_persons({kept.pk, merged.pk, *aliases})
    kept, merged = rows[kept.pk], rows[merged.pk]
    if pair_of(kept, merged) != pair:
        raise Overtaken(_("One of the two has moved meanwhile. Look at both again."))
    return pair, kept, merged


def _make_one(
    pair: Pair,
    kept: Person,
    merged: Person,
    home: Household | None,
    chosen: Mapping[str, Side],
    actor: User,
) -> None:
    given = merged_values(kept, merged, chosen)
    stricter, passed = stricter_codes(home, pair.households), passing(kept, merged, home)
    with PersonWriter(actor=actor) as writer:
        writer.update_person(merged, merged_into=kept)
        # A chain is never longer than one step: every alias leads to the record that remains.
        for alias in Person.objects.filter(merged_into=merged).order_by("pk"):
            writer.update_person(alias, merged_into=kept)
        move_home(writer, kept, merged, home)
        if home is not None:
            for consent in passed:
                give_again(consent, home.pk, kept.pk)
        if given:
            writer.update_person(kept, **given)
        until_death = kept.memberships.filter(ended_by_death=True).exists()
        for membership in merged.memberships.select_related("household").order_by("pk"):
            if not (membership.ended_by_death and until_death):
                writer.update_membership(membership, person=kept)
        for document in merged.documents.order_by("pk"):
            if not document_doubled(document, kept):
                writer.move_document(document, kept)
    for part in PARTS.values():
        part.move(pair)
    if home is not None and stricter:
        withdraw_for_stricter(household=home, operator_codes=stricter, actor=actor)
    touch_merged(kept, merged)
