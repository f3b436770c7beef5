"""Health and daily life of a whole household on one page, as an official asks: who is concerned, or nobody.

Of each question whoever is not named has the answer that "no" would have given on a page of their own, for
the question that is read out is about all of them. What nobody can tell is said to be not known, and is never
taken for "no".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.translations.label import Label
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Answer, Question
from registry.facts.circumstances import UNKNOWN
from registry.persons.circumstances import ANY_DIFFICULTY, NONE, SOME

HEALTH = "health"
NOBODY = "nobody"


class AboutAll(NamedTuple):
    question: Label
    missing: Label
    """The error where nothing was chosen."""


WHO = {
    ANY_DIFFICULTY: AboutAll(
        gettext_lazy(
            "Because of a health problem, does anybody in the household have difficulty seeing, hearing, "
            "walking, remembering, washing or dressing, or communicating?"
        ),
        gettext_lazy("Choose who has difficulty, or “Nobody”."),
    ),
    "pregnant": AboutAll(
        gettext_lazy("Who is pregnant now?"), gettext_lazy("Choose who is pregnant, or “Nobody”.")
    ),
    "studying": AboutAll(
        gettext_lazy("Who goes to school or studies?"),
        gettext_lazy("Choose who goes to school or studies, or “Nobody”."),
    ),
    "working": AboutAll(
        gettext_lazy("Who works or earns money?"), gettext_lazy("Choose who works, or “Nobody”.")
    ),
}
"""By circumstance, the question about everybody."""


class Asked(NamedTuple):
    """A member of a draft: ``row`` is what names them on pages, ``circumstances`` what is asked of them, with
    the answer so far."""

    row: str
    name: str
    circumstances: Mapping[str, str]


class HouseholdHealthForm(QuestionForm):
    """``difficulty=ROW&difficulty=ROW``, ``difficulty=nobody`` or ``difficulty=unknown``, and so on."""

    def __init__(self, *args: Any, members: Sequence[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WHO:
            asked = [one for one in members if name in one.circumstances]
            if asked:
                self.fields[name] = _question(name, asked)

    def clean(self) -> dict[str, Any]:
        for name, chosen in list(self.cleaned_data.items()):
            if len(chosen) > 1 and {NOBODY, UNKNOWN[0]} & set(chosen):
                self.add_error(name, _("Choose names, or one of the last two answers."))
        return self.cleaned_data


def _question(name: str, asked: Iterable[Asked]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=str(WHO[name].question),
        choices=[
            *((one.row, one.name) for one in asked),
            (NOBODY, gettext_lazy("Nobody")),
            UNKNOWN,
        ],
        widget=forms.CheckboxSelectMultiple({"class": "names"}),
        error_messages={"required": str(WHO[name].missing)},
    )


def chosen_so_far(members: Iterable[Asked]) -> Answer:
    """By circumstance, what the page shows as chosen. Without those that somebody was not asked yet, or of
    whom only some are not known."""
    found: Answer = {}
    for name in WHO:
        answers = {one.row: one.circumstances[name] for one in members if name in one.circumstances}
        if not answers or not all(answers.values()):
            continue
        if set(answers.values()) == {UNKNOWN[0]}:
            found[name] = [UNKNOWN[0]]
        else:
            found[name] = [row for row, answer in answers.items() if answer in (SOME, "yes")] or [NOBODY]
    return found


def answer_of(name: str, row: str, chosen: Sequence[str]) -> str:
    """Of one member to one question, as their own page would have taken it."""
    if UNKNOWN[0] in chosen:
        return UNKNOWN[0]
    yes, no = (SOME, NONE) if name == ANY_DIFFICULTY else ("yes", "no")
    return yes if row in chosen else no


QUESTION = Question(
    form=HouseholdHealthForm,
    heading=gettext_lazy("Health and daily life"),
    help=gettext_lazy(
        "Read each question out to the household, and choose who is concerned. Some programmes depend on "
        "these answers; nobody has to answer."
    ),
    template="registry/registration/health.html",
    options=lambda _request, wizard, _key: {"members": wizard.asked_members},
)
