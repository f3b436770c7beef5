from collections.abc import Mapping
from typing import Any, Self, cast

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.errors import ConsentMissing
from applications.models import Application
from applications.workflow import REASONS, application_workflow
from dsp_platform.casework.forms import LinesField, StepForm, VersionField, note_field, step_choice
from registry.models import Programme
from registry.programmes.availability import takes_applications, takes_applications_on
from registry.programmes.selectors import programmes, published

WORDS_IN = (_("Words to the applicant, in Khmer"), _("Words to the applicant, in English"))


class ApplyForm(forms.Form):
    """Asks for consent in the given words, or for nothing when they are empty."""

    consent = forms.BooleanField(label=_("Consent"))

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


class ReferralField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Programme) -> str:
        return f"{obj} – {obj.operator}"


class ReasonsField(forms.MultipleChoiceField):
    """All that hold; the value is their codes, as an event stores them."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(label=_("Reasons, for a refusal"), choices=[*REASONS.items()], required=False)

    def clean(self, value: Any) -> Any:
        chosen = super().clean([code for code in value or [] if code])
        return ",".join(code for code in REASONS if code in chosen)


class DecisionForm(StepForm):
    """What a reviewer decides."""

    workflow = application_workflow
    step_field = "decision"
    typed = ("note", "note_translated")

    decision = step_choice(_("Decision"), _("Choose a decision."))
    reason = ReasonsField()
    referred_to = ReferralField(
        label=_("Programme to refer to"),
        queryset=Programme.objects.none(),
        required=False,
        empty_label=_("Choose a programme"),
    )
    note = note_field(application_workflow, "", rows=2)
    note_translated = note_field(application_workflow, "", rows=2)
    # Sent by the page that says what will happen.
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, item: Application, **kwargs: Any) -> None:
        super().__init__(*args, item=item, **kwargs)
        own, other = WORDS_IN if item.language == "km" else WORDS_IN[::-1]
        referable = published().filter(takes_applications_on(localdate()))
        offered = cast(ReferralField, self.fields["referred_to"])
        own_operator = item.programme.operator_id
        offered.queryset = referable.exclude(operator=own_operator)
        others = (one for one in programmes() if takes_applications(one) and one.operator_id != own_operator)
        offered.choices = [
            ("", offered.empty_label),
            *((one.pk, offered.label_from_instance(one)) for one in others),
        ]
        self.fields["note"].label, self.fields["note_translated"].label = own, other

    def offered(self, steps: Mapping[str, Exception | None]) -> Self | None:
        """None while a decision is held."""
        return None if getattr(self.item, "is_held", False) else super().offered(steps)
