"""The import contracts of ``pyproject.toml`` are kept, and what a contract cannot say about imports."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.packages import BASE, PACKAGES


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


def test_the_import_contracts_are_kept():
    """The same ones as in ``make lint``. Its own process: import-linter disables other loggers."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_import_of_ours_hides_inside_a_function():
    hidden = {
        name_of(path): names
        for path in sources(*PACKAGES)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (names := [name for name in imported(function) if name.split(".")[0] in PACKAGES])
    }
    assert not hidden


def test_private_names_stay_in_their_package():
    def is_borrowed(path: Path, name: str) -> bool:
        private = any(part.startswith("_") and not part.startswith("__") for part in name.split("."))
        return private and name.split(".")[0] in PACKAGES and package_of(name) != package_of(name_of(path))

    assert not offenders(sources(*PACKAGES), is_borrowed)


def test_the_tools_look_at_all_our_packages():
    """A package that they do not know would be neither typed nor kept in its place."""
    told = tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]
    linter = told["importlinter"]
    contracts = {one["id"]: one for one in linter["contracts"]}
    lists = [
        told["mypy"]["packages"],
        linter["root_packages"],
        contracts["domains"]["layers"],
        contracts["cycles"]["ancestors"],
        contracts["clients"]["source_modules"],
        [one for one in told["vulture"]["paths"] if one not in ("benchmarks", "tests", "manage.py")],
    ]
    assert [sorted(one) for one in lists] == [list(PACKAGES)] * len(lists)
    of_vulture = re.findall(
        r"bin/vulture ([a-z_ ]+) benchmarks", (BASE / "Makefile").read_text().replace("$(BIN)", "bin")
    )
    assert [sorted(one.split()) for one in of_vulture] == [list(PACKAGES)]
