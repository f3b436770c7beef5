"""Why a condition of a rule is met or not, as a sentence.

A sentence is about the fact, not about the condition: so it is true behind a negation too.
"""

from collections.abc import Collection, Mapping
from typing import Literal

from registry.facts.fact import Fact, SentencePair
from registry.facts.table import FACTS
from registry.rules.names import Value
from registry.rules.nodes import Condition

Addressee = Literal["you", "they"]
"""To the person concerned, or about somebody else."""

_BOUNDS = range(1, 131)
"""A bound outside of them says nothing of anybody's age."""


def sentence(
    condition: Condition,
    known: Value | range | None,
    addressee: Addressee = "you",
    hidden: Collection[str] = (),
) -> str:
    """The fact behind a condition, as a reason why the condition is met, is not met, or is not judged."""
    fact = FACTS[condition.fact]
    if known is None and fact.name in hidden:
        return str(fact.hidden)
    sentences, value = (fact.unknown, "") if known is None else _known(fact, condition, known)
    return str(sentences[0 if addressee == "you" else 1]) % {"value": value}


def _known(fact: Fact, condition: Condition, known: Value | range) -> tuple[SentencePair, str]:
    """The sentences, and the value in them: the bound that decides, where one says more than the fact."""
    least, most = (known[0], known[-1]) if isinstance(known, range) else (known, known)
    if fact.bounds and isinstance(least, int) and isinstance(most, int) and isinstance(condition.value, int):
        bound = condition.value + 1 if condition.operator in (">", "<=") else condition.value
        decided = (least >= bound) == (most >= bound)
        if condition.operator not in ("==", "!=") and bound in _BOUNDS and decided:
            return fact.bounds[0 if least >= bound else 1], str(bound)
    if isinstance(fact.known, Mapping):
        return fact.known[least], fact.label_of(least)
    return fact.known, fact.label_of(known)
