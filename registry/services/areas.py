from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pghistory
from django.db import transaction
from django.utils import timezone

from dsp_platform.khmer import clean, search_key
from registry.gazetteer import Place
from registry.models import Area

_UPDATED = ("name_km", "name_latin", "key_km", "key_latin", "valid_to")


@dataclass(frozen=True, slots=True)
class Loaded:
    total: int
    changed: int
    ended: int


def load_areas(*, places: Collection[Place]) -> Loaded:
    """Bring the areas to this edition. An area that it no longer names is ended, never deleted."""
    with transaction.atomic(), pghistory.context(why="load_areas"):
        today = timezone.localdate()
        current = {area.code: area for area in _current()}
        if not _keys_are_current(list(current.values())):
            current = {}
        wanted = [Place(place.code, clean(place.name_km), clean(place.name_latin)) for place in places]
        changed = [_area(place) for place in wanted if current.get(place.code) != place]
        if Area.objects.exists():
            for area in changed:
                area.valid_from = today
        Area.objects.bulk_create(
            changed, batch_size=2000, update_conflicts=True, unique_fields=["code"], update_fields=_UPDATED
        )
        gone = Area.objects.filter(valid_to=None).exclude(code__in=[place.code for place in wanted])
        return Loaded(len(wanted), len(changed), gone.update(valid_to=today))


def _current() -> Iterator[Place]:
    rows = Area.objects.filter(valid_to=None).values_list("code", "name_km", "name_latin")
    return (Place(*row) for row in rows)


def _keys_are_current(places: Sequence[Place]) -> bool:
    """Whether areas are still found by the search keys made now, judged by every hundredth of them."""
    sample = {
        place.code: (search_key(place.name_km), search_key(place.name_latin)) for place in places[::100]
    }
    kept = Area.objects.filter(code__in=sample).values_list("code", "key_km", "key_latin")
    return all(sample[code] == (km, latin) for code, km, latin in kept)


def _area(place: Place) -> Area:
    return Area(
        code=place.code,
        level=place.level,
        parent_id=place.parent or None,
        name_km=place.name_km,
        name_latin=place.name_latin,
        key_km=search_key(place.name_km),
        key_latin=search_key(place.name_latin),
    )
