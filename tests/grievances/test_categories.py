"""One row for each category, which cannot contradict itself."""

from dataclasses import replace

import pytest

from grievances.categories import KINDS, LEVELS, Category
from grievances.models import Grievance, Team

BY_CODE = {kind.category.value: kind for kind in KINDS}


def test_every_category_has_one_row():
    assert sorted(kind.category for kind in KINDS) == sorted(Category.values) == sorted(Grievance.Category)


def test_every_level_is_a_kind_of_team():
    assert {level for levels in LEVELS.values() for level in levels} < set(Team.Kind.values)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("other", {"is_sensitive": True}),
        ("abuse", {"levels": ("operator",)}),
        ("abuse", {"is_sensitive": False}),
        ("data", {"is_delivered": True}),
        ("payment", {"by_pin_only": True}),
        ("other", {"asks_office": False}),
        ("staff", {"asks_office": False}),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(code, wrong):
    with pytest.raises(ValueError, match=code):
        replace(BY_CODE[code], **wrong)
