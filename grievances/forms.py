"""To follow a report, to add to it, to appeal, to handle it. The report itself: ``grievances.questions``."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms import LinesField, choose
from dsp_platform.accounts.phones.fields import PhoneField
from dsp_platform.exchange.models import Operator
from grievances.models import Grievance
from grievances.workflow import grievance_workflow


class NumberForm(forms.Form):
    """The number for news once more, for whoever mistyped it."""

    use_required_attribute = False
    phone = PhoneField(
        gets_texts=True,
        label=_("Is the number wrong? Write the right one"),
        error_messages={"required": _("Enter your phone number.")},
    )


class FollowForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference"),
        max_length=32,
        error_messages={"required": _("Enter the reference.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "short"}),
    )
    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("12 digits. Older PINs have 6."),
        max_length=32,
        error_messages={"required": _("Enter the PIN.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )


class WordsForm(forms.Form):
    words = LinesField(
        label=_("What do you want to tell us?"),
        max_length=grievance_workflow.note_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what you want to tell us.")},
    )


class AppealForm(forms.Form):
    words = LinesField(
        label=_("Why do you not agree?"),
        help_text=_("In your own words. What is wrong, and what should be looked at again?"),
        max_length=grievance_workflow.note_length,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write why you do not agree.")},
    )


HANDLING = {
    "take_up": _("Look into it"),
    "resolve": _("Answer"),
    "dismiss": _("Close without action"),
    "pass_on": _("Pass on to another operator"),
    "uphold": _("The decision stands"),
    "overturn": _("The decision was wrong: decide anew"),
}


class HandleForm(forms.Form):
    """What staff do. ``version`` is that of the grievance the page showed."""

    step = forms.ChoiceField(
        label=_("Next step"),
        choices=list(HANDLING.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the next step.")},
    )
    operator: "forms.ModelChoiceField[Operator]" = forms.ModelChoiceField(
        label=_("Pass on to"), queryset=Operator.objects.filter(active=True), required=False
    )
    note = LinesField(
        label=_("Answer"),
        help_text=_("The person who reported reads this."),
        max_length=grievance_workflow.note_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, grievance: Grievance, note: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"version": grievance.version, "note": note}
        super().__init__(*args, **kwargs)
        self.grievance = grievance

    def offered(self, *who: str) -> "HandleForm | None":
        """With the steps that are possible now for this side; None when there are none."""
        possible = {step.name for step in grievance_workflow.allowed(self.grievance, *who)}
        choices = [(name, label) for name, label in HANDLING.items() if name in possible]
        choose(self, "step", choices)
        if "pass_on" not in possible:
            del self.fields["operator"]
        return self if choices else None
