"""What each rule measures: whom a case concerns, by role, and the least and the most that fit the dates."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise
from types import MappingProxyType
from typing import NamedTuple

from dsp_platform.khmer.dates import PartialDate, full_years
from dsp_platform.khmer.text import search_key
from registry.models import Person
from registry.plausibility.situation import Member, Relationship, Situation

ADULT = 18


class Case(NamedTuple):
    roles: dict[str, Member]
    least: int
    most: int
    relations: Mapping[str, str] = MappingProxyType({})
    """Relationships to the head that the words name."""


Cases = Iterator[Case]


def years_between(earlier: PartialDate, later: PartialDate) -> tuple[int, int]:
    """Full years, negative where ``later`` is before ``earlier``."""
    return full_years(earlier.last, later.first), full_years(earlier.first, later.last)


def _age(member: Member, situation: Situation) -> tuple[int, int]:
    return years_between(member.born, PartialDate(situation.today))


def everybodys_age(situation: Situation) -> Cases:
    for one in situation.members:
        yield Case({"person": one}, *_age(one, situation))


def age_of_head(situation: Situation) -> Cases:
    for one in (situation.head, situation.alone):
        if one is not None:
            yield Case({"head": one}, *_age(one, situation))


def age_of_head_beside_adults(situation: Situation) -> Cases:
    head = situation.named_head
    if head and any(_age(one, situation)[0] >= ADULT for one in situation.members):
        yield Case({"head": head}, *_age(head, situation))


def age_of_payee(situation: Situation) -> Cases:
    if situation.named_payee:
        yield Case({"payee": situation.named_payee}, *_age(situation.named_payee, situation))


def mother_at_birth(situation: Situation) -> Cases:
    mother, child = situation.mother, situation.newborn
    if mother and child:
        yield Case({"mother": mother, "child": child}, *years_between(mother.born, child.born))


def mother_is_male(situation: Situation) -> Cases:
    if situation.mother and situation.mother.sex == Person.Sex.MALE:
        yield Case({"mother": situation.mother}, 1, 1)


def newborns_age(situation: Situation) -> Cases:
    if situation.newborn:
        yield Case({"child": situation.newborn}, *_age(situation.newborn, situation))


def parent_at_birth(situation: Situation) -> Cases:
    """Not again of the mother whose age at this birth is measured already."""
    for parent, child in _generations(situation, Relationship.PARENT, Relationship.CHILD):
        if (parent, child) != (situation.mother, situation.newborn):
            yield Case({"parent": parent, "child": child}, *years_between(parent.born, child.born))


def grandparent_at_birth(situation: Situation) -> Cases:
    for elder, child in _generations(situation, Relationship.GRANDPARENT, Relationship.GRANDCHILD):
        yield Case({"grandparent": elder, "grandchild": child}, *years_between(elder.born, child.born))


def _generations(
    situation: Situation, elder: Relationship, younger: Relationship
) -> list[tuple[Member, Member]]:
    """Elder and younger: the head with each who is related to them in one of the two ways."""
    head = situation.head
    if head is None:
        return []
    down = [(head, one) for one in situation.related(younger)]
    return down + [(one, head) for one in situation.related(elder)]


def _by_age(one: Member, other: Member) -> tuple[Member, Member]:
    return (one, other) if one.born.first <= other.born.first else (other, one)


def between_siblings(situation: Situation) -> Cases:
    head = situation.head
    for sibling in situation.related(Relationship.SIBLING) if head else ():
        elder, younger = _by_age(head, sibling)  # type: ignore[arg-type]
        yield Case({"elder": elder, "younger": younger}, *years_between(elder.born, younger.born))


def days_between_siblings(situation: Situation) -> Cases:
    """Of children of one generation, born on different days that are both known; twins may be born around
    midnight."""
    groups = (
        list(situation.related(Relationship.CHILD)),
        list(situation.related(Relationship.HEAD, Relationship.SIBLING)),
    )
    for group in groups:
        known = sorted((one for one in group if one.born.precision == "day"), key=lambda one: one.born.first)
        for elder, younger in pairwise(known):
            days = (younger.born.first - elder.born.first).days
            if days > 1:
                yield Case({"elder": elder, "younger": younger}, days, days)


def _couples(situation: Situation) -> list[tuple[Member, ...]]:
    """The head with each husband or wife, and who marries now."""
    head = situation.head
    couples = [(head, one) for one in situation.related(Relationship.SPOUSE)] if head else []
    married = situation.married
    return [*couples, *([married] if married and not any({*married} <= {*one} for one in couples) else [])]


def age_of_spouses(situation: Situation) -> Cases:
    for spouse in dict.fromkeys(one for couple in _couples(situation) for one in couple):
        yield Case({"spouse": spouse}, *_age(spouse, situation))


def between_spouses(situation: Situation) -> Cases:
    for couple in _couples(situation):
        if len(couple) == 2:
            elder, younger = _by_age(*couple)
            yield Case({"elder": elder, "younger": younger}, *years_between(elder.born, younger.born))


def _count_of(*relationships: str) -> Callable[[Situation], Cases]:
    def counted(situation: Situation) -> Cases:
        count, head = len(list(situation.related(*relationships))), situation.head
        if head:
            yield Case({"head": head}, count, count)

    return counted


spouses = _count_of(Relationship.SPOUSE)
parents = _count_of(Relationship.PARENT)


def size_of_household(situation: Situation) -> Cases:
    yield Case({}, len(situation.members), len(situation.members))


def same_name_and_birth(situation: Situation) -> Cases:
    births = Counter(one.born for one in situation.members)
    twins = [one for one in situation.members if one.name and births[one.born] > 1]
    for one, other in combinations(twins, 2):
        if one.born == other.born and search_key(one.name) == search_key(other.name):
            yield Case({"one": one, "other": other}, 2, 2)


def age_at_death(situation: Situation) -> Cases:
    if situation.dead and situation.died:
        yield Case({"dead": situation.dead}, *years_between(situation.dead.born, situation.died))


def years_since_death(situation: Situation) -> Cases:
    if situation.dead and situation.died:
        yield Case({"dead": situation.dead}, *years_between(situation.died, PartialDate(situation.today)))
