"""Who may know whom: ``grievances -> applications -> registry -> dsp_platform.*`` and no cycles."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
# From the ground up: a package may import those before it, never those after it.
DOMAINS = ["dsp_platform", "registry", "applications", "grievances"]
PLATFORM = ["khmer", "audit", "notifications", "accounts", "exchange", "jobs"]
FOREIGN_CLIENTS = {"httpx", "requests", "urllib3", "psycopg", "http"}


def sources(*packages: str) -> list[Path]:
    return [
        path
        for package in packages
        for path in sorted((BASE / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def imported(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node
            yield from ((f"{node.module}.{name.name}", node) for name in node.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(BASE).with_suffix("")).replace("/", ".").removesuffix(".__init__")


@pytest.mark.parametrize("path", sources(*DOMAINS), ids=name_of)
def test_a_package_imports_only_what_lies_below_it(path: Path):
    here = path.relative_to(BASE).parts[0]
    above = DOMAINS[DOMAINS.index(here) + 1 :]
    wrong = [name for name, _ in imported(ast.parse(path.read_text())) if name.split(".")[0] in above]
    assert not wrong


@pytest.mark.parametrize("path", sources(*(f"dsp_platform/{part}" for part in PLATFORM)), ids=name_of)
def test_a_part_of_the_platform_imports_only_what_lies_below_it(path: Path):
    here = path.relative_to(BASE).parts[1]
    above = PLATFORM[PLATFORM.index(here) + 1 :]
    wrong = [
        name
        for name, _ in imported(ast.parse(path.read_text()))
        if name.startswith("dsp_platform.") and name.split(".")[1] in above
    ]
    assert not wrong


@pytest.mark.parametrize("path", sources(*DOMAINS), ids=name_of)
def test_no_import_of_ours_hides_inside_a_function(path: Path):
    hidden = []
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden += [name for name, _ in imported(function) if name.split(".")[0] in DOMAINS]
    assert not hidden


@pytest.mark.parametrize("path", sources(*DOMAINS), ids=name_of)
def test_private_names_stay_in_their_package(path: Path):
    package = name_of(path).split(".")
    borrowed = [
        name
        for name, _ in imported(ast.parse(path.read_text()))
        if name.split(".")[0] in DOMAINS
        and any(part.startswith("_") and not part.startswith("__") for part in name.split("."))
        and name.split(".")[:2] != package[:2]
    ]
    assert not borrowed


@pytest.mark.parametrize("path", sources(*DOMAINS), ids=name_of)
def test_foreign_clients_live_in_adapters_and_providers_only(path: Path):
    allowed = ("dsp_platform/exchange/adapters", "dsp_platform/notifications/providers")
    # The process supervisor of the demo and the set-up of the demo's operator databases are tools.
    tools = (
        "dsp_platform/embedded.py",
        "dsp_platform/run.py",
        "dsp_platform/exchange/management/commands/create_operator_databases.py",
    )
    where = str(path.relative_to(BASE))
    if where.startswith(allowed) or where in tools:
        return
    clients = {name.split(".")[0] for name, _ in imported(ast.parse(path.read_text()))} & FOREIGN_CLIENTS
    assert not clients


def test_packages_do_not_import_each_other():
    arrows: dict[str, set[str]] = {}
    for path in sources(*DOMAINS):
        parts = name_of(path).split(".")
        here = ".".join(parts[:2]) if parts[0] == "dsp_platform" else parts[0]
        for name, _ in imported(ast.parse(path.read_text())):
            if name.split(".")[0] in DOMAINS:
                there = name.split(".")
                target = ".".join(there[:2]) if there[0] == "dsp_platform" else there[0]
                if target != here:
                    arrows.setdefault(here, set()).add(target)
    mutual = {tuple(sorted((a, b))) for a, ends in arrows.items() for b in ends if a in arrows.get(b, set())}
    assert not mutual
