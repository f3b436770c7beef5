"""How every page's form is bound, so that the language switch keeps what was typed."""

import json
import math
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.contrib.messages import constants
from django.forms.fields import InvalidJSONInput
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean, clean_lines, has_stray_sign, visible

Form = TypeVar("Form", bound=forms.BaseForm)
View = TypeVar("View", bound=Callable[..., Any])

# Name of the switch button. It posts the page's form to the same page's address in the other language.
SWITCH = "_switch"


STRAY_SIGN = gettext_lazy("A vowel, sign or letter below stands alone. Delete it, or type the letters again.")
"""Refuses a name or address for which ``khmer.text.has_stray_sign`` holds."""


class DateField(forms.DateField):
    """Takes Khmer digits too; Django's own takes Latin ones only."""

    def to_python(self, value: Any) -> date | None:
        return super().to_python(latin_digits(value) if isinstance(value, str) else value)


class FiniteDecoder(json.JSONDecoder):
    """Refuses infinity and NaN, which PostgreSQL's JSON cannot hold, and integers too long for Python."""

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


# Control characters, surrogates, and the line and paragraph separators of Unicode.
_NOT_IN_JSON = {"Cc", "Cs", "Zl", "Zp"}


def refuse_unseen(text: str) -> None:
    """Raises ValidationError for a control character."""
    for sign in text:
        if unicodedata.category(sign) in _NOT_IN_JSON:
            message = _("A text in it has the character U+%(code)s.") % {"code": f"{ord(sign):04X}"}
            raise forms.ValidationError(message, code="invisible")


def _visible_texts(value: Any) -> Any:
    """The value without invisible characters in its texts. Raises ValidationError for control characters."""
    if isinstance(value, str):
        refuse_unseen(value)
        return visible(value)
    if isinstance(value, list):
        return [_visible_texts(one) for one in value]
    if isinstance(value, dict):
        return {_visible_texts(name): _visible_texts(one) for name, one in value.items()}
    return value


class JSONField(forms.JSONField):
    """Too deep nesting and invalid numbers are validation errors.

    Invisible characters are removed from texts and keys. Spaces stay: an operator's codes may have some.
    """

    def __init__(self, *, decoder: type[json.JSONDecoder] | None = None, **kwargs: Any) -> None:
        super().__init__(decoder=decoder or FiniteDecoder, **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return _visible_texts(super().to_python(value))
        except RecursionError:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": "…"}
            ) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Refused input is shown as it was typed: some of it cannot be encoded again."""
        try:
            bound = super().bound_data(data, initial)
            _visible_texts(bound)
        except (RecursionError, forms.ValidationError):
            return InvalidJSONInput(data)
        return bound


class CleanTextForm(forms.BaseForm):
    """Mixin for a form, put first: texts are cleaned as those of citizens are (``khmer.text``), and a line
    with a sign that has no letter is refused.

    Not for fields with ``as_typed``. A stored value that is not clean does not count as changed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, forms.CharField) or isinstance(field, forms.JSONField):
                continue
            if not getattr(field, "as_typed", False) and not isinstance(field.widget, forms.PasswordInput):
                _clean_texts_of(field)


def _clean_texts_of(field: forms.CharField) -> None:
    """Patches this field only: each form has copies of its fields."""
    several = isinstance(field.widget, forms.Textarea)
    cleaned = clean_lines if several else clean
    to_python, has_changed = field.to_python, field.has_changed

    def to_clean_python(value: Any) -> Any:
        if isinstance(value, str) and not several and has_stray_sign(value):
            raise forms.ValidationError(STRAY_SIGN, code="stray_sign")
        return to_python(cleaned(value) if isinstance(value, str) else value)

    def has_clean_change(initial: Any, data: Any) -> bool:
        return has_changed(cleaned(initial) if isinstance(initial, str) else initial, data)

    field.to_python, field.has_changed = to_clean_python, has_clean_change  # type: ignore[method-assign]


LAST_NUMBER = 10**18 - 1


def row_number(text: str) -> int | None:
    """The primary key in an address or a button; None for anything else and for numbers out of range."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def is_submitted(request: HttpRequest) -> bool:
    """False for GET, and for a POST of the language switch."""
    return request.method == "POST" and SWITCH not in request.POST


def typed_in(request: HttpRequest) -> QueryDict | None:
    """What was typed into the form of this page: sent, or restored after signing in again
    (``request.unsent``, see accounts)."""
    return request.POST if request.method == "POST" else getattr(request, "unsent", None)


def bind(form_class: type[Form], request: HttpRequest, **kwargs: Any) -> Form:
    """The form for this request: bound when submitted; filled but not validated when the language was
    switched, or when typed data is restored."""
    typed = typed_in(request)
    if typed is None:
        return form_class(**kwargs)
    form = form_class(typed, request.FILES, **kwargs)
    return form if is_submitted(request) else unvalidated(form)


def unvalidated(form: Form) -> Form:
    """Shows what was typed so far, without errors."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    return form


class ReferenceField(forms.CharField):
    """A reference from a text message or a slip."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            error_messages={"required": gettext_lazy("Enter the reference.")},
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            **kwargs,
        )


def saved(request: HttpRequest) -> None:
    """The form that is answered now was saved, also where no message says so."""
    request.form_saved = True  # type: ignore[attr-defined]


def is_saved(request: HttpRequest) -> bool:
    """Whether the view has said so: by ``saved``, or to its reader by a message of success."""
    said = getattr(request, "_messages", None)
    if said and said.has(constants.ERROR):
        return False
    return getattr(request, "form_saved", False) or bool(said and said.has(constants.SUCCESS))


_NEVER_KEPT = "never_kept"


def never_kept(view: View) -> View:
    """Mark a view whose form means nothing later, such as a code or a search: no device keeps it."""
    setattr(view, _NEVER_KEPT, True)
    return view


def may_be_kept(view: Any) -> bool:
    return not getattr(view, _NEVER_KEPT, False)
