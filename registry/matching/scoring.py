"""The weight of what two records have in common, and what follows from it."""

from collections.abc import Mapping
from math import log2

from registry.matching import comparisons, weights
from registry.matching.background import NATION, Background
from registry.matching.family_names import UNLISTED
from registry.matching.features import Features, NamePart
from registry.matching.records import Evidence, Match, Outcome
from registry.matching.weights import AGAINST_RELATIVES, AGAINST_STRANGERS, TABLE

_LEAST_SHARE = 0.00002
_NO_EVIDENCE = ("unknown", "as_written")
_WELL = ("same", "near", "sound")


def levels_of(first: Features, second: Features) -> dict[str, str]:
    family, given, order = comparisons.name_levels(first, second)
    return {
        "family_name": family,
        "given_name": given,
        "name_order": order,
        "birth": comparisons.birth_level(first.birth, second.birth),
        "sex": comparisons.sex_level(first.record.sex, second.record.sex),
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
    strangers = {name: AGAINST_STRANGERS[name][level] for name, level in levels.items()}
    strangers |= _by_frequency(levels, first, second, background)
    relatives = {name: AGAINST_RELATIVES[name][level] for name, level in levels.items()}
    against_strangers = sum(strangers.values()) + log2(background.doubles / background.size)
    against_relatives = sum(relatives.values()) + log2(background.doubles / background.relatives)
    weight = min(against_strangers, against_relatives)
    if weight < weights.LIKELY:
        return None
    found = strangers if against_strangers <= against_relatives else relatives
    is_same = weight >= weights.CERTAIN and _is_safe(levels)
    return Match(
        second.record.person_id or 0,
        weight,
        Outcome.SAME if is_same else Outcome.LIKELY,
        [
            Evidence(name, level, round(found[name], 2))
            for name, level in levels.items()
            if level not in _NO_EVIDENCE
        ],
    )


def _by_frequency(
    levels: Mapping[str, str], first: Features, second: Features, background: Background
) -> dict[str, float]:
    """What is common weighs less than what is rare."""
    found = {}
    names = (
        ("family_name", first.family, background.families),
        ("given_name", first.given, background.givens),
    )
    for name, part, shares in names:
        if shares and levels[name] in ("same", "sound"):
            share = _share_of(part, levels[name], shares)
            found[name] = log2(TABLE[name][levels[name]].one / max(share, _LEAST_SHARE))
    if levels["village"] == "village" and background.villages:
        common = set(first.villages).intersection(second.villages)
        share = min(background.villages.get(village, _LEAST_SHARE) for village in common)
        found["village"] = log2(TABLE["village"]["village"].one / share)
    return found


def _share_of(part: NamePart, level: str, shares: Mapping[str, float]) -> float:
    """Of a name in Latin letters that is not known as such, that of all that sound like it."""
    written = [shares[key] for key in (part.khmer, part.latin) if key in shares]
    if level == "same" and written:
        return max(written)
    spoken = [shares[key] for sound in part.sounds if (key := f"~{sound}") in shares]
    return max(spoken, default=UNLISTED)


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
