"""Among whom somebody is looked for: how many there are, and how frequent their names and villages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import log2

from registry.matching import common_names, weights
from registry.matching.features import Features, NamePart

_ENOUGH = 1000
"""Of fewer records the frequencies say little: as many of the whole nation are added to them."""
_MOST = 30
_LEAST_RELATIVES = 0.02


@dataclass(frozen=True, slots=True)
class Background:
    size: int = weights.POPULATION
    doubles: float = weights.DOUBLES
    relatives: float = weights.RELATIVES
    families: Mapping[str, float] = field(default_factory=dict)
    """By key, and by sound after "~"."""
    givens: Mapping[str, float] = field(default_factory=dict)
    villages: Mapping[str, float] = field(default_factory=dict)

    @property
    def prior_of_strangers(self) -> float:
        """The odds, to base 2, that two of them are one person, before anything is compared."""
        return log2(self.doubles / self.size)

    @property
    def prior_of_relatives(self) -> float:
        """The same of two who are of one family, or one person."""
        return log2(self.doubles / self.relatives)

    @classmethod
    def of(cls, records: Sequence[Features]) -> "Background":
        """As the records themselves show it."""
        villages = Counter(village for one in records for village in one.villages)
        return cls(
            size=len(records),
            doubles=weights.DOUBLES_IN_LIST,
            relatives=_relatives(records),
            families=_shares(one.family for one in records),
            givens=_shares(one.given for one in records),
            villages={village: count / len(records) for village, count in villages.items()},
        )


def _shares(parts: Iterable[NamePart]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    total = 0
    for part in parts:
        if part.is_known:
            total += 1
            counts.update({part.khmer, part.latin, *(f"~{sound}" for sound in part.sounds)} - {""})
    return {key: count / (total + 1) for key, count in counts.items()}


def _relatives(records: Sequence[Features]) -> float:
    """How many have the surname and village of each, but another name and year: a list of
    families has many, one of single persons has few."""
    if len(records) < _ENOUGH:
        return weights.RELATIVES
    groups: dict[tuple[str, str], list[tuple[NamePart, int]]] = defaultdict(list)
    for one in records:
        for village in one.villages:
            if one.family.sounds and one.birth:
                groups[one.family.sounds[0], village].append((one.given, one.birth.year))
    pairs = 0
    for group in groups.values():
        for (given, year), (other_given, other_year) in combinations(group[:_MOST], 2):
            pairs += 2 if given != other_given and year != other_year else 0
    return min(max(pairs / len(records), _LEAST_RELATIVES), weights.RELATIVES)


NATION = Background(families=common_names.SURNAMES, givens=common_names.GIVEN_NAMES)
