"""Dates of birth and death, of which only the month or the year may be known."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.dates import DateProblem, PartialDate, parse_date_parts, parse_typed_date

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

    def decompress(self, value: str | None) -> list[str]:
        """The content of the boxes for an ISO date, perhaps of reduced precision."""
        known = [str(int(part)) for part in (value or "").split("-") if part]
        return [*reversed([*known, "", "", ""][:3])]


class DatePartsField(forms.MultiValueField):
    """Cleans to the text of a ``PartialDate``, as a draft keeps it."""

    widget = DatePartsWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = tuple(forms.CharField(required=False, max_length=20) for _box in range(3))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> str:
        day, month, year = (str(part or "") for part in (value or ("", "", "")))
        try:
            return str(parse_date_parts(day, month, year))
        except DateProblem as problem:
            raise ValidationError(PROBLEMS[problem.code], code=problem.code) from problem

    def compress(self, data_list: Any) -> Any:
        return data_list


class TypedDateField(forms.CharField):
    """One box, for who types many dates. Cleans to the text of a ``PartialDate`` too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, error_messages={"required": PROBLEMS["year_missing"]}, **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return str(parse_typed_date(super().clean(value)))
        except DateProblem as problem:
            raise ValidationError(PROBLEMS[problem.code], code=problem.code) from problem

    def prepare_value(self, value: Any) -> Any:
        """What a draft keeps, as it is written on papers."""
        try:
            return PartialDate.parse(value).written
        except (TypeError, ValueError):
            return value
