"""Whatever the documents refer to exists: tests of the ASVS table, linked files, environment variables."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.packages import BASE, PACKAGES
from tests.structure.test_imports import sources, tree

DOCUMENTS = [BASE / "README.md", *sorted((BASE / "docs").rglob("*.md"))]
ASVS = BASE / "docs" / "reference" / "asvs.md"
STATES = {"holds", "partly", "does not hold", "does not apply"}
# The last requirement of levels 1 and 2 in each section; none before it is of level 3.
LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4,
    "16.4": 3, "16.5": 3,
}  # fmt: skip
FEW_WORDS = 4  # the text beside a link
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?\)")


def rows() -> Iterator[list[str]]:
    for line in ASVS.read_text().splitlines():
        if re.match(r"\| \d", line):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_every_test_that_the_table_names_is_there():
    named = set(re.findall(r"`([\w/]+/test_\w+\.py|test_\w+\.py)`", ASVS.read_text()))
    assert len(named) > 50
    assert not [name for name in sorted(named) if not (BASE / "tests" / name).is_file()]


def numbers(cell: str) -> Iterator[str]:
    """``2.1.1 to 2.1.3, 4.1.1``: each of them."""
    for part in cell.split(", "):
        first, _to, last = part.partition(" to ")
        section, _dot, number = first.rpartition(".")
        for one in range(int(number), int((last or first).rpartition(".")[2]) + 1):
            yield f"{section}.{one}"


def test_no_requirement_is_missing_or_judged_twice():
    found = [number for cell, _state, _words in rows() if cell != "10" for number in numbers(cell)]
    assert sorted(found) == sorted(
        f"{section}.{n + 1}" for section, last in LAST.items() for n in range(last)
    )


def test_every_row_says_whether_it_holds_and_what_shows_it():
    """ "Holds" names a test, a lint rule or a document that would fail.

    A module of the platform proves nothing; for lint the rule or the tool is named.
    """
    nothing_to_break = {"6.2.10", "6.4.2", "11.2.3"}
    for number, state, words in rows():
        assert state in STATES, number
        if state == "holds" and number not in nothing_to_break:
            test = re.search(r"`([\w]+/)*test_\w+\.py`", words)
            rule = "`make lint`" in words and re.search(r"\bS\d{3}\b|\bmypy\b", words)
            said = re.sub(r"\[[^\]]*\]\([^)]*\)", "", words)
            document = said != words and len(re.findall(r"\w{2,}", said)) >= FEW_WORDS
            assert test or rule or document, number


def test_every_link_leads_to_a_file():
    lost = [
        f"{document.relative_to(BASE)}: {target}"
        for document in DOCUMENTS
        for target, _part in LINK.findall(document.read_text())
        if not (document.parent / target).exists()
    ]
    assert not lost


def anchors(document: Path) -> set[str]:
    """Generated from headings as on GitHub: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_heading_that_is_there():
    lost = [
        f"{document.relative_to(BASE)}: {target}#{anchor}"
        for document in DOCUMENTS
        for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)#([^)]+)\)", document.read_text())
        if anchor not in anchors(document.parent / target if target else document)
    ]
    assert not lost


def literal(node: ast.expr) -> str:
    """``f"OPERATOR_{code}_URL"`` becomes ``OPERATOR_*_URL``; empty for what is not a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "*" for part in node.values)
    return ""


def variables(path: Path) -> Iterator[str]:
    """Upper-case names that a module reads from the environment, also through a function of its own."""
    if not re.search(r"\benviron\b|= Env\(", path.read_text()):
        return
    for node in ast.walk(tree(path)):
        name = ""
        if isinstance(node, ast.Subscript):
            name = literal(node.slice) if "environ" in ast.unparse(node.value) else ""
        elif isinstance(node, ast.Call) and node.args and not ast.unparse(node.func).endswith("setdefault"):
            name = literal(node.args[0])
        elif isinstance(node, ast.Assign):
            name = literal(node.value) if isinstance(node.value, ast.JoinedStr) else ""
        if re.fullmatch(r"[A-Z][A-Z0-9*]*(_[A-Z0-9*]+)+|URL|BODY|USER|PASSWORD|HEADERS|FIELDS", name):
            yield name


def is_named(name: str, text: str) -> bool:
    """Also with its prefix, which a guide may name once for all of them."""
    pattern = re.escape(name).replace(r"\*", "[A-Z<>…]+")
    return re.search(rf"(?<![A-Z0-9]){pattern}(?![A-Z0-9_])", text) is not None


def test_every_variable_of_the_environment_is_in_a_guide():
    guides = "".join(
        document.read_text()
        for document in DOCUMENTS
        if document.parent.name == "guides" or document.name == "README.md"
    )
    asked = {name for path in sources(*PACKAGES) for name in variables(path)}
    assert {"SECRET_KEY", "BEHIND_PROXY", "OPERATOR_*_DATABASE_URL", "RECEIPT_SECRET", "CA_FILE"} <= asked
    assert not [name for name in sorted(asked) if not is_named(name, guides)]


def test_every_path_of_the_architecture_is_there():
    text = (BASE / "docs" / "explanation" / "architecture.md").read_text()
    named = set(re.findall(r"`([\w./-]+/[\w./-]*)`", text))
    assert len(named) > 40
    assert not [path for path in sorted(named) if not (BASE / path).exists()]


def test_every_module_that_a_document_names_is_there():
    """The table of ASVS names tests, within their folder."""
    named = {
        (document.name, path)
        for document in DOCUMENTS
        if document != ASVS
        for path in re.findall(r"`([\w.-]+/[\w./-]*\.(?:py|js|html|sql|toml))\b", document.read_text())
    }
    assert len(named) > 80
    assert not [one for one in sorted(named) if not (BASE / one[1]).exists()]


def test_the_picture_of_the_architecture_shows_every_room_of_the_platform_in_the_order_of_the_contract():
    picture = (BASE / "docs" / "explanation" / "architecture.md").read_text().split("```")[1]
    drawn = re.findall(r"\w+", picture.partition("dsp_platform")[2])
    contracts = tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["id"] == "platform"]
    packages = [
        [name for name in layer.split(" | ") if (BASE / "dsp_platform" / name).is_dir()] for layer in layers
    ]
    assert sum(map(len, packages)) > 20
    places = [sorted(drawn.index(name) for name in layer) for layer in packages if layer]
    assert all(above[-1] < below[0] for above, below in pairwise(places))
