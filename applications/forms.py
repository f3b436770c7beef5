from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.errors import ConsentMissing
from applications.models import Application
from applications.workflow import REASONS, REVIEWER, application_workflow
from dsp_platform.khmer.text import clean_lines

DECISIONS = {
    "take_up": _("Start the review"),
    "approve": _("Approve"),
    "ask_more": _("Ask for more information"),
    "refuse": _("Refuse"),
}


class LinesField(forms.CharField):
    """Text of several lines, without invisible and control characters."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_lines(super().to_python(value) or "")


class ApplyForm(forms.Form):
    """Asks for consent in the given words, or for nothing when they are empty."""

    consent = forms.BooleanField()

    def __init__(self, *args: Any, consent_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if consent_text:
            self.fields["consent"].label = consent_text
            self.fields["consent"].error_messages["required"] = str(ConsentMissing())
        else:
            del self.fields["consent"]


class AnswerForm(forms.Form):
    answer = LinesField(
        label=_("Your answer"),
        max_length=application_workflow.note_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your answer.")},
    )


class DecisionForm(forms.Form):
    """What a reviewer decides. ``version`` is that of the application the page showed."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a decision.")},
    )
    reason = forms.ChoiceField(label=_("Reason, for a refusal"), required=False)
    note = LinesField(
        label=_("Note"),
        help_text=_("The applicant reads this note."),
        max_length=application_workflow.note_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, application: Application, note: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"version": application.version, "note": note}
        super().__init__(*args, **kwargs)
        self.application = application
        # All of them, so that the service can say who was first when one is possible no more.
        cast(forms.ChoiceField, self.fields["decision"]).choices = list(DECISIONS.items())
        cast(forms.ChoiceField, self.fields["reason"]).choices = [
            ("", _("Choose a reason")),
            *REASONS.items(),
        ]

    def offered(self) -> "DecisionForm | None":
        """With the steps that are possible now; None when there are none."""
        allowed = application_workflow.allowed(self.application, REVIEWER)
        possible = [(step.name, DECISIONS[step.name]) for step in allowed]
        choose(self, "decision", possible)
        return self if possible else None


def choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices
