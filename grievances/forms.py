"""Forms to follow, extend, appeal and handle. Those of the report itself are in ``grievances.questions``."""

from collections.abc import Mapping
from typing import Any, Self, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.fields import PhoneField
from dsp_platform.casework.forms import (
    LinesField,
    StepForm,
    StepSelect,
    VersionField,
    note_field,
    step_choice,
)
from dsp_platform.casework.workflow import QUESTION, Step
from dsp_platform.exchange.models import Operator
from dsp_platform.web.forms import ReferenceField
from grievances import errors
from grievances.categories import CHOSEN
from grievances.models import Grievance
from grievances.reach import what_asking_does
from grievances.workflow import grievance_workflow


class NumberForm(forms.Form):
    """Another phone number for news, where the first was mistyped."""

    use_required_attribute = False
    phone = PhoneField(
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


class LostPinForm(forms.Form):
    use_required_attribute = False
    reference = ReferenceField(label=_("Reference"))
    phone = PhoneField(
        label=_("The phone number that you left on the report"),
        error_messages={"required": _("Enter your phone number.")},
    )


class WordsForm(forms.Form):
    version = VersionField()
    words = LinesField(
        label=_("What do you want to tell us?"),
        max_length=grievance_workflow.note_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what you want to tell us.")},
    )


class AppealForm(forms.Form):
    version = VersionField()
    words = LinesField(
        label=_("Why do you not agree?"),
        help_text=_("In your own words. What is wrong, and what should be looked at again?"),
        max_length=grievance_workflow.note_length,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write why you do not agree.")},
    )


OF_STEP = {"pass_on": "operator", "mark_repeat": "repeat_of", "recategorise": "category"}
"""The field that a step needs, and no other has, besides the words to the person."""


class HandleForm(StepForm):
    """What staff do with a report."""

    workflow = grievance_workflow
    step_field = "step"

    step = step_choice(_("Next step"), _("Choose the next step."), StepSelect)
    operator: "forms.ModelChoiceField[Operator]" = forms.ModelChoiceField(
        label=_("Pass on to"), queryset=Operator.objects.filter(active=True), required=False
    )
    category = forms.ChoiceField(
        label=_("What it is about"), required=False, choices=[("", "–"), *CHOSEN.items()]
    )
    repeat_of = forms.CharField(
        label=_("Repeat of"),
        help_text=_("The reference of the other report. Its answer goes to this reporter too."),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    note = note_field(
        grievance_workflow, _("The person who reported reads this."), label=_("Answer or question"), rows=5
    )
    # Sent by the page that says who would read it.
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(StepSelect, self.fields["step"].widget).asked = {
            step.name: ([*_of(step.name), "note"], _needs(step)) for step in self.workflow.steps.values()
        }
        for name in OF_STEP.values():
            self.fields[name].answer_expected = True  # type: ignore[attr-defined]  # of whoever sees it

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        step = self.workflow.steps.get(data.get("step", ""))
        missing = {
            "operator": errors.OperatorMissing.words,
            "repeat_of": errors.NoOriginal.words,
            "category": _("Choose what else it is about."),
            "note": self.workflow.note_missing,
        }
        for name in _needs(step) if step else ():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, missing[name])
        for name in set(OF_STEP.values()) - {*_of(data.get("step", ""))}:
            data[name] = None if name == "operator" else ""
        if data.get("category") == cast(Grievance, self.item).category:
            self.add_error("category", missing["category"])
        return data

    def offered(self, steps: Mapping[str, Exception | None]) -> Self | None:
        form = super().offered(steps)
        step_field: Any = self.fields["step"]
        offered = dict(step_field.choices)
        if QUESTION in offered:
            words = what_asking_does(cast(Grievance, self.item))
            offered[QUESTION] = " – ".join([str(offered[QUESTION]), *words])
            step_field.choices = list(offered.items())
        for step, field in OF_STEP.items():
            if step not in offered:
                del self.fields[field]
        return form


def _of(step: str) -> list[str]:
    return [OF_STEP[step]] if step in OF_STEP else []


def _needs(step: Step) -> list[str]:
    return [*_of(step.name), *(["note"] if step.needs_note else [])]
