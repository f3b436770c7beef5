"""The text of the consent, and the operators it is given for."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.exchange.models import Operator
from dsp_platform.wizard.forms import QuestionForm


def consent_paragraphs() -> list[str]:
    """The text that a person agrees to, or hears read out, in the active language."""
    return [
        _(
            "The Social Protection Registry keeps what you tell about your household: names, dates of birth, "
            "documents, place and situation. Each person gets a number, the SPID."
        ),
        _(
            "It is used to find the programmes you may be entitled to and to contact you. "
            "Your details go to a programme's operator only if you agree to that operator below."
        ),
        _(
            "You are free to say no. You can see your data, have it corrected, see who looked at it, "
            "and take back your consent at any time. Registration is free of charge."
        ),
    ]


class OperatorsForm(QuestionForm):
    """Which operators the household agrees to. None of them is ticked beforehand."""

    operators = forms.MultipleChoiceField(
        label=gettext_lazy("Which operators may receive your household's details?"),
        help_text=gettext_lazy("Choose each operator that you agree to. You can change this later."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, operators: Sequence[Operator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = {operator.code: str(operator) for operator in operators}
        field = cast(forms.MultipleChoiceField, self.fields["operators"])
        field.choices = list(self.labels.items())
        field.answer_expected = True  # type: ignore[attr-defined]
        if not operators:
            del self.fields["operators"]

    @property
    def chosen(self) -> list[str]:
        return list(self.cleaned_data.get("operators", []))

    def text_of(self, code: str) -> str:
        """The exact words agreed to for one operator."""
        return "\n".join([*consent_paragraphs()[1:], str(self.fields["operators"].label), self.labels[code]])


class ConsentForm(OperatorsForm):
    agree = forms.BooleanField(
        label=gettext_lazy("I agree that the Social Protection Registry keeps my household's details"),
        error_messages={"required": gettext_lazy("Without this consent we cannot register the household.")},
    )

    @property
    def paragraphs(self) -> list[str]:
        return consent_paragraphs()

    @property
    def answers(self) -> dict[str, Any]:
        """With the exact text that was on the page: its digest is the evidence of the consent."""
        agreed = [str(self.fields["agree"].label), *(self.labels[code] for code in self.chosen)]
        text = "\n".join([*consent_paragraphs(), *agreed])
        return {"agree": True, "operators": self.chosen, "text": text, "language": get_language()}
