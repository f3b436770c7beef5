"""When a question is asked: a rule over facts, and over the answers to the questions before it.

Stewards choose conditions from a list and type numbers only; what is stored is the rule
(docs/reference/rules.md). A question is asked only where its rule is surely met: what is not known, and what
was not asked, does not count.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from dsp_platform.translations.label import labelled
from registry.facts.table import FACTS
from registry.models import ProgrammeQuestion
from registry.programmes.questions.definition import Answer, Asked
from registry.rules.check import check_rule
from registry.rules.judge import judge_rule
from registry.rules.names import Known, Value
from registry.rules.nodes import And, Condition, Node, Or
from registry.rules.parse import parse_rule

Kind = ProgrammeQuestion.Kind
ALL, ANY = "all", "any"
_LEAST, _MOST = 0, 1_000_000_000


class Row(NamedTuple):
    """One condition as the form has it: which of the ``options``, and the number where it takes one."""

    option: str
    number: int | None = None


class Option(NamedTuple):
    name: str
    operator: str
    value: Value | None
    """None where a number is typed."""
    title: str
    words: str

    @property
    def label(self) -> str:
        return labelled(self.title, self.words)

    @property
    def key(self) -> str:
        return "|".join([self.name, self.operator, "" if self.value is None else json.dumps(self.value)])


def values(before: Iterable[Asked]) -> dict[str, Sequence[Value]]:
    """The names that stand for answers in a rule, with the values that they can have."""
    found: dict[str, Sequence[Value]] = {}
    for one in before:
        match one.kind:
            case Kind.YES_NO:
                found[one.name] = (True, False)
            case Kind.NUMBER:
                least = _LEAST if one.least is None else one.least
                found[one.name] = range(least, (_MOST if one.most is None else one.most) + 1)
            case Kind.ONE:
                found[one.name] = [choice["code"] for choice in one.choices]
            case Kind.SEVERAL:
                found |= {_of_choice(one, choice["code"]): (True, False) for choice in one.choices}
    return found


def _of_choice(asked: Asked, code: str) -> str:
    return f"{asked.name}_{code}"


def _types(before: Iterable[Asked]) -> frozenset[tuple[str, type[Value]]]:
    return frozenset((name, type(next(iter(possible)))) for name, possible in values(before).items())


def known_by(answers: Mapping[str, Answer], before: Iterable[Asked]) -> Known:
    """What the answers so far say. Nothing of those that are missing."""
    known: Known = {}
    for one in before:
        answer = answers.get(one.name)
        if answer in (None, "", []):
            continue
        match one.kind:
            case Kind.YES_NO:
                known[one.name] = answer == "yes"
            case Kind.NUMBER | Kind.ONE:
                known[one.name] = answer  # type: ignore[assignment]
            case Kind.SEVERAL:
                chosen = answer if isinstance(answer, list) else []
                known |= {_of_choice(one, choice["code"]): choice["code"] in chosen for choice in one.choices}
    return known


def is_asked(asked: Asked, facts: Known, answers: Mapping[str, Answer], before: Sequence[Asked]) -> bool:
    """``answers``: those to questions that were asked."""
    if not asked.condition:
        return True
    rule = parse_rule(asked.condition, _types(before))
    return judge_rule(rule, {**facts, **known_by(answers, before)}) is True


def asked_for(questions: Sequence[Asked], facts: Known, answers: Mapping[str, Answer]) -> list[Asked]:
    """Those that are asked, by these facts and the answers so far."""
    found: list[Asked] = []
    for number, one in enumerate(questions):
        counted = {other.name: answers.get(other.name) for other in found}
        if is_asked(one, facts, counted, questions[:number]):
            found.append(one)
    return found


def check(condition: str, before: Sequence[Asked]) -> None:
    """Raises ``RuleError``: it names what is not asked before it, or is always or never so."""
    check_rule(condition, values(before))


def options(before: Sequence[Asked]) -> list[tuple[str, list[Option]]]:
    """All conditions that can be chosen, by group."""
    answers = [option for one in before for option in _of_question(one)]
    facts = [option for name in FACTS for option in _of_fact(name)]
    return [(_("Answers to earlier questions"), answers), (_("What is known of the person"), facts)]


def _of_question(one: Asked) -> Iterator[Option]:
    match one.kind:
        case Kind.YES_NO:
            yield from _equal(one.name, one.title, [(True, _("yes")), (False, _("no"))])
        case Kind.NUMBER:
            yield from _numbers(one.name, one.title)
        case Kind.ONE:
            yield from _equal(one.name, one.title, one.options)
            for code, words in one.options:
                yield Option(one.name, "!=", code, one.title, _("not %(value)s") % {"value": words})
        case Kind.SEVERAL:
            for code, words in one.options:
                without = _("not %(value)s") % {"value": words}
                yield from _equal(_of_choice(one, code), one.title, [(True, words), (False, without)])


def _of_fact(name: str) -> Iterator[Option]:
    fact = FACTS[name]
    if fact.type is bool:
        yield from _equal(name, str(fact.label), [(True, _("yes")), (False, _("no"))])
    elif fact.type is int:
        yield from _numbers(name, str(fact.label))
    else:
        choices = [(str(value), str(label)) for value, label in fact.choices()]
        yield from _equal(name, str(fact.label), choices)


def _equal(name: str, title: str, choices: Iterable[tuple[Value, str]]) -> Iterator[Option]:
    for value, words in choices:
        yield Option(name, "==", value, title, words)


def _numbers(name: str, title: str) -> Iterator[Option]:
    yield Option(name, ">=", None, title, _("at least the number beside"))
    yield Option(name, "<=", None, title, _("at most the number beside"))


def by_key(before: Sequence[Asked]) -> dict[str, Option]:
    return {option.key: option for _group, group in options(before) for option in group}


def rule_of(rows: Iterable[Row], joined: str, before: Sequence[Asked]) -> str:
    """The rule that these rows say together."""
    known = by_key(before)
    parts = []
    for row in rows:
        option = known[row.option]
        value = row.number if option.value is None else option.value
        parts.append(f"{option.name} {option.operator} {json.dumps(value, ensure_ascii=False)}")
    return (" && " if joined == ALL else " || ").join(parts)


def rows_of(condition: str, before: Sequence[Asked]) -> tuple[list[Row], str]:
    """The reverse of ``rule_of``."""
    if not condition:
        return [], ALL
    rule = parse_rule(condition, _types(before))
    rows = [_row(one) for one in _conditions(rule)]
    return rows, ANY if isinstance(rule, Or) else ALL


def _conditions(node: Node) -> Iterator[Condition]:
    match node:
        case Condition():
            yield node
        case And(left, right) | Or(left, right):
            yield from _conditions(left)
            yield from _conditions(right)


def _row(condition: Condition) -> Row:
    if condition.operator in (">=", "<=") and isinstance(condition.value, int):
        return Row(f"{condition.fact}|{condition.operator}|", condition.value)
    return Row("|".join([condition.fact, condition.operator, json.dumps(condition.value)]))


def in_words(condition: str, before: Sequence[Asked]) -> str:
    """For stewards: empty where everybody is asked."""
    rows, joined = rows_of(condition, before)
    known = by_key(before)
    words = [_row_in_words(row, known) for row in rows]
    return f" {_('and') if joined == ALL else _('or')} ".join(words)


def _row_in_words(row: Row, known: Mapping[str, Option]) -> str:
    option = known.get(row.option)
    if option is None:  # a value that is no more, such as a province that was closed
        return row.option
    if row.number is None:
        return option.label
    compared = _("at least %(number)d") if option.operator == ">=" else _("at most %(number)d")
    return labelled(option.title, compared % {"number": row.number})
