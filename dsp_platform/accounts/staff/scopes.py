"""The scope of staff: an area or an operator. The domain that stores them registers a check.

Without a registered check no code is valid.
"""

from collections.abc import Callable

Check = Callable[[str], bool]
# From words to code and name of what they find; without words all of them, where they are few.
Search = Callable[[str], list[tuple[str, str]]]
_checks: dict[str, Check] = {}
_searches: dict[str, Search] = {}


def register_scope(field: str, check: Check, search: Search) -> None:
    """``field`` of ``User``: ``area_code`` or ``operator_code``."""
    _checks[field] = check
    _searches[field] = search


def scopes_found_by(field: str, words: str) -> list[tuple[str, str]]:
    return _searches[field](words) if field in _searches else []


def is_known_scope(field: str, code: str) -> bool:
    return field in _checks and _checks[field](code)
