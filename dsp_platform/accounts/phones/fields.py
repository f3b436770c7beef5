from typing import Any

from django import forms

from dsp_platform.accounts.phones.numbers import parse_phone


class PhoneField(forms.CharField):
    """A Cambodian phone number; cleans to E.164, or to an empty string when not required.

    ``gets_texts``: only numbers that can receive text messages.
    """

    widget = forms.TextInput

    def __init__(self, *, gets_texts: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        self.gets_texts = gets_texts
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "type": "tel",
            "inputmode": "tel",
            "autocomplete": "tel",
        }

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return parse_phone(text, gets_texts=self.gets_texts) if text else ""
