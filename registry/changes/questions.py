"""The questions of changes.

Where else a new question is entered is listed in ``docs/explanation/architecture.md``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.wizard.questions import Answer, AnswerRow, Question, Rows, row
from registry.areas.labels import place_in_words
from registry.areas.village_picker import village_options
from registry.changes import forms
from registry.changes.context import HEAD, Answers, may_head
from registry.changes.labels import newcomer_in_words
from registry.facts.table import CIRCUMSTANCES
from registry.fields.table import FIELDS
from registry.identity.spid import grouped
from registry.models import Membership, Person
from registry.persons.circumstances import (
    ANY_DIFFICULTY,
    OF_ALL_SIX,
    as_member,
    each_if_any,
    fields_for,
    in_words,
    recorded,
)
from registry.persons.labels import NO_DOCUMENT
from registry.persons.questions import PERSON_QUESTIONS, date_in_words
from registry.persons.validation import NAME_VALIDATORS
from registry.plausibility.wizard import QUESTION as RARE_QUESTION
from registry.plausibility.wizard import RARE

PERSON = "registry/changes/person.html"
# What is asked of the person whom a change is about, or of a newcomer.
WHOM = ("who", "living", "known")


def _members(choose: Callable[[Any], list[Membership]]) -> Callable[..., dict[str, Any]]:
    return lambda _request, wizard, _key: {"people": _people(wizard, choose(wizard))}


def _people(wizard: Any, members: list[Membership]) -> dict[str, str]:
    """By SPID, told apart from all members of the household."""
    names = wizard.context.names
    return {one.person.spid: names[one.person.spid] for one in members}


def _whom(request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
    """A link from elsewhere may say whom it is about."""
    wanted = request.GET.get("about", "")
    about = next((one.person.spid for one in wizard.choices if str(one.person_id) == wanted), "")
    return {"people": _people(wizard, wizard.choices), "about": about}


def _women(wizard: Any) -> list[Membership]:
    return [one for one in wizard.context.members if one.person.sex == Person.Sex.FEMALE]


def next_heads(wizard: Any) -> list[Membership]:
    return may_head([one for one in _remaining(wizard) if one.relationship != HEAD])


def _all_but_new_head(wizard: Any) -> list[Membership]:
    new_head = wizard.answers.get("head", {}).get("person")
    return [one for one in _remaining(wizard) if one.person.spid != new_head]


def _remaining(wizard: Any) -> list[Membership]:
    return [one for one in wizard.context.members if one.person != wizard.person]


def _is_among(choose: Callable[[Any], list[Membership]]) -> Callable[..., bool]:
    return lambda answer, wizard, _key: answer["person"] in {one.person.spid for one in choose(wizard)}


def _is_mother(answer: Answer, wizard: Any, _key: Any) -> bool:
    return answer["mother"] == forms.NOT_HERE or wizard.context.member(answer["mother"]) is not None


def _are_all_named(answer: Answer, wizard: Any, _key: Any) -> bool:
    return answer.keys() == {one.person.spid for one in _all_but_new_head(wizard)}


def _are_still_asked(answer: Answer, wizard: Any, _key: Any) -> bool:
    """What is not answered stays as it is recorded."""
    return answer.keys() <= set(fields_for(_age_and_sex(None, wizard, None)["member"]))


def _age_and_sex(_request: Any, wizard: Any, _key: Any) -> dict[str, Any]:
    return {"member": as_member(wizard.person) if wizard.person else {}}


def _current(read: Callable[[Person], Answer]) -> Callable[[HttpRequest, Any], Answer]:
    """The recorded values of the person, where the kind of change is about them."""

    def current(_request: HttpRequest, wizard: Any) -> Answer:
        person = wizard.person
        return read(person) if person and wizard.kind.starts_from_record else {}

    return current


def _born(person: Person) -> Answer:
    return {"born": str(person.born)}


def _member(label: Any) -> Callable[..., Rows]:
    return lambda answer, names: [(label, names.get(answer["person"], ""))]


def _mother_in_words(answer: Answer, names: Mapping[str, str]) -> Rows:
    absent = answer["mother"] == forms.NOT_HERE
    yield _("Mother"), _("She does not live in this household") if absent else names.get(answer["mother"], "")


def _spid_in_words(answer: Answer) -> Any:
    return grouped(answer["spid"]) if answer["spid"] else _("Not registered yet, or not known")


def _relationships_in_words(answer: Answer, names: Mapping[str, str]) -> Rows:
    for spid, value in answer.items():
        yield names.get(spid, ""), Membership.Relationship(value).label


def _circumstances_in_words(answer: Answer) -> str:
    lines = [in_words(name, value) for name, value in answer.items() if value and name in CIRCUMSTANCES]
    of_all_six = OF_ALL_SIX.get(answer.get(ANY_DIFFICULTY, ""))
    return "\n".join([str(of_all_six), *lines] if of_all_six else lines)


QUESTIONS: Mapping[str, Question] = {
    "who": Question(
        form=forms.PersonForm,
        heading=_("Who is it about?"),
        template=PERSON,
        options=_whom,
        in_words=_member(FIELDS["about"].label),
    ),
    "name": replace(
        PERSON_QUESTIONS["name"],
        current=_current(lambda person: {name: getattr(person, name) for name in NAME_VALIDATORS}),
        depends_on=WHOM,
    ),
    "sex": replace(
        PERSON_QUESTIONS["sex"], current=_current(lambda person: {"sex": person.sex}), depends_on=WHOM
    ),
    "birth": replace(PERSON_QUESTIONS["birth"], current=_current(_born), depends_on=WHOM),
    "document": replace(
        PERSON_QUESTIONS["document"],
        depends_on=WHOM,
        options=lambda _request, wizard, _key: {"needed": wizard.kind.corrects},
        fits=lambda answer, wizard, _key: not wizard.kind.corrects or answer["document_type"] != NO_DOCUMENT,
    ),
    "relationship": replace(PERSON_QUESTIONS["relationship"], depends_on=(*WHOM, "mother")),
    "mother": Question(
        form=forms.MotherForm,
        heading=_("Who is the mother?"),
        options=_members(_women),
        in_words=_mother_in_words,
        fits=_is_mother,
    ),
    "known": Question(
        form=forms.KnownForm,
        heading=_("Is the person registered already?"),
        help=_("Whoever is registered keeps their number and moves over to your household."),
        in_words=row("SPID", _spid_in_words),
        depends_on=("who", "living"),
    ),
    "living": Question(
        form=forms.LivingForm,
        heading=_("Where does the couple live?"),
        in_words=row(
            _("Where the couple lives"),
            lambda answer: _("In this household") if answer["living"] == "here" else _("Elsewhere"),
        ),
        depends_on=("who",),
    ),
    "where": Question(
        form=forms.WhereForm,
        heading=_("Where does the person live now?"),
        in_words=row(
            _("Lives now"),
            lambda answer: _("In a household of their own") if answer["where"] == "own" else _("Elsewhere"),
        ),
        depends_on=("who", "living"),
    ),
    "place": Question(
        form=forms.AnywhereForm,
        heading=_("In which village is the new home?"),
        template="registry/areas/place.html",
        options=village_options(everywhere=True),
        in_words=place_in_words,
        depends_on=("where",),
    ),
    "address": Question(
        form=forms.AddressForm,
        heading=_("What is the new house and street?"),
        current=lambda _request, wizard: {"address": wizard.context.household.address},
        in_words=row(FIELDS["address"].label, lambda answer: answer["address"]),
    ),
    "died": Question(
        form=forms.DiedForm,
        heading=_("When did the person die?"),
        in_words=row(FIELDS["died_on"].label, date_in_words("died")),
        depends_on=("who",),
    ),
    "head": Question(
        form=forms.PersonForm,
        heading=_("Who is the head of household now?"),
        template=PERSON,
        options=_members(next_heads),
        in_words=_member(_("New head of household")),
        depends_on=("who", "living"),
        fits=_is_among(next_heads),
    ),
    "relationships": Question(
        form=forms.RelationshipsForm,
        heading=_("How is everybody related to the new head?"),
        options=_members(_all_but_new_head),
        in_words=_relationships_in_words,
        depends_on=("who", "head"),
        fits=_are_all_named,
    ),
    "payee": Question(
        form=forms.PersonForm,
        heading=_("Who receives the money?"),
        options=_members(lambda wizard: wizard.context.members),
        in_words=_member(_("Receives the money")),
        fits=_is_among(lambda wizard: wizard.context.members),
    ),
    "phone": replace(
        PERSON_QUESTIONS["phone"],
        heading=_("On which phone can we reach the person?"),
        current=_current(lambda person: {"phone": person.phone}),
        depends_on=("who",),
    ),
    "circumstances": replace(
        PERSON_QUESTIONS["circumstances"],
        options=_age_and_sex,
        current=_current(recorded),
        depends_on=("who",),
        fits=_are_still_asked,
        in_words=row(_("Health and daily life"), _circumstances_in_words),
    ),
    "difficulties": replace(
        PERSON_QUESTIONS["difficulties"],
        current=_current(recorded),
        depends_on=("circumstances",),
        kept=each_if_any,
        in_words=row(_("Difficulties"), _circumstances_in_words),
    ),
    RARE: RARE_QUESTION,
}

NAMING_MEMBER = tuple(name for name, question in QUESTIONS.items() if question.form is forms.PersonForm)
"""Their answers name a member whom the change affects. The mother of a newborn may have left or died."""


def rows_of(
    answers: Answers, names: Mapping[str, str], url: Callable[[str], str] | None = None
) -> list[AnswerRow]:
    """The answers in words, for the check page and for who decides. ``names`` are by SPID."""
    return list(chain.from_iterable(_rows_of(name, answers, names, url) for name in answers))


def _rows_of(
    name: str, answers: Answers, names: Mapping[str, str], url: Callable[[str], str] | None
) -> list[AnswerRow]:
    if name != "known":
        return QUESTIONS[name].rows(answers[name], names, url(name) if url else "")
    # All that is told of whoever comes in follows: it says first who that is.
    whom = AnswerRow(str(_("The new member")), newcomer_in_words(answers))
    return [whom, *QUESTIONS[name].rows(answers[name], names, url(name) if url else "")]
