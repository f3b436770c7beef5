"""The forms of the questions about one person."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.fields import PhoneField
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.web.forms import DateField
from dsp_platform.wizard.forms import QuestionForm
from registry.facts.circumstances import UNKNOWN
from registry.facts.table import CIRCUMSTANCES
from registry.identity.dates import DatePartsField
from registry.models import IdentityDocument, Membership, Person
from registry.persons import validation
from registry.persons.circumstances import ANY_DIFFICULTY, NONE, SIX, SOME, fields_for
from registry.persons.labels import NO_DOCUMENT, SPID

CHOOSE = {"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")}


def radios(label: Any, choices: Any = (), **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=CHOOSE, **kwargs
    )


class DayField(DateField):
    """A day of the calendar, typed in one box."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Day, month and year, for example 24/12/2026"))
        super().__init__(
            error_messages={
                "required": _("Enter the day."),
                "invalid": _("Enter day, month and year, for example 24/12/2026."),
            },
            widget=forms.DateInput({"autocomplete": "off", "inputmode": "numeric"}),
            **kwargs,
        )


class NameField(forms.CharField):
    """One part of a name. ``validate_name`` cleans it: it refuses control characters and emoji."""

    def __init__(self, *, latin: bool = False, **kwargs: Any) -> None:
        self.latin = latin
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = "" if value is None else str(value)
        return validation.validate_latin_name(text) if self.latin else validation.validate_name(text)


class NameForm(QuestionForm):
    family_name = NameField(label=_("Surname"))
    given_name = NameField(label=_("Given name"))
    latin_family_name = NameField(label=_("Surname in Latin letters"), latin=True)
    latin_given_name = NameField(label=_("Given name in Latin letters"), latin=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.update(autocomplete="off", spellcheck="false")
            if name.startswith("latin"):
                field.widget.attrs["lang"] = "km-Latn"
            else:
                field.widget.attrs["lang"] = "km"
                # One of the two may be missing; the hint says so, therefore neither is marked as optional.
                field.answer_expected = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if not self.errors and not (self.cleaned_data["family_name"] or self.cleaned_data["given_name"]):
            self.add_error("given_name", _("Enter a surname or a given name."))
        return self.cleaned_data


class SexForm(QuestionForm):
    sex = radios(_("Sex"), Person.Sex.choices)


class BirthForm(QuestionForm):
    born = DatePartsField(
        label=_("Date of birth"),
        help_text=_("For example 27 3 1985. If you only know the year, enter the year alone."),
    )


class RelationshipForm(QuestionForm):
    relationship = radios(
        _("Relationship to the head of household"),
        [choice for choice in Membership.Relationship.choices if choice[0] != "head"],
    )


class DocumentForm(QuestionForm):
    document_type = radios(_("Document"), [(NO_DOCUMENT, _("None at hand")), *IdentityDocument.Type.choices])
    document_number = forms.CharField(
        label=_("Number of the document"),
        help_text=_("As it is written on the document. Leave it empty if there is no document."),
        required=False,
    )

    def __init__(self, *args: Any, needed: bool = False, **kwargs: Any) -> None:
        """``needed``: none is no answer."""
        super().__init__(*args, **kwargs)
        number = self.fields["document_number"]
        if needed:
            kinds: Any = self.fields["document_type"]
            kinds.choices = [one for one in kinds.choices if one[0] != NO_DOCUMENT]
            number.help_text = _("As it is written on the document.")
        number.answer_expected = True  # type: ignore[attr-defined]
        number.widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean(self) -> dict[str, Any]:
        kind = self.cleaned_data.get("document_type")
        if kind == NO_DOCUMENT:
            self.cleaned_data["document_number"] = ""
        elif kind and "document_number" in self.cleaned_data:
            try:
                self.cleaned_data["document_number"] = validation.validate_document_number(
                    kind, self.cleaned_data["document_number"]
                )
            except ValidationError as error:
                self.add_error("document_number", error)
        return self.cleaned_data


class RegistrationDocumentForm(DocumentForm):
    """At the counter also by SPID: whoever is registered and moved out of a household keeps it."""

    document_type = radios(
        _("Document"),
        [
            (NO_DOCUMENT, _("None at hand")),
            *IdentityDocument.Type.choices,
            (SPID, _("SPID, of somebody registered before")),
        ],
    )

    def __init__(self, *args: Any, by_spid: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_spid:
            kinds: Any = self.fields["document_type"]
            kinds.choices = [one for one in kinds.choices if one[0] != SPID]


class PhoneForm(QuestionForm):
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("For example 012 345 678. It may be shared with others."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("phone"):
            self.initial["phone"] = local_form(self.initial["phone"])


class _AnswersForm(QuestionForm):
    """Every answer is optional; "unknown" is a separate answer and never means "no"."""

    def ask(self, name: str, label: Any, choices: Any, **kwargs: Any) -> None:
        field = radios(label, choices, required=False, **kwargs)
        field.answer_expected = True  # type: ignore[attr-defined]
        self.fields[name] = field

    def ask_each(self, names: Iterable[str]) -> None:
        for name in names:
            asked = CIRCUMSTANCES[name]
            self.ask(name, str(asked.question or asked.label), asked.choices)


class CircumstancesForm(_AnswersForm):
    """Whether there is a difficulty at all, and daily life."""

    def __init__(self, *args: Any, member: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = fields_for(member)
        if ANY_DIFFICULTY in names:
            self.ask(
                ANY_DIFFICULTY,
                _(
                    "Because of a health problem, does this person have difficulty seeing, hearing, walking, "
                    "remembering, washing or dressing, or communicating?"
                ),
                [
                    (NONE, _("No - no difficulty at all")),
                    (SOME, _("Yes - the next page asks about each")),
                    UNKNOWN,
                ],
            )
        self.ask_each(name for name in names if name != ANY_DIFFICULTY)
        for name, field in self.fields.items():
            if name != ANY_DIFFICULTY:
                field.widget.attrs["class"] = "short-answers"


class DifficultiesForm(_AnswersForm):
    """Each of the six."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_each(SIX)
