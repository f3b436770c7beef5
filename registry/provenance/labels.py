"""Columns and their values in words."""

from registry.fields.table import FIELDS


def column_label(column: str) -> str:
    return str(FIELDS[column].label)


def in_words(column: str, text: str) -> str:
    """As ``text_on_record`` gives it; "–" for what is unknown."""
    field = FIELDS[column]
    if not text:
        return "–"
    return field.label_of(text) or field.words(text, {})
