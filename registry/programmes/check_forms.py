"""The questions of "What can I get?": one fact each, asked only while it can still change an answer.

The answers travel with the page, signed, and stand nowhere else: no session, no cookie, no address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.digits import latin_digits
from registry.eligibility.verdict import judge_facts
from registry.models import Area, Household, Person, Programme
from registry.persons.circumstances import UNKNOWN
from registry.persons.forms import CHOOSE
from registry.rules.names import TYPES, Value

Answers = dict[str, Value | None]
"""In the order they were given. None is "I do not know"."""

WHOM, ME, OTHER = "whom", "me", "other"
_SALT, _LASTS = "registry.check", timedelta(hours=12)
_YES_NO = [("yes", _("Yes")), ("no", _("No")), UNKNOWN]
_OLDEST, _MOST = 125, 40
_LEVELS = {
    Household.PovertyLevel.LEVEL_1: _("Yes: poor level 1"),
    Household.PovertyLevel.LEVEL_2: _("Yes: poor level 2"),
    Household.PovertyLevel.AT_RISK: _("No card, but assessed as an at-risk household"),
    Household.PovertyLevel.NOT_POOR: _("No card: assessed as not poor"),
}


@dataclass(frozen=True, slots=True)
class Question:
    asked: str | Promise
    of_other: str | Promise = ""  # the same, about somebody else of the household
    help: str | Promise = ""

    def words(self, answers: Answers) -> str:
        return str(self.of_other if self.of_other and answers.get(WHOM) == OTHER else self.asked)


QUESTIONS = {
    WHOM: Question(_("Who is this about?"), help=_("Answer for one person at a time.")),
    "age": Question(_("How old are you?"), _("How old is this person?"), _("In full years. A baby: 0.")),
    "sex": Question(_("What is your sex?"), _("What is this person's sex?")),
    "pregnant": Question(_("Are you pregnant?"), _("Is this person pregnant?")),
    "disability": Question(
        _("Do you have a lot of difficulty in daily life?"),
        _("Does this person have a lot of difficulty in daily life?"),
        _("Seeing, hearing, walking, remembering, washing or dressing, or speaking with others."),
    ),
    "studying": Question(_("Do you go to school or study?"), _("Does this person go to school or study?")),
    "working": Question(_("Do you work or earn money?"), _("Does this person work or earn money?")),
    "is_head": Question(
        _("Are you the head of your household?"), _("Is this person the head of the household?")
    ),
    "poverty_level": Question(
        _("Does your household have an Equity Card?"),
        help=_("The commune gives it after assessing the household. The level is written on the card."),
    ),
    "household_size": Question(_("How many people live in your household?"), help=_("Count yourself too.")),
    "children_under_2": Question(_("How many children under 2 live in your household?")),
    "children_under_18": Question(_("How many children under 18 live in your household?")),
    "elders_60": Question(_("How many people of 60 or older live in your household?")),
    "disabled_in_household": Question(
        _("How many people in your household have a disability?"),
        help=_("A lot of difficulty seeing, hearing, walking, remembering, washing or speaking."),
    ),
    "province_code": Question(
        _("In which province do you live?"), _("In which province does this person live?")
    ),
}
_OF_ONE_PERSON = frozenset(fact for fact, question in QUESTIONS.items() if question.of_other)
_FIRST = {"pregnant": {"age", "sex"}, "studying": {"age"}, "working": {"age"}}
"""What spares some people a question, and is therefore asked before it."""


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


class QuestionForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, fact: str, answers: Answers, **kwargs: Any) -> None:
        self.fact = fact
        if fact in answers:
            kwargs["initial"] = {"answer": _typed(answers[fact])}
        super().__init__(*args, **kwargs)
        field = self.fields["answer"] = _field(fact)
        field.label = QUESTIONS[fact].words(answers)
        field.help_text = str(QUESTIONS[fact].help)

    @property
    def value(self) -> Value | None:
        answer = self.cleaned_data["answer"]
        if answer == UNKNOWN[0]:
            return None
        return answer == "yes" if TYPES.get(self.fact) is bool else answer

    @property
    def is_number(self) -> bool:
        return isinstance(self.fields["answer"], NumberField)


def _typed(value: Value | None) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return UNKNOWN[0] if value is None else value


def _field(fact: str) -> forms.Field:
    if fact == "province_code":
        return forms.ChoiceField(choices=[("", ""), *_provinces(), UNKNOWN], error_messages=CHOOSE)
    if TYPES.get(fact) is int:
        return NumberField(_OLDEST if fact == "age" else _MOST)
    choices: Any = {
        WHOM: [(ME, _("About me")), (OTHER, _("About somebody else in my household"))],
        "sex": [*Person.Sex.choices, UNKNOWN],
        "poverty_level": [*((level.value, words) for level, words in _LEVELS.items()), UNKNOWN],
    }.get(fact, _YES_NO)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=CHOOSE)


def _provinces() -> list[tuple[str, str]]:
    name = "name_km" if get_language() == "km" else "name_latin"
    return list(Area.objects.filter(level=Area.Level.PROVINCE).order_by("code").values_list("code", name))


def facts_told(answers: Answers) -> Answers:
    """As the judge takes them. Nobody is asked what their age or sex answers already."""
    facts: Answers = dict.fromkeys(TYPES) | {fact: answers[fact] for fact in answers if fact in TYPES}
    age = facts["age"]
    if facts["sex"] == Person.Sex.MALE or (isinstance(age, int) and not 12 <= age <= 55):
        facts["pregnant"] = False
    if isinstance(age, int) and age < 15:
        facts["working"] = False
    if isinstance(age, int) and age < 3:
        facts["studying"] = False
    return facts


def next_question(answers: Answers, programmes: Sequence[Programme]) -> str:
    """The first one not asked yet that can still change a verdict; empty when there is none."""
    facts = facts_told(answers)
    wanted = {fact for programme in programmes for fact in judge_facts(programme, facts).missing}
    for fact in tuple(wanted - answers.keys()):
        wanted |= _FIRST.get(fact, set())
    if wanted & _OF_ONE_PERSON:
        wanted.add(WHOM)
    return next((fact for fact in QUESTIONS if fact in wanted and fact not in answers), "")


def question_before(answers: Answers, fact: str) -> str:
    asked = list(answers)
    place = asked.index(fact) if fact in asked else len(asked)
    return asked[place - 1] if place else ""


def seal(answers: Answers) -> str:
    return signing.dumps(list(answers.items()), salt=_SALT)


def unseal(token: str) -> Answers:
    """Nothing told, where the token is not ours or of yesterday. A question that is gone is forgotten."""
    try:
        told = signing.loads(token, salt=_SALT, max_age=_LASTS)
    except signing.BadSignature:
        return {}
    return {fact: value for fact, value in told if fact in QUESTIONS}


def told(answers: Answers) -> list[tuple[str, str, str]]:
    """Fact, question and answer in words, to be looked at and changed."""
    rows = []
    for fact, value in answers.items():
        choices = dict(getattr(_field(fact), "choices", ()))
        words = choices.get(_typed(value), UNKNOWN[1] if value is None else value)
        rows.append((fact, QUESTIONS[fact].words(answers), str(words)))
    return rows
