"""Columns of a work queue. Who may not read an item sees its reference, kind, state and dates."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.casework.deadlines.models import TimedItem
from dsp_platform.casework.models import WorkItem
from dsp_platform.templatetags.site_tags import runs


def hidden_where_unread(name: str, label: Any, *, boolean: bool = False) -> Callable[[WorkItem], Any]:
    """A column with a field that is empty for whoever may not read the item."""

    @admin.display(description=label, boolean=boolean)
    def shown(row: WorkItem) -> Any:
        value = None if row.is_unread else getattr(row, name)
        return runs(value.staff_name) if isinstance(value, User) else value

    return shown


assigned_to = hidden_where_unread("assignee", gettext_lazy("assigned to"))


@admin.display(description=gettext_lazy("deadline"))
def due_date(row: WorkItem) -> Any:
    """Of what it is, and in words, not only by a colour, whether it is late or soon."""
    if row.due_at is None or not row.is_open:
        return None
    day = date_format(timezone.localtime(row.due_at), "SHORT_DATE_FORMAT")
    what = row.get_due_for_display() if isinstance(row, TimedItem) else ""
    if row.due_at < timezone.now():
        return format_html('<span class="late">{} <strong>{}</strong></span> {}', day, _("late"), what)
    if row.is_due_soon:
        return format_html("{} <strong>{}</strong> {}", day, _("due soon"), what)
    return format_html("{} {}", day, what)


@admin.display(description=gettext_lazy("name"))
def person_name(row: WorkItem) -> Any:
    return runs(row.shown_name) if row.shown_name and not row.is_unread else None


@admin.display(description=gettext_lazy("area"))
def area_name(row: WorkItem) -> Any:
    return row.shown_area if row.shown_area and not row.is_unread else None
