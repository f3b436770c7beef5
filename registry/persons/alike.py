"""Whether somebody who is entered is registered already: whom an official is asked about at the counter, and
what a citizen is told.

Those of the official's own area are shown. Of anybody else only the commune is told, which is counted: who
types names and dates of birth would otherwise learn where people live. A citizen is told of what they prove
only, because a name and a date of birth are known to many (docs/explanation/threats.md).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db import transaction

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.encryption import crypto
from registry.errors import AlreadyRegistered, SomebodyAlike, TooManyLookups
from registry.matching.features import companion_key
from registry.matching.records import Match, MatchRecord, Outcome
from registry.matching.search import matches_of
from registry.matching.stored import record_of
from registry.models import Area, Person
from registry.persons import lookups
from registry.persons.recognition import MemberEntry
from registry.persons.scope import COMMUNE, in_area
from registry.persons.selectors import persons_visible_to

MOST = 5
"""The best of those who are alike."""


class Alike(NamedTuple):
    """Somebody registered whom an official is asked about."""

    spid: str
    commune: str
    """Its code, where no more is told of them; empty for somebody of the official's area."""


def alike_to(
    record: MatchRecord,
    *,
    official: User,
    assisted_session: AssistedSession | None,
    apart: Collection[str] = (),
) -> list[Alike]:
    """Who may be the person who is entered, best first. ``apart``: SPIDs of those whom the official said to
    be somebody else. Beyond the limits of a day nobody of another area is told.
    """
    (found,) = matches_of([record])
    asked = _asked_about([one.person_id for one in found], official, apart)
    names = (record.family_name, record.given_name, record.latin_family_name, record.latin_given_name)
    if not _may_tell(asked, official, assisted_session, (*names, str(record.born))):
        asked = [one for one in asked if not one.commune]
    _log(asked, official)
    return asked


def told_alike(
    persons: Sequence[int], *, official: User, assisted_session: AssistedSession | None
) -> list[Alike]:
    """The same of those because of whom a registration was refused. Raises TooManyLookups where all of them
    live elsewhere and no more is told today."""
    asked = _asked_about(persons, official)
    if not _may_tell(asked, official, assisted_session, persons):
        asked = [one for one in asked if not one.commune]
        if not asked:
            raise TooManyLookups
    _log(asked, official)
    return asked


def shown(asked: Iterable[Alike], official: User) -> tuple[list[Person], list[Area]]:
    """The persons, and the communes of those of whom no more is told, as they are now."""
    asked = list(asked)
    here = [one.spid for one in asked if not one.commune]
    visible = {one.spid: one for one in persons_visible_to(official).filter(spid__in=here)}
    communes = Area.objects.filter(code__in={one.commune for one in asked if one.commune})
    return [visible[spid] for spid in here if spid in visible], list(communes)


def require_nobody_alike(
    members: Sequence[MemberEntry], actor: User, assisted_session: AssistedSession | None
) -> dict[int, list[Match]]:
    """Nobody is registered anew who is certainly registered already. An official is asked about whoever is
    as close, and says who is somebody else; a citizen is told of what they prove only. Everybody else who is
    alike is found after the registration, and a steward decides.

    A citizen is told at the end only: there a wrong guess registers somebody, so it is made once. Told as
    soon as it is typed, names could be tried all day against the record that has this phone number.

    Returns by place in the list whom each is like, but not, as the official said. Raises SomebodyAlike at the
    counter, AlreadyRegistered.
    """
    told: dict[int, list[Match]] = {}
    if not actor.is_citizen and assisted_session is None:
        return told
    records = records_of_entries(members, phone=(actor.phone or "") if actor.is_citizen else "")
    new = [index for index, entry in enumerate(members) if not entry.known]
    for index, found in zip(new, matches_of([records[index] for index in new]), strict=True):
        details = members[index].details
        if details.is_registered:
            raise AlreadyRegistered(member=index)
        if actor.is_citizen:
            same = {one.person_id: one for one in found if one.outcome == Outcome.SAME}
            persons = Person.objects.in_bulk(same)
            if any(_is_proved(same[pk], person, actor) for pk, person in persons.items()):
                raise AlreadyRegistered(member=index)
            continue
        apart = _keys_among(found, details.apart)
        if asked := [one.person_id for one in found if one.is_close and one.person_id not in apart]:
            raise SomebodyAlike(member=index, persons=asked)
        told[index] = [one for one in found if one.person_id in apart]
    return told


def _keys_among(found: Iterable[Match], spids: Collection[str]) -> set[int]:
    persons = Person.objects.filter(pk__in=[one.person_id for one in found], spid__in=spids)
    return set(persons.values_list("pk", flat=True)) if spids else set()


def records_of_entries(entries: Sequence[MemberEntry], *, phone: str = "") -> list[MatchRecord]:
    """Of each member of a household that is entered, with all that is known of them. ``phone``: proved by
    whoever enters them."""
    told = [one.details for one in entries]
    names = [
        companion_key(one.family_name, one.given_name, one.latin_family_name, one.latin_given_name)
        for one in told
    ]
    return [
        replace(
            record := record_of(entry.person),
            phones=record.phones | ({phone} - {""}),
            documents=frozenset({(entry.details.document_type, entry.digest)} if entry.digest else ()),
            household=frozenset(name for other, name in enumerate(names) if other != place),
        )
        for place, entry in enumerate(entries)
    ]


def _is_proved(found: Match, known: Person, account: User) -> bool:
    """Whether a citizen is told that this person is registered: they typed the number of a document of
    theirs, or their own phone, proved by a code, stands on the record."""
    return found.has_document or bool(account.phone and account.phone == known.phone)


def _asked_about(persons: Sequence[int], official: User, apart: Collection[str] = ()) -> list[Alike]:
    """``persons``: best first."""
    rows = Person.objects.in_bulk(persons)
    found = [rows[pk] for pk in persons if rows[pk].spid not in apart]
    return [Alike(one.spid, _where_told(one, official)) for one in found[:MOST]]


def _where_told(person: Person, official: User) -> str:
    is_here = in_area(official, person.village_id) and person.is_current
    return "" if is_here else person.village_id[:COMMUNE]


def _log(asked: Iterable[Alike], official: User) -> None:
    """Each of them reads that they were found."""
    persons = Person.objects.filter(spid__in=[one.spid for one in asked]).values_list("pk", flat=True)
    audit.record_listed(actor=official, subject_kind="person", subject_ids=persons)


def _may_tell(
    asked: Iterable[Alike], official: User, assisted_session: AssistedSession | None, typed: Iterable[object]
) -> bool:
    """Counts what is told of others than those of the area. What was told today is told again."""
    if not any(one.commune for one in asked):
        return True
    digest = crypto.digest("name told", *map(str, typed))
    with transaction.atomic():
        try:
            lookups.check_limit(account=official, assisted_session=assisted_session, kind=lookups.NAME)
        except TooManyLookups:
            return lookups.is_noted(official, lookups.NAME, digest)
        lookups.note(account=official, assisted_session=assisted_session, kind=lookups.NAME, numbers=[digest])
    return True
