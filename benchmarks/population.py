"""A made-up population of Cambodia of any size, from a seed: households in real villages, names in both
scripts, poverty by province as published, and people who are registered twice, with the errors people make.

``python -m benchmarks.population --size N --people FILE --truth FILE`` writes it as CSV, with the pairs that
are one person. The same seed and size make the same population.
"""

import argparse
import csv
import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

from benchmarks import _slips
from benchmarks._names import FAMILY_NAMES, FIRST, SECOND
from registry.areas.gazetteer import packaged_edition

TODAY = date(2026, 11, 1)
SIZE_OF_HOUSEHOLDS = ((1, 5), (2, 10), (3, 18), (4, 26), (5, 20), (6, 12), (7, 6), (8, 3))
# Households, and those of level 1 and 2, by province: IDPoor of July 2022, Ministry of Planning.
POVERTY = {
    "01": (222767, 11656, 19367), "02": (297626, 29322, 61750), "03": (272582, 18783, 28817),
    "04": (147679, 11532, 15476), "05": (215157, 9392, 14466), "06": (192862, 16798, 25794),
    "07": (174524, 9668, 15495), "08": (312649, 11639, 23998), "09": (38428, 3367, 5531),
    "10": (94573, 12223, 15470), "11": (23270, 1487, 3291), "12": (288967, 11881, 20335),
    "13": (63084, 5249, 9370), "14": (315793, 18792, 32956), "15": (133500, 12399, 15408),
    "16": (54889, 5128, 9751), "17": (252761, 18090, 29755), "18": (52852, 2086, 4165),
    "19": (38841, 3717, 6163), "20": (168625, 8147, 14837), "21": (237293, 14765, 23927),
    "22": (82082, 4105, 7079), "23": (9674, 495, 1296), "24": (22553, 2228, 3312),
    "25": (215020, 13869, 26268),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration of a person. Empty is unknown. ``person`` is the truth: who it really is."""

    id: int
    person: int
    family_name_km: str
    given_name_km: str
    family_name_latin: str
    given_name_latin: str
    sex: str
    birth_date: str
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    village_code: str
    phone: str
    document_type: str
    document_number: str
    household: str
    relationship: str
    poverty_level: str


COLUMNS = tuple(
    one.name for one in fields(Entry) if one.name not in ("person", "relationship", "poverty_level")
)


def population(
    size: int, *, seed: int = 1, doubles: float = 0.1, villages: list[str] | None = None
) -> Iterator[Entry]:
    """About ``size`` entries, household by household. ``doubles``: the share of households that are
    registered a second time, in whole or in part, right after the first.

    ``villages``: codes; those of the gazetteer that comes with the platform, unless given.
    """
    people = _People(random.Random(f"{seed}/{size}"), villages or _villages())
    made = 0
    while made < size:
        for entry in people.household(again=doubles):
            made += 1
            yield replace(entry, id=made)


def truth(entries: Iterator[Entry] | list[Entry]) -> list[tuple[int, int]]:
    """Every pair of entries of one person, by their ids."""
    by_person = defaultdict(list)
    for entry in entries:
        by_person[entry.person].append(entry.id)
    return [
        (first, second)
        for ids in by_person.values()
        for place, first in enumerate(ids)
        for second in ids[place + 1 :]
    ]


class _People:
    def __init__(self, chance: random.Random, villages: list[str]) -> None:
        self.chance, self.persons, self.households = chance, 0, 0
        by_province = defaultdict(list)
        for code in villages:
            by_province[code[:2]].append(code)
        self.villages = dict(by_province)
        provinces = [code for code in POVERTY if code in self.villages]
        self.provinces, self.until = provinces, list(accumulate(POVERTY[code][0] for code in provinces))
        self.sizes, self.weights = zip(*SIZE_OF_HOUSEHOLDS, strict=True)
        self.families = FAMILY_NAMES
        self.commonness = list(accumulate(share for _km, _latin, share in FAMILY_NAMES))

    def household(self, *, again: float) -> list[Entry]:
        members = self._members()
        if self.chance.random() >= again:
            return members
        number, village = (
            self._number(),
            _slips.other_village(self.chance, members[0].village_code, self.villages),
        )
        second = [
            _slips.told_again(self.chance, one, household=number, village=village, beside=members)
            for one in members
            if self.chance.random() < 0.8
        ]
        return members + second

    def _number(self) -> str:
        self.households += 1
        return f"H{self.households:07d}"

    def _members(self) -> list[Entry]:
        chance, size = self.chance, self.chance.choices(self.sizes, self.weights)[0]
        province = self.provinces[bisect(self.until, chance.random() * self.until[-1])]
        village = chance.choice(self.villages[province])
        households, level1, level2 = POVERTY[province]
        drawn = chance.random() * households
        level = "level1" if drawn < level1 else "level2" if drawn < level1 + level2 else ""
        phone = _phone(chance) if chance.random() < 0.85 else ""
        home = (village, self._number(), level)
        head_age = min(90, max(20, int(chance.gauss(45, 14))))
        family = self._family_name()
        head = self._person(home, family, head_age, chance.choice(("female", "male")), "head", phone)
        members = [head]
        if size > 1 and head_age < 80 and chance.random() < 0.8:
            sex = "male" if head.sex == "female" else "female"
            own = phone if chance.random() < 0.5 else _phone(chance)
            age = max(18, head_age + chance.randint(-8, 6))
            members.append(self._person(home, self._family_name(), age, sex, "spouse", own))
        children: list[Entry] = []
        while len(members) + len(children) < size:
            if head_age > 60 and chance.random() < 0.5:
                relationship, age = "grandchild", chance.randint(0, 18)
            elif head_age < 40 and chance.random() < 0.1:
                relationship, age = "parent", head_age + chance.randint(18, 35)
            else:
                relationship, age = "child", chance.randint(0, max(1, min(30, head_age - 18)))
            # A child's surname may be the father's given name, and usually is his surname.
            own_family = family if chance.random() < 0.9 else self._family_name()
            sex = chance.choice(("female", "male"))
            one = self._person(home, own_family, age, sex, relationship, "" if age < 16 else self._own(phone))
            if children and relationship == "child" == children[-1].relationship and chance.random() < 0.02:
                one = replace(one, birth_date=children[-1].birth_date)  # twins
            children.append(one)
        return [*members, *children]

    def _own(self, of_household: str) -> str:
        drawn = self.chance.random()
        return of_household if drawn < 0.4 else _phone(self.chance) if drawn < 0.8 else ""

    def _family_name(self) -> tuple[str, str]:
        km, latin, _share = self.families[bisect(self.commonness, self.chance.random() * self.commonness[-1])]
        return km, latin[0]

    def _person(
        self,
        home: tuple[str, str, str],
        family: tuple[str, str],
        age: int,
        sex: str,
        relationship: str,
        phone: str,
    ) -> Entry:
        chance = self.chance
        self.persons += 1
        given_km, given_latin = _given_name(chance)
        born = TODAY.replace(day=1) - timedelta(days=int((age + chance.random()) * 365.25))
        known = chance.random()
        birth = str(born)[: 4 if known < 0.04 else 7 if known < 0.06 else 10]
        if known >= 0.06 and age > 45 and chance.random() < 0.15:
            birth = f"{born.year}-01-01"  # an official wrote it so, because only the year was known
        has_card = age >= 16 and chance.random() < 0.7
        # Half of the people never wrote their name in Latin letters.
        latin = (family[1], given_latin) if chance.random() < 0.5 else ("", "")
        return Entry(
            id=0, person=self.persons, family_name_km=family[0], given_name_km=given_km,
            family_name_latin=latin[0], given_name_latin=latin[1], sex=sex, birth_date=birth,
            village_code=home[0], phone=phone, document_type="identity_card" if has_card else "",
            document_number=f"{self.persons * 7919 % 10**9:09d}" if has_card else "",
            household=home[1], relationship=relationship, poverty_level=home[2],
        )  # fmt: skip


def _given_name(chance: random.Random) -> tuple[str, str]:
    first_km, first_latin = chance.choice(FIRST)
    if chance.random() < 0.15:
        return first_km, first_latin[0]
    second_km, second_latin = chance.choice(SECOND)
    return first_km + second_km, first_latin[0] + second_latin[0]


def _phone(chance: random.Random) -> str:
    return f"+855{chance.choice((12, 10, 15, 16, 17, 69, 70, 77, 85, 92, 96))}{chance.randrange(10**6):06d}"


@cache
def _villages() -> list[str]:
    return [entry.code for entry in packaged_edition()[0] if entry.level == "village"]


def write(people: Path, pairs: Path, size: int, seed: int) -> None:
    entries = list(population(size, seed=seed))
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows([getattr(entry, column) for column in COLUMNS] for entry in entries)
    with pairs.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id_a", "id_b"))
        rows.writerows(truth(entries))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.population", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    options = parser.parse_args()
    write(options.people, options.truth, options.size, options.seed)
