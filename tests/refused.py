"""Static analysis of the sources: where a refused step is shown, and which refusals come there."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from dsp_platform.casework.errors import Overtaken, StepRefused
from tests.codes import calls
from tests.packages import BASE, PACKAGES
from tests.structure.test_imports import name_of, sources, tree

RECORDED = "refusals_recorded"


def handlers() -> Iterator[tuple[str, str, ast.AST]]:
    """Every place that ends a refusal of a step: its file, what surrounds it, and what may raise it.

    Not those that hand it on to their caller, and not the pages that only citizens open.
    """
    for path in sources(*PACKAGES):
        module, file = import_module(name_of(path)), str(path.relative_to(BASE))
        for around in ast.walk(tree(path)):
            if isinstance(around, ast.ClassDef) and any(
                isinstance(line, ast.Assign)
                and ast.unparse(line.targets[0]) == "refusals"
                and catches(line.value, module)
                for line in around.body
            ):
                yield file, around.name, around
            if not isinstance(around, ast.FunctionDef) or is_of_citizens(around):
                continue
            for node in ast.walk(around):
                if isinstance(node, ast.Try):
                    ends = (one for one in node.handlers if catches(one.type, module) and not hands_on(one))
                    if any(ends):
                        yield file, around.name, ast.Module(node.body, [])
                elif isinstance(node, ast.With) and any(suppresses(item, module) for item in node.items):
                    yield file, around.name, node


def is_of_citizens(function: ast.FunctionDef) -> bool:
    return "citizen_required" in map(ast.unparse, function.decorator_list)


def hands_on(handler: ast.ExceptHandler) -> bool:
    match handler.body[-1]:
        case ast.Raise():
            return True
        case ast.Return(value=ast.Name(id=name)):
            return name == handler.name
    return False


def suppresses(item: ast.withitem, module: Any) -> bool:
    call = item.context_expr
    if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("suppress"):
        return False
    return any(catches(one, module) for one in call.args)


def catches(caught: ast.expr | None, module: Any) -> bool:
    """Whether a refusal of a step is named among them."""
    if isinstance(caught, ast.Tuple):
        return any(catches(one, module) for one in caught.elts)
    return refusal(caught, module) is not None


def refusal(node: ast.expr | None, module: Any) -> type[StepRefused] | None:
    """The class that the expression names in this module."""
    found: Any = module
    for name in ast.unparse(node).split(".") if isinstance(node, ast.Name | ast.Attribute) else ["None"]:
        found = getattr(found, name, getattr(builtins, name, None))
    return found if isinstance(found, type) and issubclass(found, StepRefused) else None


def recorders(node: ast.AST) -> Iterator[ast.With]:
    for one in ast.walk(node):
        if isinstance(one, ast.With) and any(f"{RECORDED}(" in ast.unparse(item) for item in one.items):
            yield one


@cache
def functions() -> dict[str, list[tuple[Any, ast.FunctionDef]]]:
    found = defaultdict(list)
    for path in sources(*PACKAGES):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                found[node.name].append((import_module(name_of(path)), node))
    return found


@cache
def tables() -> dict[str, set[str]]:
    """By the field of a table, as ``Kind.apply``: the functions that its rows name."""
    found = defaultdict(set)
    for path in sources(*PACKAGES):
        for row in ast.walk(tree(path)):
            if isinstance(row, ast.keyword) and isinstance(row.value, ast.Name | ast.Attribute):
                found[row.arg or ""].add(ast.unparse(row.value).rpartition(".")[2])
    return found


def called(node: ast.AST) -> set[str]:
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls}


@cache
def recordable() -> set[str]:
    """The class of every refusal that may be raised below a recorder, by the names of what is called there.

    ``Overtaken`` is none: somebody else was first.
    """
    open_names, reached, found = set(), set(), set()
    for path in sources(*PACKAGES):
        module = import_module(name_of(path))
        for function in ast.walk(tree(path)):
            if not isinstance(function, ast.FunctionDef):
                continue
            for recorder in recorders(function):
                open_names |= called(recorder)
                found |= raised(recorder, module)
                # What the function was given, as ``submit`` the taking of a step.
                given = [call for _file, call, _around in calls(function.name)]
                open_names |= {
                    ast.unparse(one).rpartition(".")[2]
                    for call in given
                    for one in call.args
                    if isinstance(one, ast.Name | ast.Attribute)
                }
    while open_names - reached:
        name = (open_names - reached).pop()
        reached.add(name)
        open_names |= tables().get(name, set())
        for module, function in functions().get(name, ()):
            open_names |= called(function)
            found |= raised(function, module)
    return {one.__name__ for one in found if not issubclass(one, Overtaken)}


def raised(node: ast.AST, module: Any) -> set[type[StepRefused]]:
    found = set()
    for one in ast.walk(node):
        made = one.func if isinstance(one, ast.Call) else getattr(one, "exc", None)
        if (kind := refusal(made, module)) is not None:
            found.add(kind)
    return found
