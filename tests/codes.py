"""Static analysis of the sources: every text that an argument of a function can be, at all its calls."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.packages import BASE, PACKAGES
from tests.structure.test_imports import imported, name_of, sources, tree

Function = ast.FunctionDef | None
Found = tuple[str, ast.Call, Function]


def calls(name: str) -> list[Found]:
    """Every call of a function with this name, with its file and enclosing function."""
    return _all_calls().get(name, [])


@cache
def _all_calls() -> dict[str, list[Found]]:
    """By the name of what is called."""
    found: dict[str, list[Found]] = {}
    for path in sources(*PACKAGES):
        file = str(path.relative_to(BASE))
        for call, function in _calls(tree(path), None):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            found.setdefault(name, []).append((file, call, function))
    return found


def _calls(
    node: ast.AST, around: ast.FunctionDef | None
) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.Call):
            yield inner, around
        yield from _calls(inner, inner if isinstance(inner, ast.FunctionDef) else around)


@cache
def modules(file: str) -> set[str]:
    names = set(imported(tree(BASE / file)))
    return names | {name.rpartition(".")[0] for name in names}


@dataclass(frozen=True)
class Reading:
    """``known``: by file and expression, what cannot be found out statically."""

    known: Mapping[tuple[str, str], set[str]]

    def values(self, file: str, node: ast.expr, function: Function) -> set[str]:
        """All texts that the expression can be; raises where that cannot be determined."""
        if (file, ast.unparse(node)) in self.known:
            return self.known[file, ast.unparse(node)]
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.JoinedStr(values=parts):
                plain = [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
                return self.joined(file, plain, function)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.joined(file, [left, right], function)
            case ast.IfExp(body=body, orelse=other):
                return self.values(file, body, function) | self.values(file, other, function)
            case ast.Name(id=name):
                return self.of_name(file, name, function)
        raise AssertionError(f"{file}:{node.lineno}: what is {ast.unparse(node)}? Say it in self.known.")

    def joined(self, file: str, parts: list[ast.expr], function: Function) -> set[str]:
        found = {""}
        for part in parts:
            found = {text + more for text in found for more in self.values(file, part, function)}
        return found

    def of_name(self, file: str, name: str, function: Function) -> set[str]:
        arguments = [*function.args.args, *function.args.kwonlyargs] if function else []
        if name in [argument.arg for argument in arguments]:
            assert function is not None
            return set().union(*self.given(file, function, name), *self.default(file, function, name))
        found = set()
        for node in ast.walk(function or ast.Module([], [])):
            if (
                isinstance(node, ast.For)
                and ast.unparse(node.target) == name
                and isinstance(node.iter, ast.Tuple)
            ):
                found |= set().union(*(self.values(file, one, function) for one in node.iter.elts))
        for node in tree(BASE / file).body:
            if isinstance(node, ast.Assign) and name in [ast.unparse(target) for target in node.targets]:
                found |= self.values(file, node.value, None)
        assert found, f"{file}: what is {name}? Say it in self.known."
        return found

    def given(self, own: str, function: ast.FunctionDef, name: str) -> Iterator[set[str]]:
        positions = [argument.arg for argument in function.args.args]
        for file, call, around in calls(function.name):
            if file != own and (function.name.startswith("_") or name_of(BASE / own) not in modules(file)):
                continue  # another function of the same name
            by_name = [word.value for word in call.keywords if word.arg == name]
            by_place = call.args[positions.index(name) :][:1] if name in positions else []
            for one in by_name or by_place:
                yield self.values(file, one, around)

    def default(self, file: str, function: ast.FunctionDef, name: str) -> Iterator[set[str]]:
        places = (
            (function.args.args[::-1], function.args.defaults[::-1]),
            (function.args.kwonlyargs, function.args.kw_defaults),
        )
        for arguments, defaults in places:
            for argument, value in zip(arguments, defaults, strict=False):
                if argument.arg == name and value is not None:
                    yield self.values(file, value, None)
