"""Conditions that PostgreSQL finds written alike it computes once."""

from registry.rules.nodes import Condition, Or
from registry.rules.sql import Compiler

COLUMNS = {"age": "person.age", "sex": "person.sex", "pregnant": "person.pregnant"}
GROWN_OR_MALE = Or(Condition("age", ">", 17), Condition("sex", "==", "male"))


def test_equal_conditions_of_several_rules_are_written_alike():
    compiler = Compiler(COLUMNS)
    first = compiler.condition(GROWN_OR_MALE)
    compiler.condition(Condition("age", ">", 59))
    assert compiler.condition(GROWN_OR_MALE) == first


def test_a_yes_is_not_a_one():
    compiler = Compiler(COLUMNS)
    compiler.condition(Or(Condition("pregnant", "==", True), Condition("age", "==", 1)))
    assert [type(value) for value in compiler.values.values()] == [bool, int]
