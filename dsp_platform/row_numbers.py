"""The number of a row as it comes back in an address."""


def row_number(text: str) -> int | None:
    """None for whatever is none, or larger than the database counts."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
