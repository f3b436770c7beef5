"""Reference numbers that people write down, read out and type in again."""

import secrets

from stdnum import luhn

from dsp_platform.khmer.digits import latin_digits

# Crockford's alphabet: no I, L, O, U, so nothing looks like another sign or spells a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", " ": "", "-": ""})


def new_reference(prefix: str) -> str:
    """``A-7K3M-92QX``: seven random signs (35 bits) and a check sign. Unique by the caller's constraint."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(7))
    body += luhn.calc_check_digit(body, ALPHABET)
    return f"{prefix}-{body[:4]}-{body[4:]}"


def clean_reference(typed: str, prefix: str) -> str | None:
    """The reference as stored, or None when it cannot be one (wrong length, sign or check sign)."""
    body = latin_digits(typed).strip().upper().translate(_LOOKALIKES)
    if len(body) == 9:
        body = body.removeprefix(prefix)
    if len(body) != 8 or not luhn.is_valid(body, ALPHABET):
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}"
