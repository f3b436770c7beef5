"""The questions of "What can I get?": one fact each. A new one is a row of ``QUESTIONS``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Answer, Question, Text
from registry.models import Area, Household, Person
from registry.persons.circumstances import UNKNOWN
from registry.persons.forms import CHOOSE, radios
from registry.rules.names import Value

WHOM, ME, OTHER = "whom", "me", "other"


class NumberField(forms.CharField):
    """Khmer digits too."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(max_length=10, error_messages={"required": _("Enter a number.")}, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "class": "short"}

    def clean(self, value: Any) -> Any:
        text = latin_digits(super().clean(value)).strip()
        if not (text.isascii() and text.isdecimal() and int(text) <= self.most):
            raise forms.ValidationError(
                _("Enter a number between 0 and %(most)d."), code="number", params={"most": self.most}
            )
        return int(text)


def _province() -> forms.Field:
    name = "name_km" if get_language() == "km" else "name_latin"
    provinces = Area.objects.filter(level=Area.Level.PROVINCE).order_by("code").values_list("code", name)
    return forms.ChoiceField(choices=[("", ""), *provinces, UNKNOWN], error_messages=CHOOSE)


_YES_NO = partial(radios, "", [("yes", _("Yes")), ("no", _("No")), UNKNOWN])
_AGE, _COUNT = partial(NumberField, 125), partial(NumberField, 40)
_SEX = partial(radios, "", [*Person.Sex.choices, UNKNOWN])
_WHOM = partial(radios, "", [(ME, _("About me")), (OTHER, _("About somebody else in my household"))])
_POVERTY_LEVEL = partial(
    radios,
    "",
    [
        (Household.PovertyLevel.LEVEL_1, _("Yes: poor level 1")),
        (Household.PovertyLevel.LEVEL_2, _("Yes: poor level 2")),
        (Household.PovertyLevel.AT_RISK, _("No card, but assessed as an at-risk household")),
        (Household.PovertyLevel.NOT_POOR, _("No card: assessed as not poor")),
        UNKNOWN,
    ],
)
_VALUES = {UNKNOWN[0]: None, "yes": True, "no": False}


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
    if isinstance(value, bool):
        return "yes" if value else "no"
    return UNKNOWN[0] if value is None else value


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuestion(Question):
    form: type[QuestionForm] = FactForm
    of_other: Text = ""
    """The heading where it is about somebody else of the household; empty where both are asked the same."""
    field: Callable[[], forms.Field] = _YES_NO


QUESTIONS: Mapping[str, FactQuestion] = {
    WHOM: FactQuestion(
        heading=_("Who is this about?"), help=_("Answer for one person at a time."), field=_WHOM
    ),
    "age": FactQuestion(
        heading=_("How old are you?"),
        of_other=_("How old is this person?"),
        help=_("In full years. A baby: 0."),
        field=_AGE,
    ),
    "sex": FactQuestion(heading=_("What is your sex?"), of_other=_("What is this person's sex?"), field=_SEX),
    "pregnant": FactQuestion(heading=_("Are you pregnant?"), of_other=_("Is this person pregnant?")),
    "disability": FactQuestion(
        heading=_("Do you have a lot of difficulty in daily life?"),
        of_other=_("Does this person have a lot of difficulty in daily life?"),
        help=_("Seeing, hearing, walking, remembering, washing or dressing, or speaking with others."),
    ),
    "studying": FactQuestion(
        heading=_("Do you go to school or study?"), of_other=_("Does this person go to school or study?")
    ),
    "working": FactQuestion(
        heading=_("Do you work or earn money?"), of_other=_("Does this person work or earn money?")
    ),
    "is_head": FactQuestion(
        heading=_("Are you the head of your household?"),
        of_other=_("Is this person the head of the household?"),
    ),
    "poverty_level": FactQuestion(
        heading=_("Does your household have an Equity Card?"),
        help=_("The commune gives it after assessing the household. The level is written on the card."),
        field=_POVERTY_LEVEL,
    ),
    "household_size": FactQuestion(
        heading=_("How many people live in your household?"), help=_("Count yourself too."), field=_COUNT
    ),
    "children_under_2": FactQuestion(
        heading=_("How many children under 2 live in your household?"), field=_COUNT
    ),
    "children_under_18": FactQuestion(
        heading=_("How many children under 18 live in your household?"), field=_COUNT
    ),
    "elders_60": FactQuestion(
        heading=_("How many people of 60 or older live in your household?"), field=_COUNT
    ),
    "disabled_in_household": FactQuestion(
        heading=_("How many people in your household have a disability?"),
        help=_("A lot of difficulty seeing, hearing, walking, remembering, washing or speaking."),
        field=_COUNT,
    ),
    "province_code": FactQuestion(
        heading=_("In which province do you live?"),
        of_other=_("In which province does this person live?"),
        field=_province,
    ),
}
OF_ONE_PERSON = frozenset(fact for fact, question in QUESTIONS.items() if question.of_other)
ASKED_BEFORE = {"pregnant": {"age", "sex"}, "studying": {"age"}, "working": {"age"}}
"""Facts whose answer may make the question unnecessary."""
