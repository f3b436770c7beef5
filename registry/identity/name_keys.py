"""Keys under which a name is found, whichever part is typed first and however it is spelt."""

from dsp_platform.khmer.text import search_key


def name_keys(family_name: str, given_name: str) -> tuple[str, str]:
    """Surname then given name, and given name then surname."""
    family, given = search_key(family_name), search_key(given_name)
    return family + given, given + family
