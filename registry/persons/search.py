"""Finding persons by what somebody knows of them: a number, a phone, or a name in either script.

Each way to find somebody is a look-up of its own in an index, and reads at most ``WINDOW`` rows. One
condition for all of them (OR) would read every row, and sorting by nearness every row of a common surname.
"""

from collections.abc import Collection, Iterable, Iterator

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Case, F, Func, QuerySet, Value, When

from dsp_platform.accounts.models import User
from dsp_platform.accounts.phones.numbers import parse_phone
from dsp_platform.database.nearness import is_key, is_spelled, rank, spelling, starts_spelled, starts_with_key
from dsp_platform.khmer.text import clean, search_key
from registry.areas.selectors import areas_found_by, areas_named
from registry.identity.documents import document_digest
from registry.identity.spid import clean_spid
from registry.matching.keys import name_keys_in
from registry.matching.records import MatchRecord
from registry.models import Area, IdentityDocument, Membership, Person
from registry.models.person_columns import KHMER_NAME, LATIN_NAME, NAME_KEYS
from registry.persons.query_kinds import QueryKind, household_number, kinds_of
from registry.persons.scope import person_condition

MOST = 20
"""Persons that a search shows."""
WINDOW = 200
"""Rows that one look-up by a name reads: the nearest of them are shown."""
SPID, PHONE, NAME = "spid", "phone", "name"
SHORTEST = 3
"""Characters of the beginning of a name; fewer are compared with whole names only."""
NAMED = {QueryKind.KHMER_NAME, QueryKind.LATIN_NAME}
_NAMES = tuple(
    columns
    for family, given in (KHMER_NAME, LATIN_NAME)
    for columns in ((family, given), (given, family), (family,), (given,))
)


def is_number(query: str) -> bool:
    """Whether it can be an SPID or the number of a document."""
    return bool([*_of_number(query)])


def is_searchable(query: str) -> bool:
    """Not for what can be no number and no name."""
    return bool(kinds_of(query))


def is_enough(query: str) -> bool:
    """Whether nobody found by it says that nobody is there: not one or two letters, which find whole names
    only."""
    return is_searchable(query) and len(spelling(clean(query))) >= SHORTEST


def persons_of_number(query: str) -> list[int]:
    """Whose SPID, also as an alias, or number of a document it is."""
    return _keys(_of_number(query))


def persons_among(seen: QuerySet[Person], query: str, *, by: Collection[str]) -> list[int]:
    """Keys of those of these persons, at most ``WINDOW`` of each look-up.

    ``by``: what they may be looked for by: ``SPID``, ``PHONE``, ``NAME``."""
    lookups: list[QuerySet] = []
    if SPID in by and clean_spid(query):
        lookups += _of_number(query)
    if PHONE in by:
        lookups += of_phone(query)
    exact = _keys(lookups)
    named = _keys([*_named_in(seen, query, None)]) if NAME in by and not clean_spid(query) else []
    return [*seen.filter(pk__in=exact).values_list("pk", flat=True), *named]


def found_persons(user: User, query: str, place: str = "") -> list[Person]:
    """At most ``MOST`` of those living whom the user may see, nearest first.

    ``place``: words of the village, commune or district in which whoever is found by a name lives. Those of a
    place with just this name come first.
    """
    seen, place = Person.objects.current().filter(person_condition(user)), clean(place)
    own = [*areas_named(place, _within(user)).values_list("code", flat=True)] if place else []
    named = _named_somewhere(user, seen, query, place, own) if NAMED & {*kinds_of(query)} else []
    keys = _keys([*_of_number(query), *of_phone(query), *_of_household(query), *named])
    found = seen.filter(pk__in=keys).select_related("village")
    return list(_nearest_first(found, query, own)[:MOST])


def in_order_of(found: list[Person], rows: QuerySet[Person]) -> QuerySet[Person]:
    """Of the rows those that were found, in the order in which they were."""
    if not found:
        return rows.none()
    place = Case(*(When(pk=one.pk, then=number) for number, one in enumerate(found)))
    return rows.filter(pk__in=[one.pk for one in found]).order_by(place)


