"""The terms of a sharing agreement in words, one line each, so that two agreements can be compared."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.exchange.contract import name_of, registered
from dsp_platform.exchange.mapping.words import words_of
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.translations.label import labelled

Text = Mapping[str, Any]


def name_in_words(text: Text) -> str:
    operator = Operator.objects.filter(pk=text["operator"]).first()
    words = {
        "operator": operator or text["operator"],
        "kind": name_of(text["kind"]),
        "number": text["number"],
    }
    return _("%(operator)s, %(kind)s, number %(number)s") % words


def lines_of(text: Text) -> dict[str, str]:
    """By label. Empty terms are left out."""
    return {label: words for label, words in _lines(text) if words}


def _lines(text: Text) -> Iterator[tuple[str, str]]:
    yield _("Fields"), fields_in_words(text["kind"], text["fields"])
    yield _("Whom it concerns"), str(Agreement.Concerns(text["concerns"]).label)
    yield from _rule(text)
    yield _("It rests on"), str(Agreement.Basis(text["basis"]).label)
    yield _("Law"), text["legal_reference"]
    yield _("Purpose, in Khmer"), text["purpose_km"] or ""
    yield _("Purpose, in English"), text["purpose_en"] or ""
    yield _("First day"), day_in_words(text["valid_from"])
    yield _("Last day"), day_in_words(text["valid_to"])
    yield _("How the operator is reached"), words_of(text.get("reached_by"))
    yield from mapping_lines(text["kind"], text["mapping"])


def _labels(kind: str) -> dict[str, str]:
    known = registered.kinds.get(kind)
    return {field: str(label) for field, label in known.labels.items()} if known else {}


def fields_in_words(kind: str, fields: Iterable[str]) -> str:
    labels = _labels(kind)
    return ", ".join(labels.get(field, field) for field in fields)


def _rule(text: Text) -> Iterator[tuple[str, str]]:
    """Also in words, and compared with the rule before it: the approver approves what is shown here."""
    rule, reader = text["rule"], registered.rule_reader
    if reader and rule.strip():
        yield _("Rule, in words"), reader.in_words(rule)
    yield _("Rule, as it is written"), rule
    drafted = text["state"] == Agreement.State.DRAFT and text["concerns"] != Agreement.Concerns.APPLICANTS
    if reader and drafted:
        earlier = Agreement.objects.filter(
            operator=text["operator"], kind=text["kind"], state=Agreement.State.APPROVED
        )
        followed = earlier.exclude(concerns=Agreement.Concerns.APPLICANTS).order_by("-number").first()
        before = followed.rule if followed else ""
        if rule != before:
            yield _("Who gains and who loses by the rule"), reader.compare(text["kind"], before, rule)


def mapping_lines(kind: str, mapping: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and words of each part."""
    labels = _labels(kind)
    for field, columns in mapping.get("columns", {}).items():
        yield _("Where “%(field)s” is written") % {"field": labels.get(field, field)}, words_of(columns)
    parts = {
        "table": _("Table of the operator"),
        "key": _("Key of a record"),
        "version": _("Column of the version"),
        "withdrawn": _("How a withdrawal is marked"),
        "written_at": _("Column of the time of writing"),
        "constants": _("The same in every record"),
        "removed": _("Columns that are gone"),
    }
    for part, label in parts.items():
        match mapping.get(part):
            case {"field": str(field), "column": str(column)}:
                yield label, labelled(labels.get(field, field), column)
            case value:
                yield label, words_of(value)


def day_in_words(day: str | None) -> str:
    return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT") if day else ""
