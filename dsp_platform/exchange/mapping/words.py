"""Parts of a mapping for whoever reads it: names of columns and codes, without the punctuation of JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dsp_platform.translations.label import labelled


def words_of(value: Any) -> str:
    """On one line; empty for what is not given."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {words_of(inner) or '–'}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(words_of(inner) or "–" for inner in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def labelled_lines(lines: Iterable[tuple[str, str]]) -> SafeString | str:
    """Label and words of each line; those without words are left out."""
    return format_html_join("", "<div>{}</div>", ([labelled(*line)] for line in lines if line[1])) or "–"
