from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.errors import ConsentMissing
from applications.workflow import REASONS, application_workflow
from dsp_platform.casework.forms import LinesField, StepForm, VersionField, note_field, step_choice


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
    version = VersionField()
    answer = LinesField(
        label=_("Your answer"),
        max_length=application_workflow.note_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your answer.")},
    )


class DecisionForm(StepForm):
    """What a reviewer decides."""

    workflow = application_workflow
    step_field = "decision"

    decision = step_choice(_("Decision"), _("Choose a decision."))
    reason = forms.ChoiceField(
        label=_("Reason, for a refusal"),
        choices=[("", _("Choose a reason")), *REASONS.items()],
        required=False,
    )
    note = note_field(application_workflow, _("The applicant reads this note."))
