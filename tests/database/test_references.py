"""A number drawn at random is drawn again where it is taken, and for no other reason."""

import ast
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection

from dsp_platform.database.references import save_with_new_number
from registry.models import Household
from tests.packages import PACKAGES
from tests.structure.test_imports import sources, tree

NUMBER = "registry_household_number_key"


@pytest.fixture
def save(areas) -> Callable[..., Household]:
    Household.objects.create(number="H-TAKEN", village_id="01020101")

    def save_one_of(*numbers: str, village: str = "01020101") -> Household:
        drawn = iter(numbers)
        return save_with_new_number(
            lambda: Household.objects.create(number=next(drawn), village_id=village), NUMBER
        )

    return save_one_of


def test_a_number_that_is_taken_is_drawn_again(save):
    assert save("H-TAKEN", "H-TAKEN", "H-FREE").number == "H-FREE"


def test_three_times_in_a_row_is_not_by_chance(save):
    with pytest.raises(RuntimeError):
        save("H-TAKEN", "H-TAKEN", "H-TAKEN", "H-FREE")


def test_another_violation_is_raised_at_once(save):
    with pytest.raises(IntegrityError, match="village_id"):
        save("H-ONE", "H-TWO", village=None)


def test_every_constraint_that_a_caller_names_is_there(db):
    named = {
        argument.value
        for path in sources(*PACKAGES)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("save_with_new_number", "is_violation_of")
        for argument in call.args[1:]
        if isinstance(argument, ast.Constant)
    }
    with connection.cursor() as cursor:
        # Also those with a condition, which PostgreSQL does not list among its constraints.
        cursor.execute("SELECT relname FROM pg_class JOIN pg_index ON indexrelid = oid WHERE indisunique")
        unique = {name for (name,) in cursor.fetchall()}
    assert len(named) > 9
    assert named <= unique
