"""What is asked of nothing but the household is judged once for it, not for each member."""

import pytest

from registry.eligibility.sql import as_parts
from registry.rules.parse import parse_rule

POOR, NEARLY_POOR = (f'poverty_level == "{level}"' for level in ("level1", "at_risk"))


@pytest.mark.parametrize(
    ("rules", "columns"),
    [
        (["age >= 60"], 0),
        ([POOR], 1),
        ([POOR, f"{POOR} && age >= 60"], 1),
        ([f"{POOR} || {NEARLY_POOR}"], 1),
        ([POOR, NEARLY_POOR], 2),
    ],
)
def test_of_each_condition_on_the_household_there_is_one_column(rules, columns):
    parts = as_parts([parse_rule(rule) for rule in rules])
    assert parts.tables.count(" AS verdict_") == columns
    assert all(("at_home.verdict_" in one) == (columns > 0) for one in parts.conditions)
    assert not any("household." in one for one in parts.conditions)
