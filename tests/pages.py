"""Rendered pages, normalised for comparison."""

import re


def without_space_in_tables(html: str) -> str:
    """White space next to the tags of cells and rows is not displayed."""
    return re.sub(r"\s*(</?(?:tr|th|td)\b[^>]*>)\s*", r"\1", html)
