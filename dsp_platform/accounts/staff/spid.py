"""The SPID of a member of staff. The platform knows no persons, so the registry registers the lookup."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# From the input to the stored SPID; None if no living person has it.
Lookup = Callable[[str], str | None]
_lookups: list[Lookup] = []


def register_spid_lookup(lookup: Lookup) -> None:
    if lookup not in _lookups:
        _lookups.append(lookup)


def clean_staff_spid(typed: str) -> str:
    """The stored SPID, or "" for empty input. Raises ValidationError, also without a registered lookup."""
    if not typed.strip():
        return ""
    for lookup in _lookups:
        if found := lookup(typed):
            return found
    raise ValidationError(_("No living person has this SPID."))
