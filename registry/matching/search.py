"""Who of the registry may be the same person as somebody who comes in, or is registered already."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from dsp_platform.database.arrays import array, text_array
from registry.matching.features import Features
from registry.matching.keys import keys_of
from registry.matching.records import Match, MatchRecord
from registry.matching.scoring import match, may_match
from registry.matching.stored import completed, records_by_columns
from registry.models import DuplicateCase

MOST_PER_DOCUMENT = 50
"""More people than share a book are named by a number that somebody made up."""

# Those who have a key or a document in common. The records that remained after a merge only: asked outside,
# because the planner takes "not merged" for rare where the table was just filled, and then goes through all
# persons for each who is looked for.
_CANDIDATES = """
    SELECT wanted.place, person.id, false
    FROM ({keys}) AS wanted CROSS JOIN LATERAL (
        SELECT id, merged_into_id FROM registry_person WHERE match_keys && wanted.keys OFFSET 0
    ) person
    WHERE person.merged_into_id IS NULL
    UNION ALL
    SELECT wanted.place, person.id, true
    FROM ({documents}) AS wanted CROSS JOIN LATERAL (
        SELECT person_id FROM registry_identitydocument WHERE digest = wanted.digest LIMIT %(most)s
    ) document
    CROSS JOIN LATERAL (
        SELECT id, merged_into_id FROM registry_person WHERE id = document.person_id OFFSET 0
    ) person
    WHERE person.merged_into_id IS NULL
"""
_KEYS = """
    SELECT place, keys::bigint[] AS keys
    FROM unnest(%(places)s::int[], %(keys)s::text[]) AS given (place, keys)
"""
_DOCUMENTS = """
    SELECT place, decode(digest, 'hex') AS digest
    FROM unnest(%(document_places)s::int[], %(digests)s::text[]) AS given (place, digest)
"""


def matches_of(records: Sequence[MatchRecord]) -> list[list[Match]]:
    """For each record, who is certainly or likely the same person, the best first.

    Of the living and the dead, but not of records that were merged into another. A pair that was decided to
    be two persons is left out.
    """
    features = [Features(record) for record in records]
    candidates = candidates_of(
        [keys_of(one) for one in features],
        [[digest for _type, digest in one.documents] for one in features],
    )
    found = matches_among(candidates, dict(enumerate(features)))
    return [found.get(place, []) for place in range(len(features))]


Candidates = Mapping[int, Mapping[int, bool]]
"""By place in the list and key of the person, whether a document is the same."""


def candidates_of(
    keys: Sequence[Collection[int]], documents: Sequence[Collection[bytes]]
) -> dict[int, dict[int, bool]]:
    """``Candidates`` for records with these keys (``keys_of``) and digests."""
    numbers = [(place, digest) for place, digests in enumerate(documents) for digest in digests]
    return candidates_by(
        _KEYS,
        _DOCUMENTS,
        {
            "places": array(range(len(keys))),
            "keys": text_array(map(array, keys)),
            "document_places": array(place for place, _digest in numbers),
            "digests": array(digest.hex() for _place, digest in numbers),
        },
    )


def candidates_by(keys: str, documents: str, parameters: Mapping[str, Any]) -> dict[int, dict[int, bool]]:
    """The same for what two queries find: ``place`` and ``keys``, ``place`` and ``digest``."""
    found: dict[int, dict[int, bool]] = defaultdict(dict)
    statement = _CANDIDATES.format(keys=keys, documents=documents)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, "most": MOST_PER_DOCUMENT})
        for place, person, by_document in cursor.fetchall():
            found[place][person] = found[place].get(person, False) or by_document
    return found


def matches_among(candidates: Candidates, features: Mapping[int, Features]) -> dict[int, list[Match]]:
    """By place, as ``matches_of``; ``features`` of at least those who have candidates."""
    decided = _decided({pk for place in candidates if (pk := features[place].record.person_id)})
    records_found = records_by_columns({pk for found in candidates.values() for pk in found})
    at_first_sight = {pk: Features(record) for pk, record in records_found.items()}
    left = {
        place: [
            pk
            for pk, by_document in found.items()
            if pk in at_first_sight
            and pk != features[place].record.person_id
            and pk not in decided[features[place].record.person_id or 0]
            and (by_document or may_match(features[place], at_first_sight[pk]))
        ]
        for place, found in candidates.items()
    }
    remaining = completed({pk: records_found[pk] for found in left.values() for pk in found})
    known = {pk: Features(record) for pk, record in remaining.items()}
    return {
        place: sorted(
            filter(None, (match(features[place], known[pk]) for pk in found)),
            key=lambda each: (-each.weight, each.person_id),
        )
        for place, found in left.items()
    }


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
