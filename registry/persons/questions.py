"""The questions about one person, shared by registration and changes."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.wizard.questions import Answer, Question, Rows, row
from registry.fields.table import FIELDS
from registry.persons.forms import (
    BirthForm,
    CircumstancesForm,
    DifficultiesForm,
    DocumentForm,
    NameForm,
    PhoneForm,
    RelationshipForm,
    SexForm,
)
from registry.persons.labels import document_words, full_name, latin_name


def _name_in_words(answer: Answer, _names: Any) -> Rows:
    yield FIELDS["name"].label, full_name(answer)
    if latin_name(answer):
        yield FIELDS["latin_name"].label, latin_name(answer)


def date_in_words(name: str) -> Callable[[Answer], str]:
    """Of the field of this name."""
    return lambda answer: PartialDate.parse(answer[name]).written


def _phone_in_words(answer: Answer) -> str:
    return local_form(answer["phone"]) if answer.get("phone") else gettext("None")


PERSON_QUESTIONS: Mapping[str, Question] = {
    "name": Question(
        form=NameForm,
        heading=_("What is the person's name?"),
        help=_("As on the identity card or birth certificate. A person with one name fills in one box."),
        in_words=_name_in_words,
    ),
    "relationship": Question(
        form=RelationshipForm,
        heading=_("How is this person related to the head of household?"),
        in_words=row(
            FIELDS["relationship"].label,
            lambda answer: FIELDS["relationship"].label_of(answer["relationship"]) or "",
        ),
    ),
    "sex": Question(
        form=SexForm,
        heading=_("What is this person's sex?"),
        in_words=row(FIELDS["sex"].label, lambda answer: FIELDS["sex"].label_of(answer["sex"]) or ""),
    ),
    "birth": Question(
        form=BirthForm,
        heading=_("When was this person born?"),
        in_words=row(FIELDS["date_of_birth"].label, date_in_words("born")),
    ),
    "document": Question(
        form=DocumentForm,
        heading=_("Which identity document does this person have?"),
        help=_("Nobody is refused for having no document."),
        in_words=row(FIELDS["document"].label, document_words),
    ),
    "phone": Question(
        form=PhoneForm,
        heading=_("On which phone can we reach the household?"),
        in_words=row(FIELDS["phone"].label, _phone_in_words),
    ),
    # Who is asked and how they are worded differs between the wizards.
    "circumstances": Question(
        form=CircumstancesForm,
        heading=_("Health and daily life"),
        help=_("Some programmes depend on these answers. You may leave any of them out."),
        template="registry/persons/circumstances.html",
    ),
    "difficulties": Question(
        form=DifficultiesForm,
        heading=_("Difficulties"),
        help=_(
            "The next questions ask about difficulties this person may have doing certain activities because "
            "of a health problem. You may leave any of them out."
        ),
        template="registry/persons/circumstances.html",
    ),
}
