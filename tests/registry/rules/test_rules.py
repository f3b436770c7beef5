import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.judge import judge_rule
from registry.rules.nodes import And, Condition, Constant, Not, Or
from registry.rules.parse import RuleError, parse_rule

FACTS = ("pregnant", "disability", "studying", "working")
leaves = st.builds(Constant, st.booleans()) | st.builds(
    Condition, st.sampled_from(FACTS), st.sampled_from(["==", "!="]), st.booleans()
)
nodes = st.recursive(
    leaves, lambda inner: st.builds(Not, inner) | st.builds(And, inner, inner) | st.builds(Or, inner, inner)
)
known = st.fixed_dictionaries({fact: st.sampled_from([True, False, None]) for fact in FACTS})


@given(nodes, nodes, known)
def test_de_morgan(a, b, facts):
    assert judge_rule(Not(And(a, b)), facts) is judge_rule(Or(Not(a), Not(b)), facts)
    assert judge_rule(Not(Or(a, b)), facts) is judge_rule(And(Not(a), Not(b)), facts)


@given(nodes, nodes, nodes, known)
def test_order_and_grouping_do_not_matter(a, b, c, facts):
    for join in (And, Or):
        assert judge_rule(join(a, b), facts) is judge_rule(join(b, a), facts)
        assert judge_rule(join(a, join(b, c)), facts) is judge_rule(join(join(a, b), c), facts)


@given(nodes, known)
def test_not_twice_is_nothing_and_unknown_stays_unknown(node, facts):
    assert judge_rule(Not(Not(node)), facts) is judge_rule(node, facts)
    assert (judge_rule(Not(node), facts) is None) == (judge_rule(node, facts) is None)


@given(nodes, known, st.sampled_from(FACTS), st.booleans())
def test_learning_a_fact_never_turns_a_certain_verdict(node, facts, fact, value):
    """The property that makes it safe to say "likely" before every fact is known."""
    before = judge_rule(node, facts)
    if facts[fact] is None and before is not None:
        assert judge_rule(node, {**facts, fact: value}) is before


@pytest.mark.parametrize(
    ("rule", "facts", "verdict"),
    [
        ('poverty_level in ["level1", "level2"] && age >= 60', {"poverty_level": "level2", "age": 60}, True),
        ('poverty_level in ["level1", "level2"] && age >= 60', {"poverty_level": None, "age": 59}, False),
        ('poverty_level in ["level1", "level2"] && age >= 60', {"poverty_level": None, "age": 60}, None),
        ("pregnant || children_under_2 > 0", {"pregnant": None, "children_under_2": 1}, True),
        ("!(18 > age) && sex != 'male'", {"age": 18, "sex": "female"}, True),
        ("true", {}, True),
    ],
)
def test_rules_as_stewards_write_them(rule, facts, verdict):
    assert judge_rule(parse_rule(rule), facts) is verdict


@pytest.mark.parametrize(
    ("rule", "line", "column"),
    [
        ("income > 5", 1, 1),
        ('age >= "old"', 1, 8),
        ("age >= 60 &&\n  size(name) > 2", 2, 16),
        ("age >= ", 1, 5),
        ("age", 1, 1),
        ('sex > "female"', 1, 1),
        ("age in 5", 1, 8),
        ("age + 1 > 5", 1, 11),
        ('sex == "f" ? true : false', 1, 1),
        ("person.age > 5", 1, 14),
    ],
)
def test_a_mistake_is_pointed_at(rule, line, column):
    with pytest.raises(RuleError) as raised:
        parse_rule(rule)
    assert (raised.value.line, raised.value.column) == (line, column)


@pytest.mark.parametrize("rule", ["!" * 1900 + "true", "true && " * 300 + "true", "(" * 3000])
def test_a_rule_has_bounds(rule):
    with pytest.raises(RuleError):
        parse_rule(rule)


@given(st.text(max_size=80))
def test_any_text_is_a_rule_or_a_rule_error(text):
    try:
        parse_rule(text)
    except RuleError:
        return


@pytest.mark.parametrize(
    ("rule", "line", "column"),
    [
        ("disability == true // only those with a card\n|| true", 1, 20),
        ("true\n// more", 2, 1),
        ('sex == "//"', 1, 9),
        ("tr\u202eue", 1, 3),
        ('true &&\nsex == "a\u200b"', 2, 10),
        ("age >\u00a05", 1, 6),
        ("age > 5\u2028|| true", 1, 8),
        ("age > 5\f|| true", 1, 8),
        ("age > 5\x00", 1, 8),
        (r'sex == "a\u202eb"', 1, 8),
        (r'sex == "a\nb"', 1, 8),
        ('sex == """a\nb"""', 1, 8),
        ('sex == "\ud800"', 1, 9),
    ],
)
def test_nothing_hides_in_a_rule(rule, line, column):
    """No comment, no invisible character: what is displayed on one line is the whole rule."""
    with pytest.raises(RuleError) as error:
        parse_rule(rule)
    assert (error.value.line, error.value.column) == (line, column)


def test_a_rule_may_have_several_lines():
    assert parse_rule("age > 5\r\n\t|| studying") == parse_rule("age > 5 || studying")
