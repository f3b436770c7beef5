"""Who of the registry may be the same person as somebody who comes in, or is registered already."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Q

from dsp_platform.database.arrays import array, text_array
from registry.matching.features import Features
from registry.matching.keys import keys_of
from registry.matching.records import Match, MatchRecord
from registry.matching.scoring import match, may_match
from registry.matching.stored import columns_of, completed
from registry.models import DuplicateCase

MOST_PER_DOCUMENT = 50
"""More people than share a book are named by a number that somebody made up."""

# Those who have a key or a document in common. The records that remained after a merge only: asked outside,
# because the planner takes "not merged" for rare where the table was just filled, and then goes through all
# persons for each who is looked for.
_CANDIDATES = """
    SELECT wanted.place, person.id, false
    FROM unnest(%(places)s::int[], %(keys)s::text[]) AS wanted (place, keys)
    CROSS JOIN LATERAL (
        SELECT id, merged_into_id FROM registry_person
        WHERE match_keys && wanted.keys::bigint[] OFFSET 0
    ) person
    WHERE person.merged_into_id IS NULL
    UNION ALL
    SELECT wanted.place, person.id, true
    FROM unnest(%(document_places)s::int[], %(digests)s::text[]) AS wanted (place, digest)
    CROSS JOIN LATERAL (
        SELECT person_id FROM registry_identitydocument
        WHERE digest = decode(wanted.digest, 'hex') LIMIT %(most)s
    ) document
    CROSS JOIN LATERAL (
        SELECT id, merged_into_id FROM registry_person WHERE id = document.person_id OFFSET 0
    ) person
    WHERE person.merged_into_id IS NULL
"""


def matches_of(records: Sequence[MatchRecord]) -> list[list[Match]]:
    """For each record, who is certainly or likely the same person, the best first.

    Of the living and the dead, but not of records that were merged into another. A pair that was decided to
    be two persons is left out.
    """
    features = [Features(record) for record in records]
    return matches_of_features(features, [keys_of(one) for one in features])


def matches_of_features(features: Sequence[Features], keys: Sequence[Collection[int]]) -> list[list[Match]]:
    """``matches_of`` records whose features are known, and whose keys (``keys_of``)."""
    candidates = _candidates(features, keys)
    decided = _decided({one.record.person_id for one in features if one.record.person_id})
    records_found = columns_of({pk for found in candidates.values() for pk in found})
    at_first_sight = {pk: Features(record) for pk, record in records_found.items()}
    left = [
        [
            pk
            for pk, by_document in candidates[place].items()
            if pk in at_first_sight
            and pk != one.record.person_id
            and pk not in decided[one.record.person_id or 0]
            and (by_document or may_match(one, at_first_sight[pk]))
        ]
        for place, one in enumerate(features)
    ]
    remaining = completed({pk: records_found[pk] for found in left for pk in found})
    known = {pk: Features(record) for pk, record in remaining.items()}
    return [
        sorted(
            filter(None, (match(one, known[pk]) for pk in found)),
            key=lambda each: (-each.weight, each.person_id),
        )
        for one, found in zip(features, left, strict=True)
    ]


def _candidates(features: Sequence[Features], keys: Sequence[Collection[int]]) -> dict[int, dict[int, bool]]:
    """By place in the list and key of the person, whether a document is the same."""
    found: dict[int, dict[int, bool]] = defaultdict(dict)
    documents = [(place, digest) for place, one in enumerate(features) for _type, digest in one.documents]
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "places": array(range(len(features))),
                "keys": text_array(map(array, keys)),
                "document_places": array(place for place, _digest in documents),
                "most": MOST_PER_DOCUMENT,
                "digests": array(digest.hex() for _place, digest in documents),
            },
        )
        for place, person, by_document in cursor.fetchall():
            found[place][person] = found[place].get(person, False) or by_document
    return found


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
