"""The questions of changes.

A new question is a row of ``QUESTIONS`` and its name in the list of its kind (``registry.changes.kinds``).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.wizard.questions import Answer, Question, Row, Rows
from registry.areas.labels import place_in_words
from registry.areas.place_picker import places
from registry.changes import forms
from registry.changes.context import HEAD, Answers, may_head
from registry.changes.question_lists import who
from registry.identity.spid import grouped
from registry.models import Membership, Person
from registry.persons.circumstances import (
    CIRCUMSTANCES,
    DIFFICULTIES,
    DIFFICULTY_LABELS,
    SITUATION_LABELS,
    UNKNOWN,
)
from registry.persons.questions import PERSON_QUESTIONS, date_in_words
from registry.persons.subject import user_of


def _concerned(_request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
    return {"members": wizard.kind.whom(wizard.context)}


def _all_members(_request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
    return {"members": wizard.context.members}


def _next_heads(_request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
    return {"members": may_head([one for one in _remaining(wizard) if one.relationship != HEAD])}


def _all_but_new_head(_request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
    new_head = wizard.answers.get("head", {}).get("person")
    return {"members": [one for one in _remaining(wizard) if one.person.spid != new_head]}


def _remaining(wizard: Any) -> list[Membership]:
    return [one for one in wizard.context.members if one.person != wizard.person]


def _villages(request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
    chosen = wizard.answers.get("place", {}).get("village_code", "")
    return {"user": user_of(request), "places": places(request, chosen, everywhere=True)}


def _age_and_sex(_request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
    person = wizard.person
    born = {"born": _born(person)["born"], "sex": person.sex} if person else {}
    return {"member": born}


def _current_address(_request: HttpRequest, wizard: Any) -> Answer:
    return {"address": wizard.context.household.address}


def _current(kind: str, read: Callable[[Person], Answer]) -> Callable[[HttpRequest, Any], Answer]:
    """What this kind of change corrects is shown as it is recorded; nothing of anybody else."""

    def current(_request: HttpRequest, wizard: Any) -> Answer:
        person = wizard.person
        if wizard.kind.code != kind or person is None or who(wizard.answers) not in ("", person.spid):
            return {}
        return read(person)

    return current


def _fields(*names: str) -> Callable[[Person], Answer]:
    return lambda person: {name: getattr(person, name) for name in names}


def _born(person: Person) -> Answer:
    return {"born": [person.date_of_birth.isoformat(), person.birth_precision]}


def _circumstances(person: Person) -> Answer:
    def choice(name: str, value: Any) -> str:
        if value is None:
            return UNKNOWN[0]
        return str(value) if name in DIFFICULTIES else ("yes" if value else "no")

    return {name: choice(name, getattr(person, name)) for name in CIRCUMSTANCES}


Names = Mapping[str, str]


def _member_in_words(label: Any) -> Callable[[Answer, Names], Rows]:
    return lambda answer, names: [(label, names.get(answer["person"], ""))]


def _choice_in_words(label: Any, name: str, words: Mapping[str, Any]) -> Callable[[Answer, Names], Rows]:
    return lambda answer, _names: [(label, words[answer[name]])]


def _mother_in_words(answer: Answer, names: Names) -> Rows:
    absent = answer["mother"] == forms.NOT_HERE
    yield _("Mother"), _("She does not live in this household") if absent else names.get(answer["mother"], "")


def _address_in_words(answer: Answer, _names: Names) -> Rows:
    yield _("House and street"), answer["address"]


def _known_in_words(answer: Answer, _names: Names) -> Rows:
    yield "SPID", grouped(answer["spid"]) if answer["spid"] else _("Not registered yet, or not known")


def _relationships_in_words(answer: Answer, names: Names) -> Rows:
    for spid, value in answer.items():
        yield names.get(spid, ""), Membership.Relationship(value).label


def _died_in_words(answer: Answer, _names: Names) -> Rows:
    yield _("Date of death"), date_in_words(answer)


def _circumstances_in_words(answer: Answer, _names: Names) -> Rows:
    def words(name: str, value: str) -> Any:
        if value == UNKNOWN[0]:
            return UNKNOWN[1]
        if name in DIFFICULTIES:
            return Person.Difficulty(int(value)).label
        return gettext("Yes") if value == "yes" else gettext("No")

    labels = DIFFICULTY_LABELS | SITUATION_LABELS
    given = {name: value for name, value in answer.items() if value}
    lines = (f"{labels[name]}: {words(name, value)}" for name, value in given.items())
    yield _("Health and daily life"), "\n".join(lines)


QUESTIONS: Mapping[str, Question] = {
    "who": Question(
        form=forms.PersonForm,
        heading=_("Who is it about?"),
        options=_concerned,
        in_words=_member_in_words(_("About")),
        resets=("phone", "circumstances", "name", "sex", "birth", "document", "head", "relationships"),
    ),
    "name": replace(
        PERSON_QUESTIONS["name"],
        current=_current(
            "name", _fields("family_name", "given_name", "latin_family_name", "latin_given_name")
        ),
    ),
    "sex": replace(PERSON_QUESTIONS["sex"], current=_current("sex", _fields("sex"))),
    "birth": replace(PERSON_QUESTIONS["birth"], current=_current("birth-date", _born)),
    "document": PERSON_QUESTIONS["document"],
    "relationship": PERSON_QUESTIONS["relationship"],
    "mother": Question(
        form=forms.MotherForm,
        heading=_("Who is the mother?"),
        options=_all_members,
        in_words=_mother_in_words,
    ),
    "known": Question(
        form=forms.KnownForm,
        heading=_("Is the person registered already?"),
        help=_("Whoever is registered keeps their number and moves over to your household."),
        in_words=_known_in_words,
        resets=("name", "sex", "birth", "document"),
    ),
    "living": Question(
        form=forms.LivingForm,
        heading=_("Where does the couple live?"),
        in_words=_choice_in_words(
            _("Where the couple lives"),
            "living",
            {"here": _("In this household"), "elsewhere": _("Elsewhere")},
        ),
        resets=("known", "where", "relationship"),
    ),
    "where": Question(
        form=forms.WhereForm,
        heading=_("Where does the person live now?"),
        in_words=_choice_in_words(
            _("Lives now"),
            "where",
            {"own": _("In a household of their own"), "elsewhere": _("Elsewhere")},
        ),
    ),
    "place": Question(
        form=forms.AnywhereForm,
        heading=_("In which village is the new home?"),
        template="registry/areas/place.html",
        options=_villages,
        in_words=place_in_words,
    ),
    "address": Question(
        form=forms.AddressForm,
        heading=_("What is the new house and street?"),
        current=_current_address,
        in_words=_address_in_words,
    ),
    "died": Question(form=forms.DiedForm, heading=_("When did the person die?"), in_words=_died_in_words),
    "head": Question(
        form=forms.PersonForm,
        heading=_("Who is the head of household now?"),
        options=_next_heads,
        in_words=_member_in_words(_("New head of household")),
        resets=("relationships",),
    ),
    "relationships": Question(
        form=forms.RelationshipsForm,
        heading=_("How is everybody related to the new head?"),
        options=_all_but_new_head,
        in_words=_relationships_in_words,
    ),
    "payee": Question(
        form=forms.PersonForm,
        heading=_("Who receives the money?"),
        options=_all_members,
        in_words=_member_in_words(_("Receives the money")),
    ),
    "phone": replace(
        PERSON_QUESTIONS["phone"],
        heading=_("On which phone can we reach the person?"),
        current=_current("phone", _fields("phone")),
    ),
    "circumstances": replace(
        PERSON_QUESTIONS["circumstances"],
        options=_age_and_sex,
        current=_current("circumstances", _circumstances),
        in_words=_circumstances_in_words,
    ),
}


def rows_of(answers: Answers, names: Names, url: Callable[[str], str] | None = None) -> list[Row]:
    """A change in words: to check it before it is sent, and to decide on it. ``names`` are by SPID."""
    return [
        row
        for name, answer in answers.items()
        for row in QUESTIONS[name].rows(answer, names, url(name) if url else "")
    ]
