"""Every reason that a service gives has words, in both languages."""

import ast

import pytest
from django.utils import translation

from registry.history.reasons import REASONS
from tests.packages import BASE, PACKAGES


def given() -> dict[str, str]:
    """Of all calls of `history_context` and `pghistory.context`: the reason, and where it is given."""
    found = {}
    for path in (path for room in PACKAGES for path in (BASE / room).rglob("*.py")):
        text = path.read_text()
        if "history" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name == "history_context":
                why = node.args[0]
            elif name == "pghistory.context" and any(one.arg == "why" for one in node.keywords):
                why = next(one.value for one in node.keywords if one.arg == "why")
            else:
                continue
            assert isinstance(why, ast.Constant), f"{path}:{node.lineno} names no reason"
            found[why.value] = f"{path.relative_to(BASE)}:{node.lineno}"
    return found


def test_each_reason_has_words():
    found = given()
    assert len(found) > 20
    assert {why: where for why, where in found.items() if why not in REASONS} == {}


def test_no_words_are_left_over():
    assert REASONS.keys() - given().keys() == set()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_words_differ_from_one_another(language):
    with translation.override(language):
        words = [str(label) for label in REASONS.values()]
    assert len(set(words)) == len(words)
