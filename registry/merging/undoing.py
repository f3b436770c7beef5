"""One record becomes two again: each has what it had, and of what came since, what is assigned to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.accounts.my_account import services as accounts
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import InConflict, Overtaken
from dsp_platform.database.history_context import history_context
from registry.errors import MergeRefused, NotAssigned, SecondPersonNeeded
from registry.merging.concerned import conflict
from registry.merging.contract import PARTS, Came, Changes, Pair, Side, Undoing, lock_what_is_decided
from registry.merging.fields import columns_of_detail, detail_words, label_of
from registry.merging.homes import others_in
from registry.merging.notices import numbers_to_tell, tell
from registry.merging.records import ACCOUNT, HOME, MEMBERSHIPS, PERSONS
from registry.merging.returning import Waiting, bring_home, note_not_returned, waiting_for
from registry.merging.snapshots import changes_of, pair_then
from registry.merging.values import values_of
from registry.models import Consent, Household, Membership, Merge, Person
from registry.persons.writer import PersonWriter, await_match, lock_households, lock_persons
from registry.records.merged import touch_merged


def later_merges(merge: Merge) -> list[Mapping[str, Changes]]:
    """Into the same record, and in force: what they brought is neither of the two's."""
    later = Merge.objects.filter(kept=merge.kept_id, undone_at=None, pk__gt=merge.pk).order_by("pk")
    return [changes_of(one) for one in later]


def came_since(merge: Merge) -> list[Came]:
    """What came after the merge: rows, details told since, and where the person went. Each is assigned to one
    of the two when it is undone; nothing is lost silently."""
    undoing = Undoing(pair_then(merge), PersonWriter(), merge.decided_by, later=later_merges(merge))
    return list(_came(undoing, changes_of(merge)))


def _came(undoing: Undoing, changes: Mapping[str, Changes]) -> Iterator[Came]:
    kept = Person.objects.get(pk=undoing.pair.kept)
    for detail in PERSONS.changed(undoing, changes[PERSONS.name]):
        key = f"{PERSONS.name}:{detail}"
        if detail == ACCOUNT:
            values = values_of(kept, ["account_id"])
            yield Came(key, gettext_lazy("account"), _("joined or taken off"), values)
        else:
            values = values_of(kept, columns_of_detail(detail))
            yield Came(key, label_of(detail), detail_words(kept, detail), values)
    if MEMBERSHIPS.left_since(undoing, changes[MEMBERSHIPS.name]):
        yield Came(f"{MEMBERSHIPS.name}:{HOME}", MEMBERSHIPS.kind, _("left the household"))
    for name, part in PARTS.items():
        if part.is_listed:
            for row in part.came(undoing, changes.get(name, {})):
                yield Came(part.key_of(row), part.kind, part.describe(row), values_of(row, part.all_columns))


def words_of(key: str) -> str:
    """What a key of ``came_since`` is about, without what it says: for whoever reads the proposal."""
    name, which = key.rsplit(":", 1)
    if name != PERSONS.name:
        return f"{PARTS[name].kind} {PARTS[name].named(which) if which != HOME else ''}".strip()
    return _("account") if which == ACCOUNT else str(label_of(which))


def why_not_undo(merge: Merge) -> str:
    """In words for a steward; "" where it can be undone."""
    if merge.undone_at is not None:
        return _("This was undone already.")
    if merge.kept.merged_into_id:
        return _("The record that remained has become an alias of another one since. Undo that first.")
    return ""


def needs_second_person_for(merge: Merge, assigned: Mapping[str, Side]) -> bool:
    """Whose a thing is that came since, no steward says alone, whatever it is and whichever of the two is
    said to have it: either may be the one to whom it does not belong."""
    return merge.approved_by_id is not None or bool(assigned)


