"""The weight of what two records have in common, and what follows from it."""

from collections.abc import Mapping, Sequence
from math import log2

from registry.matching import comparisons
from registry.matching.background import NATION, Background
from registry.matching.common_names import UNLISTED_GIVEN_NAME, UNLISTED_SURNAME
from registry.matching.features import Features, NamePart
from registry.matching.records import Evidence, Match, Outcome
from registry.matching.weights import (
    AGAINST_RELATIVES,
    AGAINST_STRANGERS,
    BY_REFERENCE,
    CERTAIN,
    LIKELY,
    REFERENCE,
    TABLE,
)

_LEAST_SHARE = 0.00002
_NO_EVIDENCE = ("unknown", "as_written")
# What a slip of the pen makes of no birth.
_ANOTHER_BIRTH = ("other", "near_year", "year")
_WELL = ("same", "near", "sound")
_NAMES = tuple(TABLE)
_FAMILY, _GIVEN, _VILLAGE = (_NAMES.index(name) for name in ("family_name", "given_name", "village"))
_STRANGERS = [AGAINST_STRANGERS[name] for name in _NAMES]
_RELATIVES = [AGAINST_RELATIVES[name] for name in _NAMES]


# By how much the weight against relatives can grow by what does not stand in the columns of a person.
_MORE = sum(max(AGAINST_RELATIVES[name].values()) for name in ("phone", "household", "lives_with"))


def may_match(first: Features, second: Features, background: Background = NATION) -> bool:
    """Whether ``second`` may be who ``first`` is, when of ``second`` only the columns of the person are known
    and no document is the same."""
    levels = comparisons.levels_of(first, second)
    if levels is None:
        return False
    weight = sum(weights[level] for weights, level in zip(_RELATIVES, levels, strict=True))
    return weight + _MORE + background.prior_of_relatives >= LIKELY


def match(first: Features, second: Features, background: Background = NATION) -> Match | None:
    """``second`` as who ``first`` may be; None where it is unlikely.

    Two records that are not of one person are of two strangers, or of two of one family, who have much in
    common: both are weighed, and the less favourable one counts.
    """
    levels = comparisons.levels_of(first, second)
    if levels is None:
        return None
    relatives = [weights[level] for weights, level in zip(_RELATIVES, levels, strict=True)]
    against_relatives = sum(relatives) + background.prior_of_relatives
    if against_relatives < LIKELY:
        return None
    strangers = [weights[level] for weights, level in zip(_STRANGERS, levels, strict=True)]
    _weigh_by_frequency(strangers, levels, first, second, background)
    against_strangers = sum(strangers) + background.prior_of_strangers
    weight = min(against_strangers, against_relatives)
    if weight < LIKELY:
        return None
    found = strangers if against_strangers <= against_relatives else relatives
    is_same = weight >= CERTAIN and _is_safe(first, second, dict(zip(_NAMES, levels, strict=True)))
    return Match(
        second.record.person_id or 0,
        weight,
        Outcome.SAME if is_same else Outcome.LIKELY,
        _evidence(levels, found),
    )


def against_reference(first: Features, second: Features, *, both_changed: bool = False) -> Match | None:
    """Of two whom a source calls by one reference: the pair for a steward where what is compared speaks
    against one person, of two of one family; None where it does not. Sources use references again, or number
    people by their place in the household.

    ``both_changed``: the source told another given name and another birth before. Where both differ from the
    record too, it is of a brother or sister, however alike their names."""
    levels = comparisons.levels_of(first, second) or comparisons.all_levels(first, second)
    weights = [weights[level] for weights, level in zip(_RELATIVES, levels, strict=True)]
    if sum(weights) >= 0 and not (both_changed and _is_sibling(levels)):
        return None
    found = _evidence(levels, weights)
    found.append(Evidence(BY_REFERENCE, "same", round(REFERENCE, 2)))
    return Match(second.record.person_id or 0, sum(weights) + REFERENCE, Outcome.LIKELY, found)


def _is_sibling(levels: Sequence[str]) -> bool:
    found = dict(zip(_NAMES, levels, strict=True))
    return found["given_name"] != "same" and found["birth"] in _ANOTHER_BIRTH and found["document"] != "same"


def _evidence(levels: Sequence[str], weights: Sequence[float]) -> list[Evidence]:
    return [
        Evidence(name, level, round(weight, 2))
        for name, level, weight in zip(_NAMES, levels, weights, strict=True)
        if level not in _NO_EVIDENCE
    ]


def _weigh_by_frequency(
    weights: list[float], levels: Sequence[str], first: Features, second: Features, background: Background
) -> None:
    """What is common weighs less than what is rare."""
    names = (
        (_FAMILY, first.family, background.families, UNLISTED_SURNAME),
        (_GIVEN, first.given, background.givens, UNLISTED_GIVEN_NAME),
    )
    for place, part, shares, unlisted in names:
        if shares and levels[place] in ("same", "sound"):
            share = max(_share_of(part, levels[place], shares, unlisted), _LEAST_SHARE)
            weights[place] = log2(TABLE[_NAMES[place]][levels[place]].one / share)
    if levels[_VILLAGE] == "village" and background.villages:
        common = set(first.villages).intersection(second.villages)
        share = min(background.villages.get(village, _LEAST_SHARE) for village in common)
        weights[_VILLAGE] = log2(TABLE["village"]["village"].one / share)


def _share_of(part: NamePart, level: str, shares: Mapping[str, float], unlisted: float) -> float:
    """Of a name in Latin letters that is not known as such, that of all that sound like it."""
    written = [shares[key] for key in (part.khmer, part.latin) if key in shares]
    if level == "same" and written:
        return max(written)
    spoken = [shares[key] for sound in part.sounds if (key := f"~{sound}") in shares]
    return max(spoken, default=unlisted)


def _is_safe(first: Features, second: Features, levels: Mapping[str, str]) -> bool:
    """Something must agree that namesakes and twins do not share, and nothing may contradict: a false merge
    is graver than a case for a steward."""
    if levels["lives_with"] == "yes" or levels["sex"] == "other" or levels["document"] == "other":
        return False
    if levels["given_name"] not in _WELL and levels["family_name"] not in _WELL:
        return False
    if levels["given_name"] == "other" or levels["birth"] in ("other", "near_year"):
        return False
    if levels["document"] == "same":
        return True
    if levels["given_name"] not in _WELL or _has_namesake_at_home(first) or _has_namesake_at_home(second):
        return False
    near = levels["village"] in ("village", "commune")
    return (near or levels["birth"] == "day") and (levels["phone"] == "same" or _is_one_home(first, second))


def _has_namesake_at_home(one: Features) -> bool:
    """The other record may be of either."""
    return not one.own_keys.isdisjoint(one.companions)


def _is_one_home(first: Features, second: Features) -> bool:
    """Children of two wives, who were given one name, have their father in common and not their mothers."""
    common = first.companions & second.companions
    return len(common) > 1 or (bool(common) and common in (first.companions, second.companions))
