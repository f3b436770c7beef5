"""How much of a document's number is shown beside that of the other record."""

import pytest

from registry.merging.side_by_side import shown_number


@pytest.mark.parametrize(
    ("number", "others", "shown"),
    [
        ("010203980", [], "…980"),
        ("010203980", ["010203445"], "…980"),
        ("010203980", ["010293980"], "…0•980"),
        ("010203980", ["910203980"], "0•••••980"),
        ("980", ["01980"], "980"),
        ("01980", ["980"], "…1980"),
    ],
)
def test_two_numbers_that_differ_are_seen_to_differ(number, others, shown):
    assert shown_number(number, others) == shown
