"""Cambodian phone numbers, as people type them and as they are stored.

``PHONE_COUNTRY_CODES`` limits the countries: messages abroad are expensive and attract SMS pumping fraud.
"""

import phonenumbers
import regex
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType

from dsp_platform.khmer.digits import latin_digits

REGION = "KH"
# Types of number that receive no text messages.
_WITHOUT_TEXTS = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
}
_NOISE = regex.compile(r"[\s\p{Cf}().\-/]+")
_NUMBER = regex.compile(r"\+?[0-9]{6,16}")


def parse_phone(text: str, *, gets_texts: bool = False) -> str:
    """E.164, from ``012 345 678``, ``+855 12 345 678`` or ``០១២ ៣៤៥ ៦៧៨``. Raises ``ValidationError``.

    ``gets_texts``: as every number that is entered; one that is only looked for may be any.
    """
    digits = _NOISE.sub("", latin_digits(text))
    if digits.startswith("00855"):
        digits = "+" + digits[2:]
    # Refuse letters: phonenumbers would convert them as on a telephone keypad.
    if not _NUMBER.fullmatch(digits):
        raise _wrong()
    try:
        number = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        raise _wrong() from None
    if str(number.country_code) not in settings.PHONE_COUNTRY_CODES:
        raise ValidationError(
            _("Numbers of this country cannot be used. Enter a Cambodian phone number, like 012 345 678."),
            code="phone_country",
        )
    if not phonenumbers.is_valid_number(number):
        raise _wrong()
    if gets_texts and phonenumbers.number_type(number) in _WITHOUT_TEXTS:
        raise ValidationError(
            _("This number gets no text messages. Enter the number of a mobile phone, like 012 345 678."),
            code="phone_without_texts",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def local_form(phone: str) -> str:
    """National format, ``012 345 678``; international for a number of another country."""
    number = phonenumbers.parse(phone, REGION)
    own = number.country_code == phonenumbers.country_code_for_region(REGION)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _wrong() -> ValidationError:
    return ValidationError(_("Enter a Cambodian phone number, like 012 345 678."), code="invalid_phone")
