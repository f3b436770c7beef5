"""A place in words."""

from typing import Any

from dsp_platform.wizard.questions import Answer, Rows
from registry.areas.selectors import village
from registry.fields.table import FIELDS
from registry.models import Area


def area_path(area: Area) -> str:
    """Village, commune, district, province: the order of an address in Cambodia."""
    names = []
    step: Area | None = area
    while step is not None:
        names.append(step.name)
        step = step.parent
    return ", ".join(names)


def place_in_words(answer: Answer, _names: Any) -> Rows:
    found = village(answer["village_code"])
    yield FIELDS["village"].label, area_path(found) if found else ""
    if answer["address"]:
        yield FIELDS["address"].label, answer["address"]
