"""The questions of a registration; those about a member are in ``registry.persons.questions``.

All places of a new one: ``docs/explanation/architecture.md``, "A new question of the registration".
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Answer, Key, Question, row
from registry.areas.forms import PlaceForm
from registry.areas.labels import place_in_words
from registry.areas.village_picker import village_picker
from registry.consents.forms import ConsentForm
from registry.facts.circumstances import DIFFICULTY
from registry.facts.table import CIRCUMSTANCES
from registry.models import Person
from registry.persons.circumstances import questions_for
from registry.persons.forms import radios
from registry.persons.questions import PERSON_QUESTIONS
from registry.persons.subject import user_of
from registry.plausibility.wizard import QUESTION as RARE_QUESTION
from registry.plausibility.wizard import RARE
from registry.registration.answers import circumstances_of

MEMBERS = "members"


class MembersForm(QuestionForm):
    more = radios(
        _("Does anyone else live in this household?"),
        [("yes", _("Yes, add another person")), ("no", _("No, that is everyone"))],
    )


def _villages(request: HttpRequest, wizard: Any, _key: Key) -> dict[str, Any]:
    chosen = wizard.answers.get("place", {}).get("village_code", "")
    return {"user": user_of(request), "picker": village_picker(request, chosen)}


def _consent_in_words(answer: Answer) -> str:
    agreed = [one.name for one in operators_to_consent() if one.code in answer["operators"]]
    return "\n".join([gettext("Social Protection Registry"), *agreed])


def _circumstances_in_words(member: Answer) -> str:
    """The answers without "no difficulty" and "no", among which the others would be overlooked."""
    lines, known = [], circumstances_of(member)
    for name, value in known.items():
        asked = CIRCUMSTANCES[name]
        if asked.answers is DIFFICULTY and value > Person.Difficulty.NONE:
            lines.append(f"{asked.label}: {asked.labels[value]}")
        elif asked.answers is not DIFFICULTY and value:
            lines.append(f"{asked.label} {asked.labels[value]}")
    if unknown := len(questions_for(member)) - len(known):
        lines.append(gettext("Not known: %(count)d answers") % {"count": unknown})
    return "\n".join(lines) or gettext("No difficulties")


def _still_asked(answer: Answer, wizard: Any, key: Key) -> Answer:
    asked = questions_for(wizard.member(key.number))
    return {name: value for name, value in answer.items() if name in asked}


def _is_all_asked(answer: Answer, wizard: Any, key: Key) -> bool:
    return answer.keys() >= set(questions_for(wizard.member(key.number)))


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
        options=_villages,
        in_words=place_in_words,
    ),
    MEMBERS: Question(
        form=MembersForm,
        heading=_("Who lives in this household?"),
        template="registry/registration/members.html",
    ),
    RARE: RARE_QUESTION,
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
}
