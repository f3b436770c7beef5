"""What a work queue shows as a workbook: with a reason, for a number of rows at most, no cell a formula."""

from collections.abc import Sequence
from datetime import datetime
from html import unescape
from typing import Any

from django import forms
from django.contrib.admin.utils import label_for_field, lookup_field
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from dsp_platform.web.workbooks import workbook

MOST = 2_000
REASONS = {
    "share_out": gettext_lazy("To share out the work"),
    "contact": gettext_lazy("To reach the people in another way"),
    "report": gettext_lazy("For a report of the office"),
}


class ExportForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("What the file is for"), choices=list(REASONS.items()))


def file_of(page: Any, rows: Sequence[Any]) -> bytes:
    """The columns of the list, of rows that were prepared for it."""
    names = list(page.list_display)
    headings = [capfirst(str(label_for_field(name, page.model, page))) for name in names]
    cells = ([_text(page, name, row) for name in names] for row in rows)
    return b"".join(workbook(headings, cells, sheet=capfirst(str(page.opts.verbose_name_plural))[:25]))


def _text(page: Any, name: Any, row: Any) -> str:
    field, _attribute, value = lookup_field(name, row, page)
    if field is not None and field.remote_field:
        value = getattr(row, field.name)
    elif field is not None and field.choices:
        value = dict(field.flatchoices).get(value, value)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, bool):
        return "✓" if value else ""
    if hasattr(value, "__html__"):
        return unescape(strip_tags(value))
    return "" if value is None else str(value)
