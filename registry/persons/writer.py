"""Writes persons, households, memberships and identity documents. Imports do by the thousand, in
``bulk_writer`` and ``taking_back``, and a copy for training in ``registry.anonymising``; nobody else does.

What is written with one ``PersonWriter`` becomes one new version of each household concerned and of its
members, announced to the exchange once. Locks are taken in the same order everywhere, a household before its
members, which avoids deadlocks.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.background.workers import notify_on_commit
from dsp_platform.database.arrays import array
from dsp_platform.database.inserts import insert
from dsp_platform.database.references import new_reference, save_with_new_number
from dsp_platform.database.sqlstates import is_violation_of
from registry.errors import MergedMeanwhile
from registry.identity.documents import document_digest
from registry.identity.name_keys import name_keys
from registry.identity.spid import new_spid
from registry.life_events.events import tell
from registry.matching.keys import match_keys
from registry.matching.stored import record_of
from registry.models import ChangeRequest, Household, IdentityDocument, Membership, Person, lives_in
from registry.models.person_columns import COMPARED, NAME_KEYS, NAMES, columns_of
from registry.persons.announcing import announce_alone, announce_household, announce_households, announce_new
from registry.persons.households import home_now
from registry.persons.life_events import Happened
from registry.persons.origins import TOLD, with_values_of

# By which a person is found to be somebody's double, and by which of them candidates are found.
IDENTIFYING = {*COMPARED, "born"}
FOUND_BY = IDENTIFYING - {"sex"}
# What operators are not sent, so that it makes no new version.
NOT_SENT = {"account"}
# What is written of a record that became an alias of another.
MERGED_TOO = {"account", "account_id", "merged_into", "merged_into_id"}


class NumberTaken(Exception):
    """Another person holds a document of this type and number, which can be one person's only."""


def lock_households(keys: Collection[int]) -> dict[int, Household]:
    """The households as they are now, locked until the transaction ends; by ascending key."""
    rows = Household.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {household.pk: household for household in rows}


def lock_household(household: Household) -> Household:
    return lock_households([household.pk])[household.pk]


def lock_home(person: Person) -> None:
    """The household that the person lives in, where there is one."""
    if home := home_now(person):
        lock_household(home)


def lock_person(person: Person) -> Person:
    """The person as they are now, locked until the transaction ends; their household first."""
    lock_home(person)
    return lock_person_row(person)


def lock_persons(keys: Collection[int]) -> dict[int, Person]:
    """With their ``account``; by ascending key. For who has locked the households, or writes nothing that
    operators hold.
    """
    rows = Person.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    persons = {person.pk: person for person in rows.filter(pk__in=keys).order_by("pk")}
    for person in persons.values():
        if person.account_id and person.account is None:  # got it while we waited: joined with nobody
            del person._state.fields_cache["account"]
    return persons


def lock_person_row(person: Person) -> Person:
    return lock_persons([person.pk])[person.pk]


def bump_household(household: Household) -> None:
    """A new version of the household and, as their records carry its facts, of its members."""
    _bump([household.pk])
    announce_household(household)


def bump_households(households: Collection[int]) -> None:
    """The same for many at once; not for the followers, whose records carry no facts of the household."""
    _bump(households)
    announce_households(households)


def _bump(households: Collection[int]) -> None:
    Household.objects.filter(pk__in=households).update(version=F("version") + 1)
    members = Person.objects.filter(lives_in(households))
    members.update(version=F("version") + 1)


def bump_person(person: Person) -> None:
    """A new version of somebody who left every household: nobody's consent covers them any more."""
    Person.objects.filter(pk=person.pk).update(version=F("version") + 1)
    person.refresh_from_db(fields=["version"])
    announce_alone(person)


AWAIT_MATCH = """
INSERT INTO registry_awaitingmatch AS held (person_id, since, backlog)
SELECT id, now(), %s FROM unnest(%s::bigint[]) AS given (id) ORDER BY id
ON CONFLICT (person_id) DO UPDATE SET
    since = excluded.since, taken_until = NULL, backlog = held.backlog AND excluded.backlog
"""


def await_match(persons: Collection[int], *, backlog: bool = False) -> None:
    """They are compared with all others after the commit. Whoever is being compared at this moment is
    compared once more: what was read of them is out of date. ``backlog``: after all others."""
    if not persons:
        return
    with connection.cursor() as cursor:
        cursor.execute(AWAIT_MATCH, [backlog, array(set(persons))])
    notify_on_commit("matching.sweep", ["waiting"])


