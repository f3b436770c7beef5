"""The forms of the counter: search, then reason and consent before acting for a person."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.persons.forms import CHOOSE

SESSION_REASONS = [
    ("register", gettext_lazy("To register the household")),
    ("apply", gettext_lazy("To apply for a programme")),
    ("follow", gettext_lazy("To follow an application")),
    ("check", gettext_lazy("To check the details")),
    ("tell_change", gettext_lazy("To tell a change in the household")),
    ("account", gettext_lazy("For the phone number or the account")),
    ("grievance", gettext_lazy("To report a grievance")),
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
        label=gettext_lazy("SPID, document number, phone or name"),
        help_text=gettext_lazy("Names in Khmer or Latin letters. Only people of your area are found."),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter a number or a name.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "type": "search"}),
    )


class OpenCaseForm(forms.Form):
    use_required_attribute = False

    reason = forms.ChoiceField(
        label=gettext_lazy("What does the person come for?"),
        choices=SESSION_REASONS,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    agree = forms.BooleanField(
        label=gettext_lazy("I have read this text to the person and they agree"),
        error_messages={"required": gettext_lazy("Without the person's consent no case can be opened.")},
    )
