"""Reference numbers that people write down, read out and type in again."""

import secrets
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction
from stdnum import luhn

from dsp_platform.database.sqlstates import is_violation_of
from dsp_platform.khmer.digits import latin_digits

Saved = TypeVar("Saved")

# Crockford's alphabet: no I, L, O, U, so nothing looks like another sign or spells a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", " ": "", "-": ""})
# The same random number is drawn twice once in years: three times in a row something else is wrong.
TRIES = 3


def new_reference(prefix: str) -> str:
    """``A-7K3M-92QX``: seven random signs (35 bits) and a check sign. See ``save_with_new_number``."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(7))
    body += luhn.calc_check_digit(body, ALPHABET)
    return f"{prefix}-{body[:4]}-{body[4:]}"


def save_with_new_number(save: Callable[[], Saved], *unique: str) -> Saved:
    """Call ``save``, which draws a random number each time, again if that number is taken.

    ``unique`` names the unique constraints of the number; the violation of any other is raised at once.
    Raises RuntimeError after ``TRIES``.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return save()
        except IntegrityError as error:
            if not is_violation_of(error, *unique):
                raise
            taken = error
    raise RuntimeError("random numbers in a row were taken") from taken


def clean_reference(typed: str, prefix: str) -> str | None:
    """The reference as stored, or None when it cannot be one (wrong length, sign or check sign)."""
    body = latin_digits(typed).strip().upper().translate(_LOOKALIKES)
    if len(body) == 9:
        body = body.removeprefix(prefix)
    if len(body) != 8 or not luhn.is_valid(body, ALPHABET):
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}"
