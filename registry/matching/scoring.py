"""The weight of what two records have in common, and what follows from it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from registry.matching import comparisons, weights
from registry.matching.features import Features, NamePart
from registry.matching.records import Evidence, Match, Outcome
from registry.matching.weights import AGAINST_RELATIVE, AGAINST_STRANGER, TABLE

_BY_NAME = ("same", "sound")


@dataclass(frozen=True, slots=True)
class Background:
    """Of whom the records are: how many there are, and how frequent their names."""

    size: int = weights.POPULATION
    families: Mapping[str, float] = field(default_factory=dict)
    givens: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[Features]) -> "Background":
        return cls(
            len(records),
            _shares(one.family for one in records),
            _shares(one.given for one in records),
        )


def _shares(parts: Iterable[NamePart]) -> dict[str, float]:
    """By key and by sound, which no key of the other kind equals."""
    counts: Counter[str] = Counter()
    total = 0
    for part in parts:
        if part.is_known:
            total += 1
            counts.update({part.khmer, part.latin, *(f"~{sound}" for sound in part.sounds)} - {""})
    return {key: count / total for key, count in counts.items()}


NATION = Background()


def levels_of(first: Features, second: Features) -> dict[str, str]:
    family, given, order = comparisons.name_levels(first, second)
    return {
        "family_name": family,
        "given_name": given,
        "name_order": order,
        "birth": comparisons.birth_level(first.birth, second.birth),
        "sex": comparisons.sex_level(first.sex, second.sex),
        "village": comparisons.village_level(first, second),
        "phone": comparisons.phone_level(first, second),
        "document": comparisons.document_level(first, second),
        "household": comparisons.household_level(first, second),
        "lives_with": comparisons.lives_with_level(first, second),
    }


def match(first: Features, second: Features, background: Background = NATION) -> Match | None:
    """``second`` as who ``first`` may be; None where it is unlikely.

    Two records that are not of one person are of two strangers, or of two of one family, who have much in
    common: both are weighed, and the less favourable one counts.
    """
    levels = levels_of(first, second)
    stranger = {name: AGAINST_STRANGER[name][level] for name, level in levels.items()}
    for name, shares in (("family_name", background.families), ("given_name", background.givens)):
        if levels[name] in _BY_NAME:
            stranger[name] = _by_frequency(name, levels[name], first, shares, stranger[name])
    relative = {name: AGAINST_RELATIVE[name][level] for name, level in levels.items()}
    against_stranger = sum(stranger.values()) + log2(weights.SHARE_OF_DOUBLES / max(background.size, 1))
    against_relative = sum(relative.values()) + log2(weights.SHARE_OF_DOUBLES / weights.RELATIVES)
    weight = min(against_stranger, against_relative)
    if weight < weights.LIKELY:
        return None
    found = stranger if against_stranger <= against_relative else relative
    is_same = weight >= weights.CERTAIN and _is_safe(levels)
    return Match(
        second.record.person_id or 0,
        weight,
        Outcome.SAME if is_same else Outcome.LIKELY,
        [
            Evidence(name, level, round(found[name], 2))
            for name, level in levels.items()
            if level not in ("unknown", "as_written", "no")
        ],
    )


def _by_frequency(
    name: str, level: str, features: Features, shares: Mapping[str, float], usual: float
) -> float:
    part = features.family if name == "family_name" else features.given
    if level == "same":
        known = [shares[key] for key in (part.khmer, part.latin) if key in shares]
    else:
        known = [shares[key] for sound in part.sounds if (key := f"~{sound}") in shares]
    if not known:
        return usual
    return log2(TABLE[name][level].one / max(*known, 0.00005))


_WELL = ("same", "near", "sound")


def _is_safe(levels: Mapping[str, str]) -> bool:
    """Two kinds of evidence besides name and year must agree, and nothing may contradict: a false merge is
    graver than a case for a steward."""
    if levels["lives_with"] == "yes" or levels["sex"] == "other" or levels["document"] == "other":
        return False
    if levels["given_name"] not in _WELL and levels["family_name"] not in _WELL:
        return False
    if levels["given_name"] == "other" or levels["birth"] in ("other", "near_year"):
        return False
    if levels["document"] == "same":
        return True
    if levels["given_name"] not in _WELL:
        return False
    near = levels["village"] in ("village", "commune")
    shared = levels["phone"] == "same" or levels["household"] in ("several", "one")
    if levels["birth"] == "day":
        return near or shared
    return near and shared
