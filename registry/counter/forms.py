"""The forms of the counter: search, then reason and consent before acting for a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.casework.forms import LinesField
from registry.changes.context import TELL_DEATH
from registry.consents.given import GivenForm
from registry.persons.forms import radios

SESSION_REASONS = [
    ("register", gettext_lazy("To register the household")),
    ("apply", gettext_lazy("To apply for a programme")),
    ("follow", gettext_lazy("To follow an application")),
    ("check", gettext_lazy("To check the details")),
    ("tell_change", gettext_lazy("To tell a change in the household")),
    ("account", gettext_lazy("For the phone number or the account")),
    ("grievance", gettext_lazy("To report a grievance")),
    (TELL_DEATH, gettext_lazy("Somebody else is here, to tell that this person died")),
]


def acting_text() -> str:
    """The text read out before an official acts for a person; stored with the assisted session."""
    return _(
        "The commune official in front of you helps you today. For this the official sees and enters "
        "your household's details. You can stop at any time. Who helped you and when is written down, "
        "and you can read it. This help is free of charge."
    )


class SearchForm(forms.Form):
    use_required_attribute = False

    query = forms.CharField(
        label=gettext_lazy("SPID, document, phone, household number or name"),
        help_text=gettext_lazy(
            "Or the QR code of the slip. Names in Khmer or Latin letters: the first 3 characters, or the "
            "whole name. Only people of your area are found by them."
        ),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter a number or a name.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "type": "search"}),
    )
    place = forms.CharField(
        label=gettext_lazy("Village or commune"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class OpenCaseForm(GivenForm):
    field_order = ("reason", "told_by", "given", "witness", "agree")

    reason = radios(gettext_lazy("What does the person come for?"), SESSION_REASONS)
    told_by = LinesField(
        label=gettext_lazy("If a death is told: by whom"),
        help_text=gettext_lazy("Name, and who they are to the person. Only who decides reads this."),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    agree = forms.BooleanField(
        label=gettext_lazy("I have read this text to the person and they agree"),
        help_text=gettext_lazy("Not if a death is told."),
        required=False,
    )

    def __init__(self, *args: Any, registered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agree"]
        field.answer_expected = True
        if not registered:
            reason: Any = self.fields["reason"]
            reason.choices = [one for one in SESSION_REASONS if one[0] != TELL_DEATH]
            field.help_text = ""
            del self.fields["told_by"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("reason") == TELL_DEATH:
            if not cleaned.get("told_by"):
                self.add_error("told_by", _("Write who told it, and who they are to the person."))
        elif not cleaned.get("agree"):
            self.add_error("agree", _("Without the person's consent no case can be opened."))
        return cleaned
