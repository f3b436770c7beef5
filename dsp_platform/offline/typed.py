"""What was typed into a form that could not be applied, with the labels of the form in the reader's language.

A domain says per view what its form asks, so that nothing of a form shows but what somebody typed or chose.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from django import forms
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from dsp_platform.offline.models import OfflineItem
from dsp_platform.translations.label import Label
from dsp_platform.wizard.questions import AnswerRow, Question

Fields = Mapping[str, forms.Field]
Said = Mapping[str, Callable[[str], Label]]
"""By the name of a field, the words of a value that is chosen from what only the page knew."""


class Part(NamedTuple):
    about: str
    """Whom or what it is about; empty where the form is about one thing."""
    rows: list[AnswerRow]


Words = Callable[[QueryDict, Mapping[str, Any]], list[Part]]
"""(what was sent, arguments of the address) -> what of it was typed."""
_words: dict[str, Words] = {}


def register_words(words: Mapping[str, Words]) -> None:
    """By the name of the view."""
    _words.update(words)


def typed_in_words(item: OfflineItem) -> list[Part]:
    data = QueryDict(item.typed or "")
    try:
        match = resolve(item.page)
    except Resolver404:
        return _likely(data)
    words = _words.get(match.view_name)
    return _filled(words(data, match.kwargs)) if words else _likely(data)


def _likely(data: QueryDict) -> list[Part]:
    """Of a page that a release has taken away: in the words of the form that knows most of what was typed."""
    told = [_filled(words(data, {})) for words in _words.values()]
    return max(told, key=lambda parts: sum(len(one.rows) for one in parts), default=[])


def _filled(parts: list[Part]) -> list[Part]:
    return [one for one in parts if one.rows]


def of_forms(*forms_of_view: type[forms.Form], said: Said | None = None) -> Words:
    def words(data: QueryDict, _arguments: Mapping[str, Any]) -> list[Part]:
        return [Part("", rows_of(form.base_fields, data, said=said)) for form in forms_of_view]

    return words


def of_questions(
    questions: Mapping[str, Question],
    *,
    said: Said | None = None,
    further: Callable[[str, QueryDict], Fields] = lambda _name, _data: {},
) -> Words:
    """``further``: the fields of a question that its form adds for whom it asks. Without its name, of all."""

    def words(data: QueryDict, arguments: Mapping[str, Any]) -> list[Part]:
        name = str(arguments.get("question", ""))
        if not arguments:
            return [Part("", rows_of(_every_field(questions), data, said=said))]
        if (question := questions.get(name)) is None:
            return []
        fields = {**question.form.base_fields, **further(name, data)}
        return [Part(str(question.heading), rows_of(fields, data, said=said))]

    return words


def _every_field(questions: Mapping[str, Question]) -> Fields:
    return {name: field for one in questions.values() for name, field in one.form.base_fields.items()}


def rows_of(
    fields: Fields, data: Mapping[str, Any], *, prefix: str = "", said: Said | None = None
) -> list[AnswerRow]:
    return list(_rows(fields, data, prefix, said or {}))


def _rows(fields: Fields, data: Mapping[str, Any], prefix: str, said: Said) -> Iterator[AnswerRow]:
    for name, field in fields.items():
        if field.widget.is_hidden:
            continue
        given = field.widget.value_from_datadict(data, {}, f"{prefix}{name}")
        if isinstance(given, tuple):  # (words to find it by, what was chosen)
            given = next(filter(None, reversed(given)), "")
        texts = [one for one in (given if isinstance(given, list) else [given]) if one]
        if not texts:
            continue
        if isinstance(field, forms.MultiValueField):
            words = " / ".join(texts)
        else:
            words = ", ".join(str(said[name](one) if name in said else _chosen(field, one)) for one in texts)
        yield AnswerRow(str(field.label or ""), words)


def _chosen(field: forms.Field, value: Any) -> Label:
    if value is True:
        return _("Yes")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return cast(Label, dict(cast(Any, field.choices)).get(value, str(value)))
    return str(value)
