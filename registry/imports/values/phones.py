"""Phone numbers, by the rules of the registration at the speed of an import."""

import re
from functools import cache
from typing import Any, NamedTuple

import phonenumbers
from django.core.exceptions import ValidationError
from phonenumbers import PhoneMetadata

from dsp_platform.accounts.phones.numbers import REGION
from dsp_platform.khmer.digits import latin_digits
from registry.imports.values.text import number_text
from registry.persons.validation import validate_phone

_PLAIN = re.compile(r"\+?[0-9 ().\-]+")
_NOT_DIGITS = re.compile(r"[^0-9]")
_LEADING = re.compile(r"(?:00855|855|0)?")
_SEVERAL = re.compile(r"[/,;]|ឬ|\bor\b")


class ReadPhone(NamedTuple):
    phone: str
    code: str = ""
    """Of a finding."""


@cache
def _mobile() -> tuple[re.Pattern[str], re.Pattern[str], str]:
    """The library's own patterns of mobile and of fixed numbers, and the code of the country."""
    known: Any = PhoneMetadata.metadata_for_region(REGION)
    mobile, fixed = (re.compile(kind.national_number_pattern) for kind in (known.mobile, known.fixed_line))
    return mobile, fixed, f"+{phonenumbers.country_code_for_region(REGION)}"


def read_phone(cell: str) -> ReadPhone:
    """E.164, or empty. The first of several."""
    text = latin_digits(number_text(cell))
    if not text:
        return ReadPhone("")
    if phone := _read(text):
        return ReadPhone(phone)
    several = _SEVERAL.split(text)
    for one in several[: 5 if len(several) > 1 else 0]:
        if phone := _read(one.strip()):
            return ReadPhone(phone, "phone_first")
    return ReadPhone("", "phone_invalid")


def _read(text: str) -> str:
    mobile, fixed, country = _mobile()
    if _PLAIN.fullmatch(text):
        # The validator costs more than all else of a row: it sees only what is no plain mobile number.
        # Spreadsheets drop the zero that a number begins with.
        national = _LEADING.sub("", _NOT_DIGITS.sub("", text), count=1)
        if mobile.fullmatch(national) and not fixed.fullmatch(national):
            return country + national
    try:
        return validate_phone(text)
    except ValidationError:
        return ""
