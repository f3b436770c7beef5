"""Search keys of a name, independent of spelling and of the order of its parts."""

from collections.abc import Callable

from dsp_platform.khmer.text import search_key


def name_keys(
    family_name: str, given_name: str, key_of: Callable[[str], str] = search_key
) -> tuple[str, str]:
    """Surname then given name, and given name then surname. ``key_of``: ``search_key`` that remembers."""
    family, given = key_of(family_name), key_of(given_name)
    return family + given, given + family
