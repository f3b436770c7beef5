"""How every page's form is bound, so that the language switch keeps what was typed."""

import json
import math
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.forms.fields import InvalidJSONInput
from django.forms.utils import ErrorDict
from django.http import HttpRequest

from dsp_platform.khmer import latin_digits

Form = TypeVar("Form", bound=forms.BaseForm)

# Name of the switch button. It posts the page's form to the same page's address in the other language.
SWITCH = "_switch"


class DateField(forms.DateField):
    """Takes Khmer digits too; Django's own takes Latin ones only."""

    def to_python(self, value: Any) -> date | None:
        return super().to_python(latin_digits(value) if isinstance(value, str) else value)


class FiniteDecoder(json.JSONDecoder):
    """PostgreSQL keeps no infinity and no “not a number”, Python reads no number of thousands of digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(parse_float=_finite, parse_int=_whole, parse_constant=_finite, **kwargs)


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise json.JSONDecodeError("no number", text, 0)
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise json.JSONDecodeError("no number", text, 0) from None


class JSONField(forms.JSONField):
    """Brackets deeper than Python reads are a mistake like any other, and so are numbers that are none."""

    def __init__(self, *, decoder: type[json.JSONDecoder] | None = None, **kwargs: Any) -> None:
        super().__init__(decoder=decoder or FiniteDecoder, **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": "…"}
            ) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return InvalidJSONInput(data)


def row_number(text: str) -> int | None:
    """The number of a row as an address or a button says it; None for anything else, and beyond any row."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def is_submitted(request: HttpRequest) -> bool:
    """True for a real submit; False for a look at the page and for a change of language."""
    return request.method == "POST" and SWITCH not in request.POST


def bind(form_class: type[Form], request: HttpRequest, **kwargs: Any) -> Form:
    """The form for this request: bound when submitted; filled but unjudged when the language was switched,
    or when what was typed is given back after signing in again (``request.unsent``, see accounts)."""
    typed = request.POST if request.method == "POST" else getattr(request, "unsent", None)
    if typed is None:
        return form_class(**kwargs)
    form = form_class(typed, request.FILES, **kwargs)
    if not is_submitted(request):
        form._errors = ErrorDict()  # type: ignore[attr-defined]  # typed so far, not yet judged
    return form
