"""The forms of a row: those of the single questions, with smaller fields."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.wizard.forms import QuestionForm
from registry.areas.selectors import villages_within
from registry.areas.village_picker import VillagePicker, villages_by_commune
from registry.identity.dates import TypedDateField
from registry.persons.forms import NameForm, PhoneForm, RegistrationDocumentForm, RelationshipForm, SexForm
from registry.persons.place_forms import PlaceForm
from registry.registration.roster.letters import with_letters


class RowRelationshipForm(RelationshipForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relationship"].label = _("Relationship to the head")
        with_letters(cast(forms.ChoiceField, self.fields["relationship"]))


class RowSexForm(SexForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_letters(cast(forms.ChoiceField, self.fields["sex"]))


class RowBirthForm(QuestionForm):
    born = TypedDateField(
        label=_("Date of birth"),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
    )


class RowDocumentForm(RegistrationDocumentForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, by_spid=True, **kwargs)
        with_letters(cast(forms.ChoiceField, self.fields["document_type"]), empty=False)
        number = self.fields["document_number"]
        number.label, number.help_text = _("Number"), ""


class RowPhoneForm(PhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = ""
        self.fields["phone"].widget.attrs["autocomplete"] = "off"


class RosterPlaceForm(PlaceForm):
    """All villages of the official's area in one list, those of a district by commune."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, picker=VillagePicker(), **kwargs)
        field = cast(forms.ChoiceField, self.fields["village_code"])
        field.widget = forms.Select()
        field.choices = [("", ""), *villages_by_commune(villages_within(user.area_code))]
        self.fields["address"].help_text = ""


FORMS: dict[str, type[QuestionForm]] = {
    "name": NameForm,
    "relationship": RowRelationshipForm,
    "sex": RowSexForm,
    "birth": RowBirthForm,
    "document": RowDocumentForm,
    "phone": RowPhoneForm,
}
"""By question."""
