"""Cells of the admin's lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()


@register.filter
def with_labels(cells: Sequence[str], headers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each with the header of its column, which a stacked table shows before it."""
    for cell, header in zip(cells, headers, strict=False):
        if cell.startswith('<td class="action-checkbox"'):
            yield cell
        else:
            labelled = format_html('<td data-label="{}" ', capfirst(header["text"]))
            yield SafeString(cell.replace("<td ", labelled, 1))
