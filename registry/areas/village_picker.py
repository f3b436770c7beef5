"""Finding a village: by any words of its address, or level by level from the province. Works without
JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import HttpRequest

from dsp_platform.accounts.models import User
from dsp_platform.khmer.text import clean
from registry.areas import selectors
from registry.areas.labels import area_path
from registry.areas.selectors import MOST
from registry.models import Area


@dataclass(slots=True)
class VillagePicker:
    query: str = ""
    scope: str = ""
    trail: list[Area] = field(default_factory=list)
    """From the province down to the area whose children are listed."""
    areas: list[Area] = field(default_factory=list)
    """Its children, as links to the next level."""
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Villages to choose from."""
    searched: bool = False
    found: bool = False
    """By the search; ``choices`` also has the earlier answer."""
    cut: bool = False
    """There are more than are shown."""


def village_picker(request: HttpRequest, chosen: str = "", *, everywhere: bool = False) -> VillagePicker:
    """What the query asks for; for an official within their own area, unless ``everywhere``."""
    user = cast(User, request.user)
    within = user.area_code if user.is_official and not everywhere else ""
    found = VillagePicker(query=clean(request.GET.get("q", ""))[:100], scope=within)
    inside = request.GET.get("in", "")
    if not inside.isdecimal() or not inside.startswith(found.scope):
        inside = found.scope
    if found.query:
        found.searched = True
        villages = selectors.search_areas(found.query, within=found.scope)
        found.found, found.cut = bool(villages), len(villages) > MOST
        villages = villages[:MOST]
        found.choices = [(village.code, area_path(village)) for village in villages]
        inside = found.scope
    if not found.found:
        _list(found, inside)
    # The earlier answer stays a choice, whatever is searched for.
    earlier = selectors.village(chosen) if chosen and chosen not in dict(found.choices) else None
    if earlier is not None:
        found.choices.insert(0, (earlier.code, area_path(earlier)))
    return found


def village_options(*, everywhere: bool = False) -> Callable[..., dict[str, Any]]:
    """Of the question in which village: what its form takes."""

    def options(request: HttpRequest, wizard: Any, _key: Any) -> dict[str, Any]:
        chosen = wizard.answers.get("place", {}).get("village_code", "")
        return {"user": request.user, "picker": village_picker(request, chosen, everywhere=everywhere)}

    return options


def villages_of_communes(villages: list[Area]) -> list[tuple[str, list[tuple[str, str]]]]:
    """By the name of the commune, code and name of each village."""
    communes: dict[str, list[tuple[str, str]]] = {}
    for village in villages:
        communes.setdefault(village.parent.name if village.parent else "", []).append(
            (village.code, village.name)
        )
    return list(communes.items())


def villages_by_commune(villages: list[Area]) -> list[Any]:
    """Choices of one list; under the names of the communes where there are several."""
    groups = villages_of_communes(villages)
    return groups if len(groups) > 1 else [one for _commune, found in groups for one in found]


def _list(picker: VillagePicker, inside: str) -> None:
    """What lies in this area: also where a search finds nothing, so that there is a way on."""
    codes = [inside[:length] for length in (2, 4, 6) if inside and length <= len(inside)]
    picker.trail = list(Area.objects.filter(code__in=codes).order_by("code"))
    if inside and not picker.trail:  # no area has this code
        picker.trail = list(Area.objects.filter(code=picker.scope))
        inside = picker.scope
    children = selectors.children_of(inside)
    if children and children[0].level == Area.Level.VILLAGE:
        picker.choices = [(village.code, village.name) for village in children]
    else:
        picker.areas = children
