"""What the documents name is there: the tests of the ASVS table, the files of links, the environment's variables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure.test_imports import BASE, DOMAINS, sources, tree

DOCUMENTS = [BASE / "README.md", *sorted((BASE / "docs").rglob("*.md"))]
ASVS = BASE / "docs" / "reference" / "asvs.md"
STATES = {"holds", "partly", "does not hold"}
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?\)")
SET_BY_MACHINES = {"PATH", "HOME"}


def rows() -> Iterator[list[str]]:
    for line in ASVS.read_text().splitlines():
        if re.match(r"\| \d", line):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_every_test_that_the_table_names_is_there():
    named = set(re.findall(r"`([\w/]+/test_\w+\.py|test_\w+\.py)`", ASVS.read_text()))
    assert len(named) > 50
    assert not [name for name in sorted(named) if not (BASE / "tests" / name).is_file()]


def test_every_row_says_whether_it_holds_and_what_shows_it():
    """A row that holds names a test, a check, a document or what it rests on."""
    for number, state, words in rows():
        assert state in STATES, number
        assert len(words) > 20, number


def test_every_link_leads_to_a_file():
    lost = [
        f"{document.relative_to(BASE)}: {target}"
        for document in DOCUMENTS
        for target, _part in LINK.findall(document.read_text())
        if not (document.parent / target).exists()
    ]
    assert not lost


def literal(node: ast.expr) -> str:
    """``f"OPERATOR_{code}_URL"`` is ``OPERATOR_*_URL``; what is no text at all is empty."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "*" for part in node.values)
    return ""


def is_environment(node: ast.expr) -> bool:
    """``os.environ`` and the ``env`` of the settings."""
    if isinstance(node, ast.Attribute):
        return node.attr == "environ"
    return isinstance(node, ast.Name) and node.id in ("env", "environ", "environment")


def variables(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Subscript) and is_environment(node.value):
            yield literal(node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if is_environment(node.func.value):
                yield literal(node.args[0])


def test_every_variable_of_the_environment_is_in_a_guide():
    guides = "".join(
        document.read_text()
        for document in DOCUMENTS
        if document.parent.name == "guides" or document.name == "README.md"
    )
    asked = {name for path in sources(*DOMAINS) for name in variables(path) if name} - SET_BY_MACHINES
    assert {"SECRET_KEY", "BEHIND_PROXY", "UPLOADS_FOLDER"} <= asked
    assert not [name for name in sorted(asked) if name not in guides]
