"""What a field is, and how values are formatted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.translations.label import Label
from dsp_platform.web.request_cache import cached_per_request
from registry.identity.spid import grouped
from registry.models import Area

Values = Mapping[str, Any]


def as_written(value: str, _values: Values) -> str:
    return value


def as_spid(value: str, _values: Values) -> str:
    return grouped(value)


def as_birth(value: str, values: Values) -> str:
    """An ISO date, as exactly as ``birth_precision`` beside it says."""
    born = PartialDate.parse(value)
    return PartialDate(born.first, values.get("birth_precision") or born.precision).written


def as_area(value: str, _values: Values) -> str:
    """The name of the area with this code, and those of its parents."""
    return ", ".join(area.name for area in areas_up_from(value)) or value


@cached_per_request
def areas_up_from(code: str) -> list[Area]:
    """The area with this code, and its parents."""
    codes = [code[:length] for length in range(len(code), 0, -2)]
    areas = Area.objects.in_bulk(codes)
    return [areas[one] for one in codes if one in areas]


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: Label
    short: Label = ""
    """In a narrow list, such as a reviewer's; empty where ``label`` is short."""

    choices: Mapping[Any, Label] | None = None
    """The labels of codes."""

    words: Callable[[str, Values], str] = as_written
    """(value, all values of the record) -> the value of a text as it is shown."""

    @property
    def heading(self) -> str:
        return str(self.short or self.label)

    def label_of(self, code: Any) -> str | None:
        """None for what is no code."""
        return str(self.choices[code]) if self.choices and code in self.choices else None
