"""The places that officials can work for, found by their names."""

from registry.areas.labels import area_path
from registry.areas.selectors import MOST, search_areas
from registry.models import Area


def offices_found_by(words: str) -> list[tuple[str, str]]:
    """Code and address; communes before districts."""
    levels = (Area.Level.COMMUNE, Area.Level.DISTRICT)
    found = [area for level in levels for area in search_areas(words, level=level)[:MOST]]
    return [(area.code, area_path(area)) for area in found]
