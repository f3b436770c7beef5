"""The questions of a registration; those about a member are in ``registry.persons.questions``.

All places of a new one: ``docs/explanation/architecture.md``, "A new question of the registration".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Answer, Key, Question, Rows, row
from registry.areas.labels import place_in_words
from registry.areas.village_picker import village_options
from registry.consents.forms import ConsentForm
from registry.facts.table import CIRCUMSTANCES
from registry.models import Person
from registry.persons.circumstances import (
    ANY_DIFFICULTY,
    OF_ALL_SIX,
    SIX,
    asks_of_difficulty,
    each_if_any,
    fields_for,
    in_words,
    questions_for,
)
from registry.persons.forms import RegistrationDocumentForm, radios
from registry.persons.place_forms import PlaceForm
from registry.persons.questions import PERSON_QUESTIONS
from registry.persons.subject import user_of
from registry.plausibility.wizard import QUESTION as RARE_QUESTION
from registry.plausibility.wizard import RARE
from registry.registration.alike import ALIKE_QUESTION
from registry.registration.answers import ALIKE, circumstances_of

MEMBERS, AGAIN = "members", "again"


class AgainForm(QuestionForm):
    again = forms.MultipleChoiceField(
        label=_("Lives with me again"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, former: Mapping[str, str], **kwargs: Any) -> None:
        """``former``: names by SPID."""
        super().__init__(*args, **kwargs)
        field = cast(forms.MultipleChoiceField, self.fields["again"])
        field.choices = list(former.items())
        field.answer_expected = True  # type: ignore[attr-defined]
        if not former:
            del self.fields["again"]

    @property
    def answers(self) -> Answer:
        return {"again": self.cleaned_data.get("again", [])}


class MembersForm(QuestionForm):
    more = radios(
        _("Does anyone else live in this household?"),
        [("yes", _("Yes, add another person")), ("no", _("No, that is everyone"))],
    )


def _again_in_words(answer: Answer, names: Mapping[str, str]) -> Rows:
    chosen = [names[spid] for spid in answer["again"]]
    yield _("Lives with me again"), "\n".join(chosen) or gettext("Nobody")


def _consent_in_words(answer: Answer) -> str:
    agreed = [str(one) for one in operators_to_consent() if one.code in answer["operators"]]
    return "\n".join([gettext("Social Protection Registry"), *agreed])


def _circumstances_in_words(member: Answer) -> str:
    """Whether there is a difficulty, and daily life; the next row has the difficulties one by one."""
    names, of_all = questions_for(member), OF_ALL_SIX.get(member.get(ANY_DIFFICULTY, ""))
    if of_all is None or not asks_of_difficulty(names):
        return _in_words(member, names)
    lines = _in_words(member, [name for name in names if name not in SIX])
    return "\n".join(filter(None, [str(of_all), lines]))


def _difficulties_in_words(member: Answer) -> str:
    return _in_words(member, SIX)


def _in_words(member: Answer, names: Sequence[str]) -> str:
    """All answers, for they are read out; first what is so, which would be overlooked among what is not."""
    known = circumstances_of(member)
    told = [name for name in names if name in known]
    lines = [
        in_words(name, CIRCUMSTANCES[name].answer(known[name]))
        for name in sorted(told, key=lambda name: _is_no(name, known[name]))
    ]
    if unknown := len(names) - len(told):
        lines.append(gettext("Answers not known: %(count)d") % {"count": unknown})
    return "\n".join(lines)


def _is_no(name: str, known: Any) -> bool:
    return bool(known == Person.Difficulty.NONE) if name in SIX else not known


def _still_asked(answer: Answer, wizard: Any, key: Key) -> Answer:
    asked = fields_for(wizard.member(key.number))
    return {name: value for name, value in answer.items() if name in asked}


def _is_all_asked(answer: Answer, wizard: Any, key: Key) -> bool:
    return answer.keys() >= set(fields_for(wizard.member(key.number)))


QUESTIONS: Mapping[str, Question] = {
    **PERSON_QUESTIONS,
    "consent": Question(
        form=ConsentForm,
        heading=_("Do you agree to be registered?"),
        template="registry/registration/consent.html",
        options=lambda *_args: {"operators": operators_to_consent()},
        in_words=row(_("Consent"), _consent_in_words),
    ),
    "place": Question(
        form=PlaceForm,
        heading=_("In which village does the household live?"),
        template="registry/areas/place.html",
        options=village_options(),
        in_words=place_in_words,
    ),
    AGAIN: Question(
        form=AgainForm,
        heading=_("Who of your last household lives with you again?"),
        help=_("Whom you tick is registered with you again, with the same SPID."),
        template="registry/registration/again.html",
        options=lambda _request, wizard, _key: {"former": wizard.may_come_along},
        in_words=_again_in_words,
    ),
    MEMBERS: Question(
        form=MembersForm,
        heading=_("Who lives in this household?"),
        template="registry/registration/members.html",
    ),
    RARE: RARE_QUESTION,
    ALIKE: ALIKE_QUESTION,
    "document": replace(
        PERSON_QUESTIONS["document"],
        form=RegistrationDocumentForm,
        options=lambda request, *_args: {"by_spid": assisted_session_of(request) is not None},
    ),
    "phone": replace(
        PERSON_QUESTIONS["phone"],
        current=lambda request, _wizard: {"phone": user_of(request).phone or ""},
    ),
    "circumstances": replace(
        PERSON_QUESTIONS["circumstances"],
        options=lambda _request, wizard, key: {"member": wizard.member(key.number)},
        depends_on=("sex", "birth"),
        kept=_still_asked,
        fits=_is_all_asked,
        in_words=row(_("Health and daily life"), _circumstances_in_words),
    ),
    "difficulties": replace(
        PERSON_QUESTIONS["difficulties"],
        depends_on=("circumstances",),
        kept=each_if_any,
        in_words=row(_("Difficulties"), _difficulties_in_words),
    ),
}
