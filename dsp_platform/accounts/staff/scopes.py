"""The scope of staff: an area or an operator. The domain that stores them registers a check.

Without a registered check no code is valid.
"""

from collections.abc import Callable, Collection

from dsp_platform.accounts.models import User

Check = Callable[[str], bool]
# From words to code and name of what they find; without words all of them, where they are few.
Search = Callable[[str], list[tuple[str, str]]]
# From codes to the names of those that there are or were, in one query.
Names = Callable[[Collection[str]], dict[str, str]]
_checks: dict[str, Check] = {}
_searches: dict[str, Search] = {}
_names: dict[str, Names] = {}


def register_scope(field: str, check: Check, search: Search, names: Names) -> None:
    """``field`` of ``User``: ``area_code`` or ``operator_code``."""
    _checks[field] = check
    _searches[field] = search
    _names[field] = names


def scopes_found_by(field: str, words: str) -> list[tuple[str, str]]:
    return _searches[field](words) if field in _searches else []


def scope_names(field: str, codes: Collection[str]) -> dict[str, str]:
    return _names[field](codes) if field in _names else {}


def scope_of(user: User) -> str:
    """The name of their area or operator."""
    field, code = ("area_code", user.area_code) if user.area_code else ("operator_code", user.operator_code)
    return scope_names(field, [code]).get(code, code)


def is_known_scope(field: str, code: str) -> bool:
    return field in _checks and _checks[field](code)
