"""What is declared of a fact stands in one table; no other module names it to say more of it."""

import ast

import pytest

from registry.eligibility.facts import FACTS
from registry.rules.names import TYPES
from tests.structure.test_imports import sources, tree

TABLE = "eligibility/facts.py"
# A fact that a module reads for itself: whose health is hidden, and what has a sentence of its own.
READ = {
    "eligibility/verdict.py": {"household_size", "disabled_in_household", "pregnant", "sex"},
    "eligibility/words.py": {"age", "sex", "poverty_level", "province_code"},
    "eligibility/rule_words.py": {"sex", "poverty_level", "province_code"},
}


def test_a_fact_is_declared_in_one_place():
    found = {
        str(path).partition("registry/")[2]: {
            node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)
        }
        & TYPES.keys()
        for path in sources("registry")
        if path.parent.name in ("rules", "eligibility") and not str(path).endswith(TABLE)
    }
    assert {name: facts for name, facts in found.items() if facts} == READ


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_fact_is_read_from_the_models_in_one_way(fact):
    ways = [fact.of_person, fact.of_membership, fact.of_members]
    assert sum(way is not None for way in ways) == 1
    assert not fact.is_counted or fact.of_members
    assert bool(fact.yes) == bool(fact.no) == (fact.type is bool)
