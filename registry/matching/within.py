"""Who may be one person among records of one list, without a database: a file, or a population made up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from registry.matching.features import Features
from registry.matching.keys import keys_of
from registry.matching.records import Match, MatchRecord
from registry.matching.scoring import Background, match

MOST_PER_KEY = 200
"""A key that more have finds nobody: it is a name and village of a whole clan, or a value made up."""

Key = int | tuple[str, bytes]


def pairs_within(
    records: Sequence[MatchRecord], background: Background | None = None
) -> list[tuple[int, int, Match]]:
    """By their places in the list, the earlier first. ``Match.person_id`` is of the later one.

    Names are as frequent as in the list itself, unless a background is given.
    """
    features = [Features(record) for record in records]
    background = background or Background.of(features)
    found = []
    for first, second in _candidates(features):
        match_found = match(features[first], features[second], background)
        if match_found:
            found.append((first, second, match_found))
    return found


def _candidates(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """Each pair once."""
    buckets: dict[Key, list[int]] = defaultdict(list)
    keys: list[list[Key]] = []
    for place, one in enumerate(features):
        own: list[Key] = [*keys_of(one), *one.documents]
        keys.append(own)
        for key in own:
            buckets[key].append(place)
    for place, own in enumerate(keys):
        lists = (buckets[key] for key in own if 1 < len(buckets[key]) <= MOST_PER_KEY)
        yield from ((other, place) for other in set(chain.from_iterable(lists)) if other < place)
