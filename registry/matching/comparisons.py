"""At which level two records agree, by what is compared. The levels and their weights: ``weights.TABLE``."""

from rapidfuzz.distance import OSA

from registry.matching.features import Birth, Features, NamePart
from registry.models import IdentityDocument

SHARED = frozenset(IdentityDocument.SHARED_TYPES)
_NEAR = 0.75
_SIMILAR = 0.6
_VILLAGE_CODE = 8
_PREFIXES = ((6, "commune"), (4, "district"), (2, "province"))
_NAME_LEVELS = ("same", "near", "sound", "similar", "other", "unknown")
RANK = {level: place for place, level in enumerate(_NAME_LEVELS)}
_WELL = frozenset({"same", "near", "sound"})
_POINTS = {"same": 4, "near": 3, "sound": 3, "similar": 0, "unknown": 0, "other": -2}


def levels_of(first: Features, second: Features) -> tuple[str, ...] | None:
    """In the order of ``weights.TABLE``. None where nothing of the names agrees, nor the birth or a document:
    then nothing else makes them one person."""
    names = family, given, _order = name_levels(first, second)
    if (
        family == given == "other"
        and first.birth != second.birth
        and first.documents.isdisjoint(second.documents)
    ):
        return None
    return _levels(names, first, second)


def all_levels(first: Features, second: Features) -> tuple[str, ...]:
    """The same of those too of whom nothing agrees."""
    return _levels(name_levels(first, second), first, second)


def _levels(names: tuple[str, str, str], first: Features, second: Features) -> tuple[str, ...]:
    family, given, order = names
    return (
        family,
        given,
        order,
        birth_level(first.birth, second.birth),
        sex_level(first.record.sex, second.record.sex),
        village_level(first, second),
        phone_level(first, second),
        document_level(first, second),
        household_level(first, second),
        lives_with_level(first, second),
    )


def part_level(first: NamePart, second: NamePart) -> str:
    """The best that either script says: one of "same", "near", "sound", "similar", "other", "unknown"."""
    if first is second and first.is_known:
        return "same"
    if not first.sounds or not second.sounds:
        return "unknown"
    if (first.khmer and first.khmer == second.khmer) or (first.latin and first.latin == second.latin):
        return "same"
    nearness = 0.0
    if first.khmer and second.khmer:
        nearness = OSA.normalized_similarity(first.khmer, second.khmer, score_cutoff=_SIMILAR)
    if first.latin and second.latin:
        by_latin = OSA.normalized_similarity(first.latin, second.latin, score_cutoff=_SIMILAR)
        nearness = max(nearness, by_latin)
    if nearness >= _NEAR:
        return "near"
    if not set(first.sounds).isdisjoint(second.sounds):
        return "sound"
    if nearness >= _SIMILAR or _sounds_near(first, second):
        return "similar"
    return "other"


def _sounds_near(first: NamePart, second: NamePart) -> bool:
    return any(
        OSA.normalized_similarity(one, other, score_cutoff=_NEAR) > 0
        for one in first.sounds
        for other in second.sounds
    )


def name_levels(first: Features, second: Features) -> tuple[str, str, str]:
    """Of the surname, of the given name, and how they are ordered: the way in which they agree best."""
    family = part_level(first.family, second.family)
    given = part_level(first.given, second.given)
    if family in _WELL and given in _WELL:
        return family, given, "as_written"
    if any(one and one == other for one, other in zip(first.whole, second.whole, strict=True)):
        return "same", "same", "one_field"
    crossed = part_level(first.family, second.given), part_level(first.given, second.family)
    # The rarer part, the given name, tells more.
    crossed_family, crossed_given = sorted(crossed, key=RANK.__getitem__, reverse=True)
    if crossed_given in _WELL and _agreement(crossed_family, crossed_given) > _agreement(family, given) + 1:
        return crossed_family, crossed_given, "swapped"
    return family, given, "as_written"


def _agreement(family: str, given: str) -> int:
    return _POINTS[family] + _POINTS[given]


def birth_level(first: Birth | None, second: Birth | None) -> str:
    if first is None or second is None:
        return "unknown"
    if first.day and second.day:
        if first == second:
            return "usual_day" if first.is_usual else "day"
        return _slip(first, second)
    return _periods(first, second)


def _slip(first: Birth, second: Birth) -> str:
    """Of two different days."""
    if first.year == second.year:
        if first.month == second.day and first.day == second.month:
            return "day_and_month_changed"
        if first.is_usual or second.is_usual:
            return "year"
        if first.month == second.month and 1 in (first.day, second.day):
            return "month"
    elif (first.day, first.month) == (second.day, second.month) and abs(first.year - second.year) == 1:
        return "near_year" if first.is_usual else "year_slip"
    if OSA.distance(first.digits, second.digits, score_cutoff=1) == 1 and not (
        first.is_usual and second.is_usual
    ):
        return "digit"
    if first.year == second.year:
        return "year"
    if (first.day, first.month) == (second.day, second.month) and not first.is_usual:
        return "same_day_of_year"
    return "near_year" if abs(first.year - second.year) <= 2 else "other"


def _periods(first: Birth, second: Birth) -> str:
    """Of which one is known to the month or year only."""
    if first.year == second.year:
        if first.month and second.month and not (first.is_usual or second.is_usual):
            return "month" if first.month == second.month else "near_year"
        return "year"
    return "near_year" if abs(first.year - second.year) <= 2 else "other"


def sex_level(first: str, second: str) -> str:
    if not first or not second:
        return "unknown"
    return "same" if first == second else "other"


def village_level(first: Features, second: Features) -> str:
    """Where any two places are nearest. Codes of another length than
    the gazetteer's are compared as a whole."""
    if not first.villages or not second.villages:
        return "unknown"
    common, is_slip = 0, False
    for one in first.villages:
        for other in second.villages:
            if one == other:
                return "village"
            if len(one) == len(other) == _VILLAGE_CODE:
                for length, _level in _PREFIXES:
                    if length > common and one[:length] == other[:length]:
                        common = length
            elif OSA.distance(one, other, score_cutoff=1) == 1:
                is_slip = True
    if is_slip:
        return "digit"
    return next((level for length, level in _PREFIXES if length == common), "other")


def phone_level(first: Features, second: Features) -> str:
    if not first.phones or not second.phones:
        return "unknown"
    return "other" if first.phones.isdisjoint(second.phones) else "same"


def document_level(first: Features, second: Features) -> str:
    if not first.documents or not second.documents:
        return "unknown"
    common = first.documents & second.documents
    if common:
        return "same_shared" if all(kind in SHARED for kind, _digest in common) else "same"
    kinds = {kind for kind, _digest in first.documents} & {kind for kind, _digest in second.documents}
    return "other" if kinds - SHARED else "unknown"


def household_level(first: Features, second: Features) -> str:
    if not first.companions or not second.companions:
        return "unknown"
    common = len(first.companions & second.companions)
    return "several" if common > 1 else "one" if common else "none"


def lives_with_level(first: Features, second: Features) -> str:
    """Whether each lives with somebody of the other's name: twins, fathers and sons do, and are two."""
    if not first.companions or not second.companions:
        return "unknown"
    apart = first.own_keys.isdisjoint(second.companions) or second.own_keys.isdisjoint(first.companions)
    return "no" if apart else "yes"
