from typing import Any

from django import forms

from dsp_platform.accounts.phones.numbers import parse_phone


class PhoneField(forms.CharField):
    """A number that gets text messages; cleans to E.164, or to an empty string when not required.

    Every number that is entered is written to sooner or later, with a code or with news.
    """

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
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
        return parse_phone(text, gets_texts=True) if text else ""
