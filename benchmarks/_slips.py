"""What differs when a person is registered again: slips of ear, pen and keyboard, and what life changed."""

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks._names import FAMILY_NAMES, FIRST, KEYS_BESIDE, MISTAKEN, SECOND

if TYPE_CHECKING:
    from benchmarks.population import Entry

SPELLINGS = {
    usual: variants
    for variants in [latin for _km, latin, _share in FAMILY_NAMES]
    + [latin for _km, latin in FIRST]
    + [latin for _km, latin in SECOND]
    for usual in variants[:1]
}


def told_again(
    chance: random.Random, entry: "Entry", *, household: str, village: str, beside: "list[Entry]"
) -> "Entry":
    """The entry of another registration. Each slip on its own: some have several, many have none."""
    family_km, given_km = _heard(chance, entry.family_name_km), _heard(chance, entry.given_name_km)
    family, given = _latin(chance, entry.family_name_latin), _latin(chance, entry.given_name_latin)
    drawn = chance.random()
    if drawn < 0.02:
        family_km, given_km, family, given = given_km, family_km, given, family
    elif drawn < 0.03:
        family_km = ""
    if chance.random() < 0.25:
        family = given = ""
    return replace(
        entry,
        family_name_km=family_km,
        given_name_km=given_km,
        family_name_latin=family,
        given_name_latin=given,
        sex=_sex(chance, entry.sex),
        birth_date=_birth(chance, entry.birth_date),
        village_code="" if chance.random() < 0.01 else village,
        phone=_phone(chance, entry.phone, beside),
        household=household,
        **_document(chance, entry),
    )


def other_village(chance: random.Random, code: str, villages: dict[str, list[str]]) -> str:
    """Where the household is registered the second time: mostly where it was."""
    drawn = chance.random()
    if drawn < 0.85:
        return code
    beside = (
        [one for one in villages[code[:2]] if one[:6] == code[:6]] if drawn < 0.92 else villages[code[:2]]
    )
    return chance.choice(beside)


def _heard(chance: random.Random, name: str) -> str:
    if chance.random() >= 0.12:
        return name
    places = [place for place, letter in enumerate(name) if letter in MISTAKEN and place]
    if not places:
        return name
    place = chance.choice(places)
    return name[:place] + MISTAKEN[name[place]] + name[place + 1 :]


def _latin(chance: random.Random, name: str) -> str:
    drawn = chance.random()
    if not name or drawn >= 0.3:
        return name
    if drawn < 0.2:
        for usual in sorted(SPELLINGS, key=len, reverse=True):
            if usual.lower() in name.lower() and len(SPELLINGS[usual]) > 1:
                place = name.lower().index(usual.lower())
                other = chance.choice(SPELLINGS[usual][1:])
                changed = name[:place] + other + name[place + len(usual) :]
                return changed[:1].upper() + changed[1:].lower()
        return name
    place = chance.randrange(len(name))
    letter = name[place].lower()
    return chance.choice(
        (
            name[:place] + name[place + 1 :],
            name[:place] + KEYS_BESIDE.get(letter, letter) + name[place + 1 :],
            name[:place] + letter + letter + name[place + 1 :],
        )
    )


def _sex(chance: random.Random, sex: str) -> str:
    drawn = chance.random()
    return "" if drawn < 0.02 else {"female": "male", "male": "female"}[sex] if drawn < 0.025 else sex


def _birth(chance: random.Random, birth: str) -> str:
    drawn = chance.random()
    if drawn < 0.02:
        return ""
    year, *rest = birth.split("-")
    if drawn < 0.07:
        return year
    if drawn < 0.10:
        return "-".join((str(int(year) + chance.choice((-1, 1))), *rest))
    if len(rest) < 2 or drawn >= 0.17:
        return birth
    month, day = rest
    if drawn < 0.12:
        return f"{year}-01-01"
    if drawn < 0.14 and int(day) <= 12:
        return f"{year}-{day}-{month}"
    if drawn < 0.155:
        return f"{year}-{month}-{min(28, int(day) % 10 + 10 * chance.randint(0, 1)) or 1:02d}"
    place = chance.choice((2, 3))
    return f"{year[:place]}{chance.randrange(10)}{year[place + 1 :]}-{month}-{min(int(day), 28):02d}"


def _phone(chance: random.Random, phone: str, beside: "list[Entry]") -> str:
    drawn = chance.random()
    if drawn < 0.55:
        return phone
    if drawn < 0.7:
        return ""
    if drawn < 0.8:
        return chance.choice(beside).phone
    return f"+855{chance.choice((11, 61, 78, 89, 93, 99))}{chance.randrange(10**6):06d}"


def _document(chance: random.Random, entry: "Entry") -> dict[str, str]:
    drawn = chance.random()
    if not entry.document_number:
        return {}
    if drawn < 0.35:
        return {"document_type": "", "document_number": ""}
    if drawn < 0.37:
        number = list(entry.document_number)
        number[chance.randrange(9)] = str(chance.randrange(10))
        return {"document_number": "".join(number)}
    return {}