def _named_somewhere(
    user: User, seen: QuerySet[Person], query: str, place: str, own: Collection[str]
) -> list[QuerySet]:
    """``own``: villages of just that name, looked through first: those of the others may be too many."""
    villages = villages_of(user, place) if user.is_official or place else None
    others = None if villages is None else [code for code in villages if code not in own]
    found = [*_named_in(seen, query, own)] if own else []
    return found if others == [] else [*found, *_named_in(seen, query, others)]


def _named_in(seen: QuerySet[Person], query: str, villages: Collection[str] | None) -> Iterator[QuerySet]:
    if villages is not None:
        seen = seen.filter(village__in=villages)
    yield from _named(seen, query)
    if near := _near_keys(query, villages):
        # In an order that no index has: for the first rows of any, PostgreSQL would read the table.
        called_so = seen.filter(_has_a_key(near)).order_by(F("pk") + 0)
        yield called_so.values_list("pk")[:WINDOW]


def _nearest_first(persons: QuerySet[Person], query: str, own: Collection[str]) -> QuerySet[Person]:
    """Those of these villages, where any are named; then whose name is what was typed, before other spellings
    of it and longer names."""
    key = search_key(query)
    order = rank(
        is_spelled([clean(query)], *_NAMES),
        is_key([key], *NAME_KEYS),
        starts_spelled([clean(query)], *_NAMES),
    )
    here = Case(When(village__in=own, then=0), default=1) if own else Value(1)
    return persons.alias(here=here, rank=order).order_by("here", "rank", "name_key", "pk")


def _of_number(query: str) -> Iterator[QuerySet]:
    if spid := clean_spid(query):
        named = Person.objects.filter(spid=spid)
        yield named.values_list("pk")
        yield named.exclude(merged_into=None).values_list("merged_into")
    elif QueryKind.DOCUMENT in kinds_of(query):
        digests = [document_digest(kind, query) for kind in IdentityDocument.Type.values]
        yield IdentityDocument.objects.filter(digest__in=digests).values_list("person")


def of_phone(query: str) -> Iterator[QuerySet]:
    """The look-up of the keys of those who have this number; none where it is no number."""
    if QueryKind.PHONE in kinds_of(query):
        yield Person.objects.filter(phone=parse_phone(query)).values_list("pk")[:WINDOW]


def _of_household(query: str) -> Iterator[QuerySet]:
    if number := household_number(query):
        members = Membership.objects.current().filter(household__number=number)
        yield members.values_list("person")


def _named(persons: QuerySet[Person], query: str) -> Iterator[QuerySet]:
    key = search_key(query)
    if not key or key.isdecimal():
        return
    is_whole = len(spelling(clean(query))) < SHORTEST
    for column in NAME_KEYS:
        named = persons.filter(is_key([key], column) if is_whole else starts_with_key([key], column))
        yield named.order_by(column).values_list("pk")[:WINDOW]


def _has_a_key(keys: list[int]) -> Func:
    """PostgreSQL is not shown the keys before it plans: it would add up how frequent each may be, and read
    every row for many."""
    hidden = Func(Value(keys, ArrayField(BigIntegerField())), template="(SELECT %(expressions)s)")
    return Func(
        F("match_keys"), hidden, template="%(expressions)s", arg_joiner=" && ", output_field=BooleanField()
    )


def _near_keys(query: str, villages: Collection[str] | None) -> list[int]:
    """Of the matching of records, which compares names by their sound. Of a name in one word in the villages
    only: in the whole country too many are called so."""
    family, _space, given = clean(query).rpartition(" ")
    if len(spelling(query)) < SHORTEST or (villages is None and not family):
        return []
    record = MatchRecord(family_name=family, given_name=given, villages=frozenset(villages or ()))
    return name_keys_in(record)


def villages_of(user: User, place: str = "") -> list[str]:
    """By code, where the user looks. They are looked up village by village: by the beginning of their codes
    PostgreSQL would read all who live in the commune, or that are named so in the country."""
    found = areas_found_by(place, _within(user)) if place else _within(user).order_by("code")
    return list(found.values_list("code", flat=True))


def _within(user: User) -> QuerySet[Area]:
    return Area.objects.filter(code__startswith=user.area_code if user.is_official else "")


def _keys(lookups: Iterable[QuerySet]) -> list[int]:
    """In one statement."""
    parts = [*lookups]
    return [pk for (pk,) in parts[0].union(*parts[1:], all=True)] if parts else []
