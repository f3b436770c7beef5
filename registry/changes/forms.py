"""The questions that only a change asks; the others are those of the registration."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.casework.forms import StepForm, note_field, step_choice
from dsp_platform.templatetags.site_tags import runs
from dsp_platform.wizard.forms import QuestionForm
from registry.areas import selectors
from registry.changes.context import HEAD
from registry.changes.workflow import change_workflow
from registry.identity.dates import DatePartsField
from registry.identity.spid import clean_spid
from registry.models import Membership
from registry.persons import validation
from registry.persons.forms import CHOOSE, radios
from registry.persons.place_forms import PlaceForm

NOT_HERE = "none"
Names = Mapping[str, str]
"""Members by SPID, told apart."""
RELATIONSHIPS = [choice for choice in Membership.Relationship.choices if choice[0] != HEAD]


def _choices(people: Names) -> list[tuple[str, str]]:
    return [(spid, runs(name)) for spid, name in people.items()]


class PersonForm(QuestionForm):
    """One of the members, by SPID."""

    person = radios(gettext_lazy("Member"))

    def __init__(self, *args: Any, people: Names, about: str = "", **kwargs: Any) -> None:
        """``about``: the SPID of the member who is chosen at first."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = _choices(people)
        if about:
            self.initial["person"] = about


class AddressForm(QuestionForm):
    address = forms.CharField(
        label=gettext_lazy("House and street"),
        help_text=gettext_lazy("For example house 12, street 3."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the house and the street.")},
    )

    def clean_address(self) -> str:
        return validation.validate_address(self.cleaned_data["address"])


class AnywhereForm(PlaceForm):
    """Any area: a move may lead out of the area of the assisting official."""

    def clean_village_code(self) -> str:
        code = str(self.cleaned_data["village_code"])
        if selectors.village(code) is None:
            raise ValidationError(_("Choose a village."))
        return code


class MotherForm(QuestionForm):
    mother = radios(gettext_lazy("Mother"))

    def __init__(self, *args: Any, people: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mother"]
        field.choices = [*_choices(people), (NOT_HERE, _("She does not live in this household"))]


class KnownForm(QuestionForm):
    """The SPID of somebody registered elsewhere. Only the commune learns whether it matches."""

    has_spid = radios(
        gettext_lazy("Is the person registered already?"),
        [
            ("yes", gettext_lazy("Yes, and I know the SPID")),
            ("no", gettext_lazy("No, or I do not know")),
        ],
    )
    spid = forms.CharField(
        label=gettext_lazy("SPID"),
        help_text=gettext_lazy("The 12 digits on the person's slip. Leave it empty if there is none."),
        max_length=40,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spid"].answer_expected = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("has_spid") == "no":
            self.cleaned_data["spid"] = ""
        elif self.cleaned_data.get("has_spid") == "yes":
            spid = clean_spid(self.cleaned_data.get("spid", ""))
            if spid is None:
                self.add_error("spid", _("This is not an SPID. Check the 12 digits on the slip."))
            self.cleaned_data["spid"] = spid or ""
        return self.cleaned_data


class LivingForm(QuestionForm):
    living = radios(
        gettext_lazy("Where does the couple live?"),
        [
            ("here", gettext_lazy("Here: the husband or wife moves in with us")),
            ("elsewhere", gettext_lazy("Elsewhere: our member moves out")),
        ],
    )


class WhereForm(QuestionForm):
    where = radios(
        gettext_lazy("Where does the person live now?"),
        [
            ("own", gettext_lazy("In a household of their own")),
            ("elsewhere", gettext_lazy("With another household, abroad, or I do not know")),
        ],
        help_text=gettext_lazy("Another household asks for it itself: “Somebody moved in with us”."),
    )


class RelationshipsForm(QuestionForm):
    """How everybody else is related to the new head. The fields are named by SPID."""

    def __init__(self, *args: Any, people: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for spid, name in _choices(people):
            self.fields[spid] = forms.ChoiceField(
                label=name,
                choices=[("", _("Choose")), *RELATIONSHIPS],
                error_messages={code: f"{people[spid]}: {words}" for code, words in CHOOSE.items()},
            )


class DiedForm(QuestionForm):
    died = DatePartsField(
        label=gettext_lazy("Date of death"),
        help_text=gettext_lazy("If you only know the year, enter the year alone."),
    )


class DecideForm(StepForm):
    """What the commune does with a request."""

    workflow = change_workflow
    step_field = "decision"
    use_required_attribute = False

    decision = step_choice(gettext_lazy("Decision"), gettext_lazy("Choose a decision."))
    note = note_field(
        change_workflow,
        gettext_lazy("The person who asked reads this. Needed unless you make the change."),
    )


class MoveForm(forms.Form):
    """What the old commune says where somebody without a phone is to move to another household."""

    use_required_attribute = False

    answer = radios(
        gettext_lazy("Does the person want to move?"),
        [
            ("yes", gettext_lazy("Yes: I have asked the person or their household")),
            ("no", gettext_lazy("No: the person stays")),
        ],
    )
    note = note_field(change_workflow, gettext_lazy("The person who asked reads this. Needed for a no."))


class HeardForm(forms.Form):
    """Whether a change of the household is right: of a member, or of the commune that would be left."""

    use_required_attribute = False

    answer = radios(
        gettext_lazy("Do you agree to this change?"),
        [("yes", gettext_lazy("I agree")), ("no", gettext_lazy("I do not agree"))],
    )
    note = note_field(change_workflow, gettext_lazy("Only who decides reads this."))

    def __init__(self, *args: Any, own_death: bool = False, **kwargs: Any) -> None:
        """``own_death``: it says that whoever answers has died."""
        super().__init__(*args, **kwargs)
        if own_death:
            field: Any = self.fields["answer"]
            field.label, field.choices = _("Are you alive?"), [("no", _("Yes, I am alive"))]
