from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from dsp_platform.database.history_context import history_context
from dsp_platform.khmer.text import clean
from registry.areas.address_keys import own_keys
from registry.areas.gazetteer import GazetteerEntry
from registry.models import Area

# One statement for the whole country. The level follows from the length of the code.
_UPSERT = """
INSERT INTO registry_area
    (code, level, parent_id, name_km, name_latin, key_km, key_latin, address_keys, valid_from, valid_to)
SELECT
    code,
    (ARRAY['province', 'district', 'commune', 'village'])[length(code) / 2],
    nullif(left(code, -2), ''),
    name_km, name_latin, key_km, key_latin, array_to_tsvector(string_to_array(address_keys, ' ')), %s, NULL
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS edition (code, name_km, name_latin, key_km, key_latin, address_keys)
ON CONFLICT (code) DO UPDATE SET
    name_km = excluded.name_km,
    name_latin = excluded.name_latin,
    key_km = excluded.key_km,
    key_latin = excluded.key_latin,
    address_keys = excluded.address_keys,
    valid_to = NULL
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    total: int
    changed: int
    ended: int


def load_areas(*, entries: Collection[GazetteerEntry]) -> Loaded:
    """Update the areas to this edition. An area that is missing in it is ended, not deleted."""
    with transaction.atomic(), history_context("load_areas"):
        today = timezone.localdate()
        rows = Area.objects.filter(valid_to=None).values_list("code", "name_km", "name_latin")
        current = {row[0]: GazetteerEntry(*row) for row in rows}
        stale = not _keys_are_current(list(current.values()))
        # Stored names are clean already, so loading an edition again cleans nothing.
        wanted = [
            entry
            if current.get(entry.code) == entry
            else GazetteerEntry(entry.code, clean(entry.name_km), clean(entry.name_latin))
            for entry in entries
        ]
        new = {entry.code for entry in wanted if stale or current.get(entry.code) != entry}
        # A new name of a place is part of the address of all that lies in it.
        changed = [entry for entry in wanted if new.intersection(_codes_up_from(entry.code))]
        if changed:
            own = {entry.code: own_keys(entry.name_km, entry.name_latin) for entry in wanted}
            columns = (
                [entry.code for entry in changed],
                [entry.name_km for entry in changed],
                [entry.name_latin for entry in changed],
                [own[entry.code].khmer for entry in changed],
                [own[entry.code].latin for entry in changed],
                [
                    " ".join(
                        " ".join((f"#{code}", *own[code].pieces))
                        for code in _codes_up_from(entry.code)
                        if code in own
                    )
                    for entry in changed
                ],
            )
            valid_from = today if Area.objects.exists() else None
            with connection.cursor() as cursor:
                cursor.execute(_UPSERT, [valid_from, *columns])
        gone = current.keys() - {entry.code for entry in wanted}
        Area.objects.filter(code__in=gone).update(valid_to=today)
        return Loaded(len(wanted), len(changed), len(gone))


def _codes_up_from(code: str) -> list[str]:
    """Of the area itself and of all it lies in."""
    return [code[:length] for length in range(len(code), 0, -2)]


def _keys_are_current(entries: Sequence[GazetteerEntry]) -> bool:
    """Whether the stored search keys are those that are computed now, judged by every hundredth area."""
    sample = {entry.code: own_keys(entry.name_km, entry.name_latin) for entry in entries[::100]}
    kept = Area.objects.filter(code__in=sample).values_list("code", "key_km", "key_latin")
    return all((sample[code].khmer, sample[code].latin) == (km, latin) for code, km, latin in kept)
