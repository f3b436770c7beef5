"""A question that is asked only where something rare was answered: is that right?"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.web.shown import digest_of, was_shown
from dsp_platform.wizard.forms import QuestionForm


class ConfirmationForm(QuestionForm):
    """``statements``: what was answered, in words. ``facts``: the same as JSON, which the confirmation is
    for."""

    right = forms.ChoiceField(
        label=gettext_lazy("Is that right?"),
        choices=[
            ("yes", gettext_lazy("Yes, that is right")),
            ("no", gettext_lazy("No, change it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )

    def __init__(
        self, *args: Any, statements: Sequence[str], facts: Sequence[dict[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.statements, self.facts = statements, list(facts)
        self.digest = digest_of(self.facts)
        """Sent along by the page: no field of the form, whose posted value a page would show again."""

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("right") == "yes" and not was_shown(self.data, self.digest):
            self.add_error("right", _("The answers have changed since this page was shown. Read them again."))
        return self.cleaned_data

    @property
    def answers(self) -> dict[str, Any]:
        right = self.cleaned_data["right"]
        return {"right": right, "confirmed": self.facts if right == "yes" else []}
