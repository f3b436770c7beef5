"""Among whom somebody is looked for: how many there are, and how frequent their names and villages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import log2

from registry.matching import common_names, weights
from registry.matching.features import Features, NamePart

ENOUGH = 50
"""Of fewer records the frequencies say little: they are taken as some of the whole nation."""
_MOST = 30
MOST_OF_FAMILY, MOST_OF_GIVEN = 0.15, 0.05
"""Shares of a list that a name may have: where more of it is called so, it is one person many times, or one
clan, and not how frequent the name is."""
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
        """As the records of a list themselves show it."""
        return cls.counted(
            size=len(records),
            families=Counter(one.family for one in records),
            givens=Counter(one.given for one in records),
            villages=Counter(village for one in records for village in one.villages),
            sample=(
                (one.family, one.given, village, one.birth.year)
                for one in records
                for village in one.villages
                if one.birth
            ),
        )

    @classmethod
    def counted(
        cls,
        *,
        size: int,
        families: Mapping[NamePart, int],
        givens: Mapping[NamePart, int],
        villages: Mapping[str, int],
        sample: Iterable["Relative"],
    ) -> "Background":
        """Of a list of ``size`` records: how often each name and village occurs. ``sample``: of records that
        stand together, as households do."""
        if size < ENOUGH:
            return NATION
        return cls(
            size=size,
            doubles=weights.DOUBLES_IN_LIST,
            relatives=_relatives(sample),
            families=_shares(families, MOST_OF_FAMILY),
            givens=_shares(givens, MOST_OF_GIVEN),
            villages={village: count / size for village, count in villages.items()},
        )


Relative = tuple[NamePart, NamePart, str, int]
"""Surname, given name, village and year of birth."""


def _shares(parts: Mapping[NamePart, int], most: float) -> dict[str, float]:
    counts: Counter[str] = Counter()
    total = 0
    for part, times in parts.items():
        if part.is_known:
            total += times
            for key in {part.khmer, part.latin, *(f"~{sound}" for sound in part.sounds)} - {""}:
                counts[key] += times
    return {key: min(count / (total + 1), most) for key, count in counts.items()}


def _relatives(sample: Iterable[Relative]) -> float:
    """How many have the surname and village of each, but another name and year: a list of
    families has many, one of single persons has few."""
    groups: dict[tuple[str, str], list[tuple[NamePart, int]]] = defaultdict(list)
    size = pairs = 0
    for family, given, village, year in sample:
        size += 1
        if family.sounds:
            groups[family.sounds[0], village].append((given, year))
    for group in groups.values():
        for (given, year), (other_given, other_year) in combinations(group[:_MOST], 2):
            pairs += 2 if given != other_given and year != other_year else 0
    return min(max(pairs / max(size, 1), _LEAST_RELATIVES), weights.RELATIVES)


NATION = Background(families=common_names.SURNAMES, givens=common_names.GIVEN_NAMES)
