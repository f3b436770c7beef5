"""Search keys of a name, independent of spelling and of the order of its parts."""

from dsp_platform.khmer.text import search_key


def name_keys(family_name: str, given_name: str) -> tuple[str, str]:
    """Surname then given name, and given name then surname."""
    family, given = search_key(family_name), search_key(given_name)
    return family + given, given + family
