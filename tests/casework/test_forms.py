"""A text of several lines is counted as the browser counts it while it is written."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from dsp_platform.casework.forms import LinesField
from tests.every_form import every_form


def limited() -> list[tuple[str, forms.CharField]]:
    fields = [
        (f"{form.__qualname__}.{name}", field)
        for form in every_form()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
        and isinstance(field.widget, forms.Textarea)
        and field.max_length
    ]
    assert len(fields) >= 5
    return fields


def lines_of(length: int, lines: int = 50) -> str:
    """As many signs as that, by the browser, which counts the end of a line as one and sends two."""
    each = length // lines
    text = "\r\n".join(["ក" * (each - 1)] * lines)
    return text + "ខ" * (length - len(text.replace("\r\n", "\n")))


def test_a_text_as_long_as_the_browser_lets_it_be_is_taken():
    for name, field in limited():
        assert isinstance(field, LinesField), name
        assert field.widget_attrs(field.widget)["maxlength"] == str(field.max_length)
        typed = lines_of(field.max_length)
        assert len(typed) > field.max_length
        assert len(field.clean(typed)) == field.max_length
        with pytest.raises(ValidationError):
            field.clean(typed + "គ")
