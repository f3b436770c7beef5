"""Dates of birth and death, of which only the month or the year may be known."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.dates import DateProblem, parse_date_parts

# The message for each DateProblem.code, for dates of birth as well as of death.
PROBLEMS = {
    "not_a_date": _("This date does not exist. Check the day, the month and the year."),
    "year_missing": _("Enter at least the year."),
    "month_missing": _("Enter the month too, or leave the day empty."),
    "short_year": _("Enter the year with four digits, like 1985."),
    "buddhist_year": _("Enter the year as on official papers, like 1985, not the Buddhist year."),
    "future": _("This date is in the future."),
    "too_old": _("This date is too long ago. Check the year."),
}


class DatePartsWidget(forms.MultiWidget):
    template_name = "components/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput({**box, "maxlength": 4}),
            "month": forms.TextInput({**box, "maxlength": 4}),
            "year": forms.TextInput({**box, "maxlength": 8}),
        }
        super().__init__(widgets, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # A list of two is a cleaned value; Django would take it for the content of the boxes.
        if isinstance(value, list) and len(value) == 2:
            value = self.decompress(value)
        return super().get_context(name, value, attrs)

    def decompress(self, value: Sequence[str] | None) -> list[str]:
        """From ``[ISO date, precision]`` to the content of the boxes."""
        if not value:
            return ["", "", ""]
        day, precision = date.fromisoformat(value[0]), value[1]
        known = {"day": 3, "month": 2, "year": 1}[precision]
        boxes = [str(day.year), str(day.month), str(day.day)]
        return [*reversed(boxes[:known] + [""] * (3 - known))]


class DatePartsField(forms.MultiValueField):
    """Cleans to ``[ISO date, precision]``, as a draft keeps it."""

    widget = DatePartsWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = tuple(forms.CharField(required=False, max_length=20) for _box in range(3))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        day, month, year = (str(part or "") for part in (value or ("", "", "")))
        try:
            born, precision = parse_date_parts(day, month, year)
        except DateProblem as problem:
            raise ValidationError(PROBLEMS[problem.code], code=problem.code) from problem
        return [born.isoformat(), precision]

    def compress(self, data_list: Any) -> Any:
        return data_list
