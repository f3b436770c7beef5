from collections.abc import Collection
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
        fields = ("name_km", "name_latin", "key_km", "key_latin")
        current = {
            code: names for code, *names in Area.objects.filter(valid_to=None).values_list("code", *fields)
        }
        areas = [_area(place) for place in places]
        changed = [
            area for area in areas if current.get(area.code) != [getattr(area, field) for field in fields]
        ]
        if current:
            for area in changed:
                area.valid_from = today
        Area.objects.bulk_create(
            changed,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=_UPDATED,
        )
        gone = current.keys() - {place.code for place in places}
        Area.objects.filter(code__in=gone).update(valid_to=today)
        return Loaded(len(areas), len(changed), len(gone))


def _area(place: Place) -> Area:
    name_km, name_latin = clean(place.name_km), clean(place.name_latin)
    return Area(
        code=place.code,
        level=place.level,
        parent_id=place.parent or None,
        name_km=name_km,
        name_latin=name_latin,
        key_km=search_key(name_km),
        key_latin=search_key(name_latin),
    )
