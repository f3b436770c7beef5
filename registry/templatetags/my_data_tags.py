"""The sections of "everything about me" as a readable page: the same data as the file."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.my_data.sections import MyDataSection

register = template.Library()

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


@register.inclusion_tag("registry/my_data/my_data_part.html")
def in_words(part: Any, section: MyDataSection, key: str = "") -> dict[str, Any]:
    """A list becomes entries, a dictionary rows; empty values are left out."""
    if isinstance(part, dict):
        rows = [
            (name, capfirst(section.label_of(name)), _shown(section, name, value), value)
            for name, value in part.items()
            # Where a code has a name, the name alone is shown.
            if value not in (None, "", []) and name != "village_code" and not part.get(f"{name}_name")
        ]
        return {"rows": rows, "section": section}
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return {"entries": part, "section": section}
    return {"text": _shown(section, key, part) if part else ""}


def _shown(section: MyDataSection, key: str, value: Any) -> str | None:
    """None for a nested value, which has its own rows."""
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        return None
    if isinstance(value, list):
        return ", ".join(str(_shown(section, key, one)) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if (label := section.value_of(key, value)) is not None:
        return label
    text = str(value)
    if isinstance(value, str) and _MOMENT.match(text):
        moment = timezone.localtime(datetime.fromisoformat(text))
        return formats.date_format(moment, "SHORT_DATETIME_FORMAT")
    if isinstance(value, str) and _DAY.fullmatch(text):
        return formats.date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
    return text
