"""Who may be one person among the records of one list: here without a database. An import compares the rows
of its file by the same rules (``imports/comparing/comparing.py``)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from registry.matching.background import ENOUGH, Background
from registry.matching.features import Features
from registry.matching.keys import keys_of
from registry.matching.records import Match, MatchRecord, Outcome
from registry.matching.scoring import match

MOST_PER_KEY = 50
"""A key that more have finds nobody: it is a name and village of a whole clan, or a value made up."""
MOST_PER_DAY = 3
"""The same of a day of birth alone: it is a key where it is rare in the list, not among millions."""
_FOUND = 0.95
"""The share of doubles that is found at once, about."""

Key = int | tuple[Any, ...] | str


def pairs_within(
    records: Sequence[MatchRecord], background: Background | None = None
) -> list[tuple[int, int, Match]]:
    """By their places in the list, the earlier first. ``Match.person_id`` is of the later one.

    Names are as frequent as in the list itself, unless a background is given.
    """
    features = [Features(record) for record in records]
    background = background or Background.of(features)
    found: list[tuple[int, int, Match]] = []
    open_pairs = []
    for first, second in candidates_within(features):
        one = match(features[first], features[second], background)
        if one:
            found.append((first, second, one))
        else:
            open_pairs.append((first, second))
    matched = {place for first, second, _one in found for place in (first, second)}
    while rest := second_look(len(records), len(matched), background):
        open_pairs = [pair for pair in open_pairs if matched.isdisjoint(pair)]
        more = [(*pair, match(features[pair[0]], features[pair[1]], rest)) for pair in open_pairs]
        likely = [(first, second, replace(one, outcome=Outcome.LIKELY)) for first, second, one in more if one]
        if not likely:
            break
        found += likely
        matched |= {place for first, second, _one in likely for place in (first, second)}
    return found


def second_look(size: int, matched: int, background: Background) -> Background | None:
    """Against what those of a list who found no double are compared again; None if that finds no more.

    Whoever found their double is out of the question for the others: where most did, as in two lists of
    the same people, those who remain are likelier doubles of each other."""
    if size < ENOUGH:
        return None
    remaining = max(size - matched, 1)
    doubles = min((1 - _FOUND) * matched / remaining, 1)
    if doubles / remaining <= background.doubles / background.size:
        return None
    return replace(background, size=remaining, doubles=doubles)


def candidates_within(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """Each pair once."""
    buckets: dict[Key, list[int]] = defaultdict(list)
    keys: list[list[Key]] = []
    for place, one in enumerate(features):
        own: list[Key] = [*keys_of(one), *one.documents, (one.whole, one.birth, *one.villages)]
        if one.birth and one.birth.day:
            own.append(one.birth.digits)
        keys.append(own)
        for key in own:
            buckets[key].append(place)
    for place, own in enumerate(keys):
        near = (_near(key, buckets[key]) for key in own if len(buckets[key]) > 1)
        yield from ((other, place) for other in set(chain.from_iterable(near)) if other < place)


def _near(key: Key, places: Sequence[int]) -> Sequence[int]:
    """Those who are written alike, or have one document, are no clan, however many they are: each is compared
    with the first of them."""
    if len(places) <= (MOST_PER_DAY if isinstance(key, str) else MOST_PER_KEY):
        return places
    return places[:1] if isinstance(key, tuple) else ()
