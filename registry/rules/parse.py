"""From the text of a rule to its nodes: the part of CEL that can be judged with unknown facts.

Comparisons (== != < <= > >= in), && || !, parentheses, lists, literals and the names of facts, read
by cel-python's parser. All else of CEL is refused with its place. So are comments, which would hide the rest
of a line from its approver, and invisible characters.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from celpy import celparser
from django.utils.translation import gettext as _
from lark import Token, Tree

from dsp_platform.khmer.text import clean
from registry.rules.names import TYPES, Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or, Place

_RELATIONS = {
    "relation_eq": "==",
    "relation_ne": "!=",
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
    "relation_in": "in",
}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
Types = Mapping[str, type[Value]]
_MOST_CHARACTERS = 2000
_DEEPEST = 60


@cache
def _parser() -> celparser.CELParser:
    """Built for the first rule: its tables take a quarter of the start of a process, and few read rules."""
    return celparser.CELParser()


class RuleError(ValueError):
    """The rule cannot be used; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(
            _("Line %(line)d, position %(column)d: %(message)s")
            % {"line": line, "column": column, "message": message}
        )
        self.message, self.line, self.column = message, line, column


@lru_cache(maxsize=256)
def parse_rule(text: str, also: frozenset[tuple[str, type[Value]]] = frozenset()) -> Node:
    """Raises ``RuleError`` with the place of the mistake, in the active language. ``also``: further names
    that it may use, with their types, such as the answers to a programme's questions."""
    if len(text) > _MOST_CHARACTERS:
        raise RuleError(_("The rule is too long."))
    if "//" in text:
        raise _error_at(text, text.index("//"), _("A rule has no comments."))
    for place, sign in enumerate(text):
        if sign not in "\n\r\t " and not clean(sign):
            message = _("The character U+%(code)s cannot be seen.") % {"code": f"{ord(sign):04X}"}
            raise _error_at(text, place, message)
    try:
        return _condition(_parser().parse(text), 0, {**TYPES, **dict(also)} if also else TYPES)
    except celparser.CELParseError as error:
        raise RuleError(_("This cannot be read as a rule."), error.line or 1, error.column or 1) from None
    except RecursionError:
        raise RuleError(_("The rule is nested too deeply.")) from None


def _error_at(text: str, place: int, message: str) -> RuleError:
    before = text[:place].split("\n")
    return RuleError(message, len(before), len(before[-1]) + 1)


def _error(tree: Tree | Token, message: str) -> RuleError:
    return RuleError(message, *_place(tree))


def _place(tree: Tree | Token) -> Place:
    tokens: Iterator[Token] = (
        iter([tree]) if isinstance(tree, Token) else tree.scan_values(lambda value: isinstance(value, Token))
    )
    token = next(tokens, None)
    return (token.line or 1, token.column or 1) if token is not None else (1, 1)


def _inner(tree: Tree) -> Tree:
    """Skips the levels of the grammar that only wrap the next one, and parentheses."""
    while len(tree.children) == 1 and isinstance(tree.children[0], Tree) and tree.data != "list_lit":
        tree = tree.children[0]
    return tree


def _condition(tree: Tree, depth: int, types: Types) -> Node:
    tree = _inner(tree)
    if depth > _DEEPEST:
        raise _error(tree, _("The rule is nested too deeply."))
    if tree.data in ("conditionalor", "conditionaland"):
        left, right = (_condition(child, depth + 1, types) for child in tree.children)
        return Or(left, right) if tree.data == "conditionalor" else And(left, right)
    if tree.data == "unary" and tree.children[0].data == "unary_not":
        return Not(_condition(tree.children[1], depth + 1, types))
    if tree.data == "relation":
        return _comparison(tree, types)
    if tree.data == "ident":
        name = _fact(tree, types)
        if types[name] is not bool:
            raise _error(tree, _("“%(name)s” must be compared with a value.") % {"name": name})
        return Condition(name, "==", True, (_place(tree), _place(tree)))
    if tree.data == "literal" and isinstance(value := _literal(tree), bool):
        return Constant(value)
    raise _error(tree, _("A condition is expected here."))


def _comparison(tree: Tree, types: Types) -> Condition:
    relation, right = tree.children
    operator, left = _RELATIONS[relation.data], _inner(relation.children[0])
    right = _inner(right)
    if operator == "in":
        name = _fact(left, types)
        if right.data != "list_lit" or not right.children:
            raise _error(right, _('A list of values is expected here, like ["level1", "level2"].'))
        listed = [_inner(child) for child in right.children[0].children]
        places = (_place(tree), *map(_place, listed))
        return Condition(name, "in", tuple(_value(one, types[name], name) for one in listed), places)
    if left.data != "ident":
        left, right, operator = right, left, _MIRRORED[operator]
    name = _fact(left, types)
    if operator not in ("==", "!=") and types[name] is not int:
        raise _error(left, _("“%(name)s” is not a number.") % {"name": name})
    return Condition(name, operator, _value(right, types[name], name), (_place(tree), _place(right)))


def _fact(tree: Tree, types: Types) -> str:
    name = str(tree.children[0]) if tree.data == "ident" else ""
    if not name:
        raise _error(tree, _("The name of a fact is expected here."))
    if name not in types:
        raise _error(tree, _("There is no fact “%(name)s”.") % {"name": name})
    return name


def _value(tree: Tree, of: type[Value], name: str) -> Value:
    value = _literal(tree)
    if type(value) is not of:
        raise _error(tree, _("This is not a value of “%(name)s”.") % {"name": name})
    return value


def _literal(tree: Tree) -> Value:
    literal = tree.children[0] if tree.data == "literal" else None
    if not isinstance(literal, Token) or literal.type not in ("INT_LIT", "STRING_LIT", "BOOL_LIT"):
        raise _error(tree, _("A whole number, a word in quotes, true or false is expected here."))
    if literal.type == "BOOL_LIT":
        return bool(literal == "true")
    try:
        if literal.type == "INT_LIT":
            return int(literal, 0)
        word = str(ast.literal_eval(str(literal)))
    except (SyntaxError, ValueError):
        raise _error(tree, _("This value cannot be read.")) from None
    # Neither invisible characters, escaped or not, nor those PostgreSQL cannot store.
    if word != clean(word):
        raise _error(tree, _("This value cannot be read."))
    return word
