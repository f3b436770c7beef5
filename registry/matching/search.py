"""Who of the registry may be the same person as somebody who comes in, or is registered already."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import connection
from django.db.models import Q

from registry.matching.features import Features
from registry.matching.keys import keys_of
from registry.matching.records import Match, MatchRecord
from registry.matching.scoring import match
from registry.matching.stored import records_of
from registry.models import DuplicateCase

# Those who have a key or a document in common. The records that remained after a merge only.
_CANDIDATES = """
    SELECT wanted.place, person.id
    FROM unnest(%(places)s::int[], %(keys)s::text[]) AS wanted (place, keys)
    JOIN registry_person person ON person.match_keys && wanted.keys::bigint[]
    WHERE person.merged_into_id IS NULL
    UNION
    SELECT wanted.place, person.id
    FROM unnest(%(document_places)s::int[], %(digests)s::bytea[]) AS wanted (place, digest)
    JOIN registry_identitydocument document ON document.digest = wanted.digest
    JOIN registry_person person ON person.id = document.person_id
    WHERE person.merged_into_id IS NULL
"""


def matches_of(records: Sequence[MatchRecord]) -> list[list[Match]]:
    """For each record, who is certainly or likely the same person, the best first.

    Of the living and the dead, but not of records that were merged into another. A pair that was decided to
    be two persons is left out.
    """
    features = [Features(record) for record in records]
    candidates = _candidates(features)
    decided = _decided({record.person_id for record in records if record.person_id})
    known = {
        pk: Features(record)
        for pk, record in records_of({pk for found in candidates.values() for pk in found}).items()
    }
    return [
        _best(one, candidates[place] - decided.get(one.record.person_id or 0, set()), known)
        for place, one in enumerate(features)
    ]


def _best(one: Features, candidates: Collection[int], known: Mapping[int, Features]) -> list[Match]:
    found = (match(one, known[pk]) for pk in candidates if pk != one.record.person_id and pk in known)
    return sorted(filter(None, found), key=lambda each: (-each.weight, each.person_id))


def _candidates(features: Sequence[Features]) -> dict[int, set[int]]:
    """By place in the list."""
    found: dict[int, set[int]] = defaultdict(set)
    documents = [(place, digest) for place, one in enumerate(features) for _type, digest in one.documents]
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "places": list(range(len(features))),
                "keys": [_array(keys_of(one)) for one in features],
                "document_places": [place for place, _digest in documents],
                "digests": [digest for _place, digest in documents],
            },
        )
        for place, person in cursor.fetchall():
            found[place].add(person)
    return found


def _array(numbers: Sequence[int]) -> str:
    """As PostgreSQL writes one: arrays of unlike lengths make no array of arrays."""
    return f"{{{','.join(map(str, numbers))}}}"


def _decided(persons: Collection[int]) -> dict[int, set[int]]:
    """Who was found to be another person than whom."""
    others: dict[int, set[int]] = defaultdict(set)
    if persons:
        different = DuplicateCase.objects.filter(state=DuplicateCase.State.DIFFERENT)
        pairs = different.filter(Q(first__in=persons) | Q(second__in=persons))
        for first, second in pairs.values_list("first", "second"):
            others[first].add(second)
            others[second].add(first)
    return others
