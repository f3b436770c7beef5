"""How every page's form is bound, so that the language switch keeps what was typed."""

import json
import math
import unicodedata
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.forms.fields import InvalidJSONInput
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean, clean_lines, visible

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


# Control characters, half characters, and the line and paragraph ends of Unicode.
_NOT_IN_JSON = {"Cc", "Cs", "Zl", "Zp"}


def _seen(value: Any) -> Any:
    """The same without characters that nobody sees. Raises ValidationError for those that no text has."""
    if isinstance(value, str):
        for sign in value:
            if unicodedata.category(sign) in _NOT_IN_JSON:
                told = _("A text in it has the character U+%(code)s.") % {"code": f"{ord(sign):04X}"}
                raise forms.ValidationError(told, code="unseen")
        return visible(value)
    if isinstance(value, list):
        return [_seen(one) for one in value]
    if isinstance(value, dict):
        return {_seen(name): _seen(one) for name, one in value.items()}
    return value


class JSONField(forms.JSONField):
    """Brackets deeper than Python reads are a mistake like any other, and so are numbers that are none.

    Texts and keys have no characters that nobody sees. Their spaces stay: they may be an operator's codes.
    """

    def __init__(self, *, decoder: type[json.JSONDecoder] | None = None, **kwargs: Any) -> None:
        super().__init__(decoder=decoder or FiniteDecoder, **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return _seen(super().to_python(value))
        except RecursionError:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": "…"}
            ) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What is refused is shown as it was typed: decoded, no page could be written with it."""
        try:
            bound = super().bound_data(data, initial)
            _seen(bound)
        except (RecursionError, forms.ValidationError):
            return InvalidJSONInput(data)
        return bound


class SeenTexts(forms.BaseForm):
    """Mixin for a form, put first: texts are stored as they are seen, like those of citizens.

    A field with ``as_typed`` judges by itself. What is stored otherwise is not changed by looking at it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, forms.CharField) or isinstance(field, forms.JSONField):
                continue
            if not getattr(field, "as_typed", False) and not isinstance(field.widget, forms.PasswordInput):
                _show(field)


def _show(field: forms.CharField) -> None:
    """The fields of a form are its own copies."""
    cleaned = clean_lines if isinstance(field.widget, forms.Textarea) else clean
    to_python, has_changed = field.to_python, field.has_changed

    def seen(value: Any) -> Any:
        return to_python(cleaned(value) if isinstance(value, str) else value)

    def differs(initial: Any, data: Any) -> bool:
        return has_changed(cleaned(initial) if isinstance(initial, str) else initial, data)

    field.to_python, field.has_changed = seen, differs  # type: ignore[method-assign]


LAST_NUMBER = 10**18 - 1


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


class ReferenceField(forms.CharField):
    """What somebody brings, as it stands in a text message or on a slip."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            error_messages={"required": gettext_lazy("Enter the reference.")},
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            **kwargs,
        )