@transaction.atomic
def unmerge(
    *,
    merge: Merge,
    actor: User,
    assigned: Mapping[str, Side] | None = None,
    approved_by: User | None = None,
    note: str = "",
) -> None:
    """``assigned``: by key of ``came_since``, whose each is. The pair is decided to be two persons; ``note``
    is kept with that.

    Raises ``NotAssigned`` where something is left out, ``MergeRefused``, ``SecondPersonNeeded``,
    ``InConflict``, ``Overtaken``.
    """
    if not (actor.is_active and actor.is_steward):
        raise PermissionDenied("stewards decide about doubles")
    merge, kept, merged, waiting = _locked(merge)
    if words := why_not_undo(merge):
        raise MergeRefused(words)
    for one in filter(None, (actor, approved_by)):
        if words := str(conflict(one, pair_then(merge))):
            raise InConflict(words)
    assigned = assigned or {}
    if {one.key for one in came_since(merge)} - assigned.keys():
        raise NotAssigned
    if needs_second_person_for(merge, assigned) and (approved_by is None or approved_by == actor):
        raise SecondPersonNeeded
    holders = _holders(kept, merged)
    with history_context("unmerge", actor=actor, kept=str(kept.pk), merged=str(merged.pk)):
        _make_two(merge, actor, assigned, waiting)
    rows = Person.objects.select_related("account").in_bulk([kept.pk, merged.pk])
    kept, merged = rows[kept.pk], rows[merged.pk]
    for account, whose in _holders(kept, merged).items():
        if holders.get(account) != whose:
            accounts.change_holder(account=User.objects.get(pk=account))
    Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now(), undone_by=actor)
    for part in PARTS.values():
        part.made_two(pair_then(merge), actor, note)
    await_match([kept.pk, merged.pk])
    for subject in (kept, merged):
        audit.record(
            actor=actor,
            action="unmerge",
            subject_kind="person",
            subject_id=subject.pk,
            details={"merge": merge.pk, "approved_by": approved_by.pk if approved_by else None},
        )
    touch_merged(kept, merged)
    tell(numbers_to_tell(kept, merged), "records_parted", kept)


def _locked(merge: Merge) -> tuple[Merge, Person, Person, list[Waiting]]:
    """Every household where either lived then or lives now, then the persons, then the merge; with whoever
    else comes back."""
    waiting = waiting_for(pair_then(merge))
    persons = (merge.kept_id, merge.merged_id)
    lives = Membership.objects.current().filter(person__in=persons).values_list("household", flat=True)
    paid = Household.objects.filter(payee__in=persons).values_list("pk", flat=True)
    agreed = Consent.objects.filter(given_by__in=persons, withdrawn_at=None).values_list(
        "household", flat=True
    )
    households = {*lives, *paid, *agreed, *merge.snapshot["households"]}
    households |= {one.membership.household_id for one in waiting}
    lock_what_is_decided(Pair(*persons, tuple(households)))
    lock_households(households)
    aliases = Person.objects.filter(merged_into=merge.kept_id).values_list("pk", flat=True)
    rows = lock_persons({*persons, *aliases, *(one.membership.person_id for one in waiting)})
    now = waiting_for(pair_then(merge))
    if {one.membership.pk for one in now} != {one.membership.pk for one in waiting}:
        raise Overtaken(_("One of the two has moved meanwhile. Look at both again."))
    locked = Merge.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=merge.pk)
    locked.kept, locked.merged = rows[merge.kept_id], rows[merge.merged_id]
    return locked, locked.kept, locked.merged, now


def _holders(*persons: Person) -> dict[int, int]:
    return {one.account_id: one.pk for one in persons if one.account_id is not None}


def _make_two(merge: Merge, actor: User, assigned: Mapping[str, Side], waiting: Sequence[Waiting]) -> None:
    pair, changes = pair_then(merge), changes_of(merge)
    with PersonWriter(actor=actor) as writer:
        undoing = Undoing(pair, writer, actor, assigned, later_merges(merge))
        # What a person had is theirs again before anything is said of it: an alias is written no more.
        for name, part in PARTS.items():
            part.restore(undoing, changes.get(name, {}))
        bring_home(undoing, waiting)
        _settle(writer, pair)
    note_not_returned(merge, undoing.not_returned)


def _settle(writer: PersonWriter, pair: Pair) -> None:
    """Whoever lives in a household lives in its village, which may have changed; who receives its money lives
    in it; and one that nobody came back to stays closed."""
    lives = Membership.objects.current().filter(person__in=(pair.kept, pair.merged))
    for membership in lives.select_related("person", "household"):
        person, village = membership.person, membership.household.village_id
        if person.village_id != village:
            writer.update_person(person, village_id=village)
    for household in Household.objects.filter(payee__in=pair.both).order_by("pk"):
        if not household.memberships.current().filter(person=household.payee_id).exists():
            writer.update_household(household, payee=None)
    for household in Household.objects.filter(pk__in=pair.households, closed_on=None).order_by("pk"):
        if not others_in(household):
            writer.update_household(household, closed_on=timezone.localdate(), payee=None)


def plain_assigned(assigned: Mapping[str, Any]) -> dict[str, Side]:
    """As a proposal or a form has it."""
    return {key: Side(value) for key, value in assigned.items()}
