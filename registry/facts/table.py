"""The facts that a rule may name. A new one is a row of ``OF_PERSON`` or ``OF_HOUSEHOLD``."""

from registry.facts.circumstances import YES_NO, Circumstance
from registry.facts.fact import Fact
from registry.facts.of_household import OF_HOUSEHOLD
from registry.facts.of_person import OF_PERSON
from registry.rules.names import POSSIBLE, TYPES

FACTS: dict[str, Fact] = {fact.name: fact for fact in (*OF_PERSON, *OF_HOUSEHOLD)}
"""By name, in the order in which "What can I get?" asks for them."""

TYPES.update({fact.name: fact.type for fact in FACTS.values()})
POSSIBLE.update({fact.name: fact.possible for fact in FACTS.values()})

_stored = [circumstance for fact in FACTS.values() for circumstance in fact.circumstances]
CIRCUMSTANCES: dict[str, Circumstance] = {
    one.name: one for one in sorted(_stored, key=lambda one: one.answers is YES_NO)
}
"""By name, in the order in which a registration asks for them: difficulties first."""


def circumstances_asked(ages: range, sex: str | None) -> list[str]:
    """The names of those that are asked of somebody of one of these ages and this sex, in that order."""
    facts = [fact for fact in FACTS.values() if fact.asked_of.includes(ages, sex)]
    asked = {circumstance.name for fact in facts for circumstance in fact.circumstances}
    return [name for name in CIRCUMSTANCES if name in asked]
