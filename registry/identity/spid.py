"""The Social Protection ID: 11 random digits and a check digit, carrying no meaning.

The check digit is Damm's (H. M. Damm, 2004): it catches every wrong digit and every swap of two neighbours.
"""

import secrets

from stdnum import damm

from dsp_platform.khmer.digits import latin_digits

LENGTH = 12
_RANDOM = 10 ** (LENGTH - 1)
_SEPARATORS = str.maketrans("", "", " -\u00a0\u2010\u2011\u2013\u200b")


def new_spid() -> str:
    """May be taken already, see ``save_with_new_number``. Never all zeros, which pass the check digit."""
    body = f"{1 + secrets.randbelow(_RANDOM - 1):0{LENGTH - 1}d}"
    return body + damm.calc_check_digit(body)


def is_valid(spid: str) -> bool:
    return (
        len(spid) == LENGTH
        and spid.isascii()
        and spid.isdecimal()
        and spid != "0" * LENGTH
        and bool(damm.is_valid(spid))
    )


def grouped(spid: str) -> str:
    """As people read it and as it is printed: 0000 0000 0000."""
    return " ".join((spid[:4], spid[4:8], spid[8:]))


def clean_spid(typed: str) -> str | None:
    """The SPID as stored, from Khmer or Latin digits with spaces or dashes; None when it cannot be one."""
    spid = latin_digits(typed).strip().translate(_SEPARATORS)
    return spid if is_valid(spid) else None
