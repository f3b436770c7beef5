"""Which numbers agree with the answers before them: whoever it is about is a member of the household, so a
baby is one of its children."""

from collections.abc import Iterator, Mapping

from registry.facts.fact import Fact
from registry.facts.table import FACTS
from registry.rules.names import Known, Value

SIZE, AGE = "household_size", "age"
Answers = Mapping[str, Value | range | None]


def bounds(fact: Fact, answers: Answers) -> tuple[int, int]:
    """The least and the most, by the answers to the questions that are asked before this one."""
    least, most = fact.question.least, fact.question.most
    if not fact.is_counted or fact.name == SIZE:
        return least, most
    size = _number(answers, SIZE)
    is_one = _is_counted_in(fact, answers)
    least = max(least, is_one is True)
    if size is not None:
        most = min(most, size - (is_one is False))
    for ages, count in _counted_before(fact, answers):
        if fact.ages is None:
            continue
        if _lies_in(ages, fact.ages):
            least = max(least, count)
        elif _lies_in(fact.ages, ages):
            most = min(most, count)
        elif size is not None and not _overlap(ages, fact.ages):
            most = min(most, size - count)
    return least, max(least, most)


def disagreeing(answers: Known) -> list[str]:
    """The facts whose answers do not agree with those before them."""
    return [
        name
        for name, value in answers.items()
        if name in FACTS
        and isinstance(value, int)
        and FACTS[name].is_counted
        and not _within(value, bounds(FACTS[name], answers))
    ]


def _within(value: int, limits: tuple[int, int]) -> bool:
    return limits[0] <= value <= limits[1]


def _is_counted_in(fact: Fact, answers: Answers) -> bool | None:
    """Whether the number has whoever it is about in it; None where that is not known."""
    if fact.ages is not None:
        age = _number(answers, AGE)
        return None if age is None else age in fact.ages
    told = answers.get(fact.counts)
    return told if isinstance(told, bool) else None


def _counted_before(fact: Fact, answers: Answers) -> Iterator[tuple[range, int]]:
    for name, other in FACTS.items():
        if name == fact.name:
            return
        count = _number(answers, name)
        if other.ages is not None and count is not None:
            yield other.ages, count


def _number(answers: Answers, name: str) -> int | None:
    value = answers.get(name)
    return value if isinstance(value, int) else None


def _lies_in(inner: range, outer: range) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop


def _overlap(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop
