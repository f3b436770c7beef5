"""Import direction: ``grievances -> applications -> registry -> dsp_platform.*``, and no circular imports."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
# From the bottom up: a package may import those before it, never those after it.
DOMAINS = ["dsp_platform", "registry", "applications", "grievances"]
PLATFORM = [
    "khmer",
    "audit",
    "notifications",
    "approval",
    "wizard",
    "accounts",
    "casework",
    "uploads",
    "jobs",
    "exchange",
]
FOREIGN_CLIENTS = {"httpx", "requests", "urllib3", "psycopg", "http"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def sources(*packages: str) -> list[Path]:
    return [
        path
        for package in packages
        for path in sorted((BASE / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def imported(node: ast.AST) -> Iterator[str]:
    """Every dotted name that is imported below the node; ``from a import b`` gives ``a`` and ``a.b``."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            yield from (name.name for name in inner.names)
        elif isinstance(inner, ast.ImportFrom) and inner.module:
            yield inner.module
            yield from (f"{inner.module}.{name.name}" for name in inner.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(BASE).with_suffix("")).replace("/", ".").removesuffix(".__init__")


def package_of(name: str) -> str:
    """``registry``, or the part of the platform: ``dsp_platform.exchange``."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "dsp_platform" else parts[0]


def offenders(paths: list[Path], is_wrong: Callable[[Path, str], bool]) -> dict[str, list[str]]:
    found = {name_of(path): [n for n in imported(tree(path)) if is_wrong(path, n)] for path in paths}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_a_package_imports_only_what_lies_below_it():
    def lies_above(path: Path, name: str) -> bool:
        here = DOMAINS.index(path.relative_to(BASE).parts[0])
        return name.split(".")[0] in DOMAINS[here + 1 :]

    assert not offenders(sources(*DOMAINS), lies_above)


def test_a_part_of_the_platform_imports_only_what_lies_below_it():
    def lies_above(path: Path, name: str) -> bool:
        here = PLATFORM.index(path.relative_to(BASE).parts[1])
        return name.startswith("dsp_platform.") and name.split(".")[1] in PLATFORM[here + 1 :]

    assert not offenders(sources(*(f"dsp_platform/{part}" for part in PLATFORM)), lies_above)


def test_no_import_of_ours_hides_inside_a_function():
    hidden = {
        name_of(path): names
        for path in sources(*DOMAINS)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (names := [name for name in imported(function) if name.split(".")[0] in DOMAINS])
    }
    assert not hidden


def test_private_names_stay_in_their_package():
    def is_borrowed(path: Path, name: str) -> bool:
        private = any(part.startswith("_") and not part.startswith("__") for part in name.split("."))
        return private and name.split(".")[0] in DOMAINS and package_of(name) != package_of(name_of(path))

    assert not offenders(sources(*DOMAINS), is_borrowed)


def test_foreign_clients_live_in_adapters_and_providers_only():
    allowed = ("dsp_platform/exchange/adapters", "dsp_platform/notifications/providers")
    # The demo's own PostgreSQL and the set-up of its operator databases are tools.
    tools = (
        "dsp_platform/devserver/postgres.py",
        "dsp_platform/exchange/management/commands/create_operator_databases.py",
    )

    def is_stray(path: Path, name: str) -> bool:
        where = str(path.relative_to(BASE))
        return name.split(".")[0] in FOREIGN_CLIENTS and not where.startswith(allowed) and where not in tools

    assert not offenders(sources(*DOMAINS), is_stray)


def test_packages_do_not_import_each_other():
    arrows = {
        (package_of(name_of(path)), package_of(name))
        for path in sources(*DOMAINS)
        for name in imported(tree(path))
        if name.split(".")[0] in DOMAINS
    }
    assert not {(a, b) for a, b in arrows if a < b and (b, a) in arrows}


def circles(arrows: dict[str, set[str]]) -> dict[str, list[str]]:
    """Modules that are in a cycle or imported by one: what remains when modules without remaining imports are
    removed.
    """
    while free := {name for name, wanted in arrows.items() if not wanted & arrows.keys()}:
        arrows = {name: wanted for name, wanted in arrows.items() if name not in free}
    return {name: sorted(wanted & arrows.keys()) for name, wanted in arrows.items()}


def test_no_modules_import_each_other_in_a_circle():
    """Whether such a cycle works depends on which of its modules is loaded first."""
    modules = {name_of(path): path for path in sources(*DOMAINS)}
    assert not circles(
        {
            name: {found for found in imported(tree(path)) if found in modules and found != name}
            for name, path in modules.items()
            if path.name != "__init__.py"
        }
    )


def rooms_below(package: str) -> dict[str, set[str]]:
    """The modules and packages directly in the package, and which of them each imports."""
    start = package.count(".") + 2

    def room(name: str) -> str:
        return ".".join(name.split(".")[:start])

    arrows: dict[str, set[str]] = {}
    for path in sources(package.replace(".", "/")):
        here = room(name_of(path))
        if here != package:
            found = {room(name) for name in imported(tree(path)) if name.startswith(f"{package}.")}
            arrows.setdefault(here, set()).update(found - {here, package})
    return arrows


PACKAGES = sorted(name_of(path) for path in sources(*DOMAINS) if path.name == "__init__.py")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_rooms_of_a_package_import_each_other_one_way(package):
    assert not circles(rooms_below(package))
