"""The SPID of a member of staff. The platform knows no persons, so the registry registers the check."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# From what was typed to the stored SPID; None if no living person has it.
Finder = Callable[[str], str | None]
_finders: list[Finder] = []


def register_person_finder(finder: Finder) -> None:
    if finder not in _finders:
        _finders.append(finder)


def clean_own_person(typed: str) -> str:
    """The stored SPID, or "" if none was typed. Raises ValidationError, also where no check is registered."""
    if not typed.strip():
        return ""
    for finder in _finders:
        if found := finder(typed):
            return found
    raise ValidationError(_("No living person has this SPID."))
