"""An area in a form, found by its name."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from dsp_platform.database.nearness import spelling
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.web.place_search import PlaceSearchField
from registry.areas.labels import area_path, with_parents
from registry.areas.selectors import search_areas
from registry.models import Area

OFFICES = (Area.Level.COMMUNE, Area.Level.DISTRICT)
"""The levels that officials work for."""


def areas_meant_by(words: str, levels: Sequence[str]) -> list[tuple[str, str]]:
    """Code and address. Those alone that have just this name, code or address, if there are any; else those
    of which the own name begins so first, the larger ones before the many small ones, then those that lie in
    a place of this name."""
    found = [area for level in levels for area in search_areas(words, level=level)]
    typed = spelling(latin_digits(words))
    same = [area for area in found if typed in _names(area)]
    found.sort(key=lambda area: (0, len(area.code)) if _begins(area, typed) else (1, 0))
    return [(area.code, area_path(area)) for area in same or found]


def _begins(area: Area, typed: str) -> bool:
    return any(spelling(name).startswith(typed) for name in (area.name_km, area.name_latin))


def offices_found_by(words: str) -> list[tuple[str, str]]:
    """Communes before districts."""
    return areas_meant_by(words, OFFICES)


def _names(area: Area) -> set[str]:
    """An address in the other language, too: it is typed before the language is changed."""
    steps = with_parents(area)
    addresses = (", ".join(getattr(one, name) for one in steps) for name in ("name_km", "name_latin"))
    return {area.code, *map(spelling, (area.name_km, area.name_latin, *addresses))}


class AreaSearchField(PlaceSearchField):
    def __init__(self, *, levels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(search=partial(areas_meant_by, levels=levels), **kwargs)

    def search_only(self, levels: Sequence[str]) -> None:
        self.widget.search = partial(areas_meant_by, levels=levels)
