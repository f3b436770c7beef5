"""The questions of "What can I get?": whom it is about, and one for each fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.translations.label import Label
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Answer, Question
from registry.facts.circumstances import EVERYBODY, UNKNOWN, YES_NO
from registry.facts.fact import Fact
from registry.facts.table import FACTS
from registry.persons.forms import CHOOSE, radios
from registry.programmes.check_bounds import bounds
from registry.rules.names import Known, Value

WHOM, ME, OTHER = "whom", "me", "other"
_BOOLEANS = [(answer, label) for answer, _value, label in YES_NO]
_VALUES: Mapping[str, Value | None] = {answer: value for answer, value, _label in YES_NO} | {UNKNOWN[0]: None}


class NumberField(forms.CharField):
    """Khmer digits too."""

    def __init__(self, least: int, most: int, *, narrowed: bool = False, **kwargs: Any) -> None:
        """``narrowed``: by other answers."""
        self.least, self.most, self.narrowed = least, most, narrowed
        super().__init__(max_length=10, error_messages={"required": _("Enter a number.")}, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "class": "short"}

    def clean(self, value: Any) -> Any:
        text = latin_digits(super().clean(value)).strip()
        if not (text.isascii() and text.isdecimal() and self.least <= int(text) <= self.most):
            raise forms.ValidationError(
                _("By your other answers it is a number between %(least)d and %(most)d.")
                if self.narrowed
                else _("Enter a number between %(least)d and %(most)d."),
                code="number",
                params={"least": self.least, "most": self.most},
            )
        return int(text)


class FactForm(QuestionForm):
    def __init__(self, *args: Any, field: forms.Field, label: str, help_text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field.label, field.help_text = label, help_text
        self.fields["answer"] = field
        self.is_number = isinstance(field, NumberField)

    @property
    def answers(self) -> Answer:
        answer = self.cleaned_data["answer"]
        return {"answer": _VALUES.get(answer, answer)}


def typed(value: Value | None) -> Any:
    """The value of a fact as the form takes it."""
    return next((answer for answer, known in _VALUES.items() if known is value), value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckQuestion(Question):
    form: type[QuestionForm] = FactForm
    of_other: Label = ""
    """The heading where it is about somebody else of the household."""
    fact: Fact | None = None
    """None where it asks whom all this is about."""

    def field(self, answers: Known | None = None) -> forms.Field:
        """``answers``: those that a number must agree with."""
        fact = self.fact
        if fact is None:
            return radios("", [(ME, _("About me")), (OTHER, _("About somebody else in my household"))])
        if fact.type is int:
            widest = (fact.question.least, fact.question.most)
            limits = bounds(fact, answers or {})
            return NumberField(*limits, narrowed=limits != widest)
        choices = _BOOLEANS if fact.type is bool else [*(fact.question.choices or fact.choices())]
        if fact.question.is_long:
            return forms.ChoiceField(choices=[("", ""), *choices, UNKNOWN], error_messages=CHOOSE)
        return radios("", [*choices, UNKNOWN])


def _depends_on(fact: Fact) -> tuple[str, ...]:
    """A fact of one person is another's where it is about somebody else; some are asked by age and sex."""
    asked = fact.asked_of
    asked_by = {WHOM: fact.question.of_other, "age": asked != EVERYBODY, "sex": asked.sex}
    return tuple(name for name, by in asked_by.items() if by)


def check_questions() -> dict[str, CheckQuestion]:
    """By fact, in the order in which they are asked."""
    whom = CheckQuestion(heading=_("Who is this about?"), help=_("Answer for one person at a time."))
    return {WHOM: whom} | {
        fact.name: CheckQuestion(
            heading=fact.question.heading,
            of_other=fact.question.of_other,
            help=fact.question.help,
            fact=fact,
            depends_on=_depends_on(fact),
        )
        for fact in FACTS.values()
    }
