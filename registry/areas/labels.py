"""A place in words."""

from collections.abc import Collection
from typing import Any

from dsp_platform.wizard.questions import Answer, Rows
from registry.areas.selectors import village
from registry.fields.table import FIELDS
from registry.models import Area


def with_parents(area: Area) -> list[Area]:
    """Village, commune, district, province: the order of an address in Cambodia."""
    found = [area]
    while (parent := found[-1].parent) is not None:
        found.append(parent)
    return found


def area_path(area: Area) -> str:
    return ", ".join(one.name for one in with_parents(area))


def area_paths(codes: Collection[str]) -> dict[str, str]:
    """Also of areas that were abolished."""
    areas = Area.objects.filter(code__in=codes).select_related("parent__parent__parent")
    return {area.code: area_path(area) for area in areas}


def place_in_words(answer: Answer, _names: Any) -> Rows:
    found = village(answer["village_code"])
    yield FIELDS["village"].label, area_path(found) if found else ""
    if answer["address"]:
        yield FIELDS["address"].label, answer["address"]
