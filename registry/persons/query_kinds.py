"""What somebody typed into the one box of a search: SPID, number of a household or document, phone, or name.

A number may be several of these; each is looked for.
"""

from contextlib import suppress

import regex
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.numbers import parse_phone
from dsp_platform.database.references import clean_reference
from dsp_platform.khmer.digits import digits_of
from dsp_platform.khmer.text import search_key
from registry.identity.spid import LENGTH, clean_spid

HOUSEHOLD_PREFIX = "H"
_HAS_KHMER = regex.compile(r"\p{Khmer}")
_ONLY_DIGITS = regex.compile(r"[\p{Nd}\s\-]+")


class QueryKind(models.TextChoices):
    SPID = "spid", _("SPID")
    HOUSEHOLD = "household", _("household number")
    PHONE = "phone", _("phone number")
    DOCUMENT = "document", _("document number")
    KHMER_NAME = "khmer_name", _("name in Khmer letters")
    LATIN_NAME = "latin_name", _("name in Latin letters")


def kinds_of(query: str) -> list[QueryKind]:
    """Empty for what can be none of them."""
    if clean_spid(query):
        return [QueryKind.SPID]
    kinds = [QueryKind.HOUSEHOLD] if household_number(query) else []
    if digits_of(query):
        with suppress(ValidationError):
            parse_phone(query)
            kinds.append(QueryKind.PHONE)
        kinds.append(QueryKind.DOCUMENT)
    elif search_key(query):
        kinds.append(QueryKind.KHMER_NAME if _HAS_KHMER.search(query) else QueryKind.LATIN_NAME)
    return kinds


def household_number(query: str) -> str | None:
    """As stored. With its first letter only: a number of eight digits could otherwise be one by chance."""
    if not query.strip().upper().startswith(HOUSEHOLD_PREFIX):
        return None
    return clean_reference(query, HOUSEHOLD_PREFIX)


def is_mistyped_spid(query: str) -> bool:
    """Of its length, and with a wrong check digit."""
    digits = digits_of(query)
    return len(digits) == LENGTH and bool(_ONLY_DIGITS.fullmatch(query.strip())) and not clean_spid(query)
