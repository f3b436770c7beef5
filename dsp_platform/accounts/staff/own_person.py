"""Who a member of staff is as a person. The platform knows no persons: a domain says which number is one."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# From what was typed to the number as it is stored; None for no living person.
Finder = Callable[[str], str | None]
_finders: list[Finder] = []


def register_person_finder(finder: Finder) -> None:
    if finder not in _finders:
        _finders.append(finder)


def clean_own_person(typed: str) -> str:
    """The person's number, or "" for none told. Raises ValidationError, also where nobody can check it."""
    if not typed.strip():
        return ""
    for finder in _finders:
        if found := finder(typed):
            return found
    raise ValidationError(_("No living person has this SPID."))
