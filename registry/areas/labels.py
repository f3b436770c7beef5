"""A place in words."""

from registry.models import Area


def area_path(area: Area) -> str:
    """Village, commune, district, province: the order of an address in Cambodia."""
    names = []
    step: Area | None = area
    while step is not None:
        names.append(step.name)
        step = step.parent
    return ", ".join(names)
