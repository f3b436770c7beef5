from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.errors import ConsentMissing
from applications.services import NOTE_LENGTH


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
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your answer.")},
    )
