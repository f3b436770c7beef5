"""The scope of staff: an area or an operator. The domain that stores them registers a check.

Without a registered check no code is valid.
"""

from collections.abc import Callable

Check = Callable[[str], bool]
_checks: dict[str, Check] = {}


def register_scope(field: str, check: Check) -> None:
    """``field`` of ``User``: ``area_code`` or ``operator_code``."""
    _checks[field] = check


def is_known_scope(field: str, code: str) -> bool:
    return field in _checks and _checks[field](code)
