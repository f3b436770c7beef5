"""Find every string marked for translation in Python files and in templates."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

SUFFIXES = {".py", ".html", ".txt"}
EXCLUDED = {"migrations", "tests", "__pycache__"}

# What each argument of a gettext function is: c(ontext), s(ingular), p(lural).
_ARGUMENTS = {"gettext": "s", "ngettext": "sp", "pgettext": "cs", "npgettext": "csp"}
_FUNCTIONS = {
    name + suffix: arguments for name, arguments in _ARGUMENTS.items() for suffix in ("", "_lazy", "_noop")
}
_STRING = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(({_STRING}(?:,\s*{_STRING})*)")


@dataclass(frozen=True)
class Found:
    """A string to be translated, and its file."""

    file: str
    singular: str
    plural: str | None = None
    context: str | None = None


def extract(root: Path, folders: Iterable[str]) -> list[Found]:
    """All strings of these folders, in the order of files and of their lines."""
    found: list[Found] = []
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and not EXCLUDED.intersection(path.relative_to(root).parts):
                found += extract_file(path, path.relative_to(root).as_posix())
    return found


def extract_file(path: Path, name: str) -> Iterator[Found]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        for function, arguments in _TEMPLATE_CALL.findall(templatize(source, name)):
            values = ast.literal_eval(f"({arguments},)")
            yield _found(name, _ARGUMENTS["gettext" if function == "_" else function], values)
        return
    tree = ast.parse(source, filename=name)
    functions = dict(_imported(tree))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        kinds = functions.get(_name(call.func))
        if kinds is None:
            continue
        arguments = call.args[: len(kinds)]
        if any(isinstance(argument, ast.JoinedStr) for argument in arguments):
            raise SyntaxError(f"{name}:{call.lineno}: an f-string cannot be translated")
        constants = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
        values = [value for value in constants if isinstance(value, str)]
        if len(values) == len(kinds):
            yield _found(name, kinds, values)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names under which a module imports the gettext functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                if alias.name in _FUNCTIONS:
                    yield alias.asname or alias.name, _FUNCTIONS[alias.name]
        elif isinstance(node, ast.ImportFrom) and node.module == "django.utils":
            for alias in node.names:
                if alias.name == "translation":
                    for function, kinds in _FUNCTIONS.items():
                        yield f"{alias.asname or alias.name}.{function}", kinds


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return f"{function.value.id}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else ""


def _found(name: str, kinds: str, values: Iterable[str]) -> Found:
    parts = dict(zip(kinds, values, strict=True))
    return Found(name, parts["s"], parts.get("p"), parts.get("c"))