def set_values(person: Person, values: Mapping[str, Any]) -> list[str]:
    """Not saved. Returns the names of the columns set: with a name also its search keys, with what identifies
    a person also the keys of matching."""
    for field, value in values.items():
        setattr(person, field, value)
    columns = [*columns_of(values)]
    if values.keys() & FOUND_BY:
        person.match_keys = match_keys(record_of(person))
        columns.append("match_keys")
    if values.keys().isdisjoint(NAMES):
        return columns
    person.name_key, person.given_key = name_keys(person.family_name, person.given_name)
    person.latin_key, person.latin_given_key = name_keys(person.latin_family_name, person.latin_given_name)
    return [*columns, *NAME_KEYS]


def unsaved_person(values: Mapping[str, Any]) -> Person:
    """It gets its SPID when it is saved."""
    person = Person()
    set_values(person, values)
    return person


def alone(person: Person) -> list[Membership]:
    """In the place of the members, for somebody who lives in no household; not saved, related to nobody."""
    return [Membership(person=person)]


@dataclass(frozen=True, slots=True)
class NewMember:
    """Of a new household: a person saved before, or not saved yet. A document is its type and number."""

    person: Person
    relationship: str
    documents: Sequence[tuple[str, str]] = ()


class PersonWriter:
    """Writes within one transaction. At the end of the ``with`` block it tells all domains what happened in
    the lives of those written, then announces to operators what was written.

    The caller has locked the households, then the persons. Values and numbers are validated already.
    ``actor``, ``request``: who decided what is written, and the request that it was asked by.
    """

    def __init__(self, *, actor: User | None = None, request: ChangeRequest | None = None) -> None:
        self._happened = Happened(actor, request)
        self._households: set[int] = set()
        self._new_households: set[int] = set()
        self._of_new_people: dict[int, tuple[Household, Sequence[Person]]] = {}
        self._persons: dict[int, Person] = {}
        self._to_compare: set[int] = set()

    def __enter__(self) -> "PersonWriter":
        if not connection.in_atomic_block:
            raise RuntimeError("persons are written within the transaction that locked them")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        for event in self._happened.events():
            tell(event)
        self._announce()
        await_match(self._to_compare)

    def _announce(self) -> None:
        homes: dict[int, int] = {}
        if self._persons:
            lives = Membership.objects.current().filter(person__in=self._persons)
            homes = dict(lives.values_list("person", "household"))
        self._households.update(homes.values())
        if self._households:
            _bump(self._households - self._new_households)
            for household in Household.objects.filter(pk__in=self._households).order_by("pk"):
                announce_household(household)
        if untouched := self._of_new_people.keys() - self._households:
            announce_new([self._of_new_people[pk] for pk in sorted(untouched)])
        for person in self._persons.values():
            if person.pk not in homes:
                bump_person(person)

    def update_person(self, person: Person, *, origin: str = TOLD, **values: Any) -> None:
        """``origin``: the code of the import source that the values come from; empty for what people told.

        Raises MergedMeanwhile: a record that became an alias stays as it is.
        """
        is_alias = person.merged_into_id and values.get("merged_into_id", person.merged_into_id)
        if is_alias and not values.keys() <= MERGED_TOO:
            raise MergedMeanwhile
        self._happened.to_person(person, values)
        if any(getattr(person, field) != values[field] for field in IDENTIFYING & values.keys()):
            self._to_compare.add(person.pk)
        columns = set_values(person, values)
        origins = with_values_of(person.origins, origin, values)
        if origins != person.origins and "origins" not in values:
            person.origins = origins
            columns.append("origins")
        person.save(update_fields=columns)
        if not values.get("died", True):  # where they lived by then is not where they will live until death
            person.memberships.filter(ended_by_death=True).update(ended_by_death=False)
        if values.keys() - NOT_SENT:
            self._persons[person.pk] = person

    def update_household(self, household: Household, **values: Any) -> None:
        """With the household its members move. A poverty level without ``poverty_source`` was told here."""
        if "poverty_level" in values:
            values.setdefault("poverty_source", TOLD)
        self._happened.to_household(household, values)
        for field, value in values.items():
            setattr(household, field, value)
        household.save(update_fields=list(values))
        if "village_id" in values:
            members = household.memberships.current()
            movers = list(Person.objects.filter(pk__in=members.values("person")).order_by("pk"))
            for person in movers:
                set_values(person, {"village_id": household.village_id})
            Person.objects.bulk_update(movers, ["village", "match_keys"])
            self._to_compare.update(person.pk for person in movers)
        self._households.add(household.pk)

    def replace_document(self, person: Person, type: str, number: str) -> None:
        """In the place of an earlier one of that type. Raises NumberTaken, MergedMeanwhile."""
        if person.merged_into_id:
            raise MergedMeanwhile
        with _number_taken(), transaction.atomic():
            person.documents.filter(type=type).delete()
            _document(person, type, number).save(force_insert=True)
        self._persons[person.pk] = person
        self._to_compare.add(person.pk)

    def move_document(self, document: IdentityDocument, person: Person) -> None:
        """To another record of the same person, or back from it."""
        document.person = person
        document.save(update_fields=["person"])
        self._persons[person.pk] = person

    def add_person(self, person: Person, documents: Sequence[tuple[str, str]]) -> None:
        """Raises NumberTaken."""

        def save() -> None:
            person.spid = new_spid()
            person.save(force_insert=True)

        save_with_new_number(save, "registry_person_spid_key")
        self._happened.registered(person)
        with _number_taken(), transaction.atomic():
            IdentityDocument.objects.bulk_create(_document(person, *one) for one in documents)
        self._persons[person.pk] = person
        self._to_compare.add(person.pk)

    def add_membership(self, household: Household, person: Person, relationship: str) -> None:
        """From today on; the person then lives in the village of the household. Raises MergedMeanwhile."""
        if person.merged_into_id:
            raise MergedMeanwhile
        _membership(household, person, relationship).save(force_insert=True)
        self._happened.came(person, household)
        if person.village_id != household.village_id:
            self.update_person(person, village_id=household.village_id)
        self._households.add(household.pk)

    def update_membership(self, membership: Membership, **values: Any) -> None:
        """Where it ends in the block in which the death of its person was written, it ended by the death."""
        if values.get("ended_on"):
            self._happened.left(membership)
            values["ended_by_death"] = self._happened.died(membership.person_id)
        for field, value in values.items():
            setattr(membership, field, value)
        membership.save(update_fields=list(values))
        self._households.add(membership.household_id)
        self._persons[membership.person_id] = membership.person

    def take_back_membership(self, membership: Membership) -> None:
        """It was somebody else's, and never this person's."""
        household, person = membership.household_id, membership.person
        membership.delete()
        self._households.add(household)
        self._persons[person.pk] = person

    def add_household(self, *, village_id: str, address: str, members: Sequence[NewMember]) -> Household:
        """The head first. Raises NumberTaken, also where somebody else took a person into a household."""
        household = Household(village_id=village_id, address=address)
        new = [one.person for one in members if one.person.pk is None]
        known = [one.person for one in members if one.person.pk is not None]

        def save() -> None:
            household.pk, household.number = None, new_reference("H")
            for person in new:
                person.spid = new_spid()
            insert([household])
            insert(new)
            insert([_document(one.person, *given) for one in members for given in one.documents])
            insert([_membership(household, one.person, one.relationship) for one in members])

        with _number_taken():
            save_with_new_number(save, "registry_person_spid_key", "registry_household_number_key")
        self._new_households.add(household.pk)
        if known:
            Person.objects.filter(pk__in=[one.pk for one in known]).update(version=F("version") + 1)
            for person in known:
                self._happened.came(person, household, is_new=True)
            self._households.add(household.pk)
        else:
            self._of_new_people[household.pk] = household, new
        self._to_compare.update(person.pk for person in new)
        return household


def _document(person: Person, type: str, number: str) -> IdentityDocument:
    return IdentityDocument(person=person, type=type, number=number, digest=document_digest(type, number))


def _membership(household: Household, person: Person, relationship: str) -> Membership:
    today = timezone.localdate()
    return Membership(household=household, person=person, relationship=relationship, started_on=today)


@contextmanager
def _number_taken() -> Iterator[None]:
    """Around what is rolled back where it is."""
    try:
        yield
    except IntegrityError as error:
        if not is_violation_of(error, "document_number_once", "person_one_household"):
            raise
        raise NumberTaken from None
