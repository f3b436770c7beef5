"""What is particular to a kind of change stands in its ``Kind``: no other module names its code."""

import ast

import pytest

from registry.changes.kinds import KINDS
from registry.changes.questions import QUESTIONS
from registry.models.change import AT_ONCE, SEVERAL
from tests.packages import BASE
from tests.structure.test_imports import sources, tree

TABLE = BASE / "registry/changes/kinds.py"
MODULES = [
    *(path for path in sources("registry/changes") if path != TABLE),
    BASE / "registry/templatetags/changes_tags.py",
]
# Questions and their answers have the names of some kinds: "name" may be either.
AMBIGUOUS = KINDS.keys() & QUESTIONS.keys()
CALLED = {"kind", "code"}


def is_kind(node: ast.AST) -> bool:
    """``kind``, ``request.kind``, ``kind.code``."""
    return (isinstance(node, ast.Name) and node.id in CALLED) or (
        isinstance(node, ast.Attribute) and node.attr in CALLED
    )


def constants_of(module: ast.Module) -> dict[str, ast.AST]:
    return {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


IMPORTABLE = {name: value for path in MODULES for name, value in constants_of(tree(path)).items()}


def codes_in(node: ast.AST, constants: dict[str, ast.AST]) -> set[str]:
    """Codes among the strings below the node, and below the constants that it names."""
    named = [constants[one.id] for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in constants]
    strings = {
        one.value for root in (node, *named) for one in ast.walk(root) if isinstance(one, ast.Constant)
    }
    return strings & KINDS.keys()


def named_in(module: ast.Module) -> set[str]:
    """Codes in the module: each that is nothing else, and an ambiguous one wherever it stands for a kind."""
    constants = IMPORTABLE | constants_of(module)
    found = codes_in(module, {}) - AMBIGUOUS
    for node in ast.walk(module):
        if isinstance(node, ast.Compare) and any(map(is_kind, (node.left, *node.comparators))):
            found |= codes_in(node, constants)
        elif isinstance(node, ast.Match) and is_kind(node.subject):
            found |= set().union(*(codes_in(case.pattern, constants) for case in node.cases))
        elif isinstance(node, ast.keyword) and node.arg and node.arg.removesuffix("__in") in CALLED:
            found |= codes_in(node.value, constants)
        elif (
            isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "KINDS"
        ):
            found |= codes_in(node.slice, constants)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BASE)))
def test_no_other_module_names_a_kind(path):
    assert named_in(tree(path)) == set()


def test_no_other_module_reads_the_codes_of_the_constraints():
    """The fields ``at_once`` and ``several`` say the same."""
    names = {"AT_ONCE", "SEVERAL"}
    assert [
        path.name
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "registry.models.change"
        and names & {one.name for one in node.names}
    ] == []


def test_the_constraints_are_about_kinds_of_the_table():
    assert {*AT_ONCE, *SEVERAL} <= KINDS.keys()


def test_every_kind_is_named_in_the_table():
    assert codes_in(tree(TABLE), {}) == KINDS.keys()


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('OWN_NEWS = ("circumstances",)\nsilent = request.kind in OWN_NEWS', {"circumstances"}),
        ('if request.kind == "phone": pass', {"phone"}),
        ('if kind.code == "phone": pass', {"phone"}),
        ('if kind not in ("name", "sex"): pass', {"name", "sex"}),
        ('match request.kind:\n    case "payee" if person: pass', {"payee"}),
        ('SILENT: tuple[str, ...] = ("sex",)\nif request.kind in SILENT: pass', {"sex"}),
        ('rows.filter(kind="head")', {"head"}),
        ('HEARD = ("head", "payee")\nrows.filter(kind__in=HEARD)', {"head", "payee"}),
        ('apply(KINDS["address"])', {"address"}),
        ('GOES = ("joins", "leaves")', {"joins", "leaves"}),
        ('current("birth-date", read)', {"birth-date"}),
        ('named = answers["payee"]["person"]', set()),
        ('NAMING = ("who", "head", "payee")\nnamed = [step for step in NAMING if step in answers]', set()),
    ],
)
def test_a_code_is_found(source, codes):
    assert named_in(ast.parse(source)) == codes
