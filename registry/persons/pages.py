"""Each question about a person as a page: its words, its form, its template."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.persons.forms import (
    BirthForm,
    CircumstancesForm,
    DocumentForm,
    NameForm,
    PhoneForm,
    RelationshipForm,
    SexForm,
    YoungForm,
)
from registry.persons.step_form import StepForm


@dataclass(frozen=True, slots=True)
class Page:
    form: type[StepForm]
    question: str | Promise
    help: str | Promise = ""
    template: str = "registry/persons/step.html"


PERSON_PAGES = {
    "name": Page(
        NameForm,
        _("What is the person's name?"),
        _("As on the identity card or birth certificate. A person with one name fills in one box."),
    ),
    "relationship": Page(RelationshipForm, _("How is this person related to the head of household?")),
    "sex": Page(SexForm, _("What is this person's sex?")),
    "birth": Page(BirthForm, _("When was this person born?")),
    "young": Page(
        YoungForm,
        _("The head of household is under 15. Is this right?"),
        _("A child may be the head of a household when no adult lives there."),
    ),
    "document": Page(
        DocumentForm,
        _("Which identity document does this person have?"),
        _("Nobody is refused for having no document."),
    ),
    "phone": Page(PhoneForm, _("On which phone can we reach the household?")),
    "circumstances": Page(
        CircumstancesForm,
        _("Health and daily life"),
        _("Some programmes depend on these answers. You may leave any of them out."),
        template="registry/persons/circumstances.html",
    ),
}
