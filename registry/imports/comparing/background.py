"""Among whom the rows of a file are compared with each other: how frequent names and villages are in it."""

from collections import Counter
from functools import lru_cache

from django.db.models import Count

from registry.matching.background import Background, Relative
from registry.matching.features import NamePart, name_part
from registry.models import StagedRow
from registry.models.person_columns import KHMER_NAME, LATIN_NAME

SAMPLE = 50_000
_FAMILY, _GIVEN = zip(KHMER_NAME, LATIN_NAME, strict=True)


@lru_cache(2)
def background_of(run: int) -> Background:
    """Once in each process: what was staged does not change."""
    rows = StagedRow.objects.filter(run=run, cells=None).order_by()  # of refused rows the cells are kept
    names = []
    for columns in (_FAMILY, _GIVEN):
        counts: Counter[NamePart] = Counter()
        for khmer, latin, times in rows.values_list(*columns).annotate(times=Count("number")):
            counts[name_part(khmer, latin)] += times
        names.append(counts)
    villages = dict(rows.values_list("village").annotate(times=Count("number")))
    return Background.counted(
        size=sum(villages.values()),
        families=names[0],
        givens=names[1],
        villages=villages,
        sample=_sample(run),
    )


def _sample(run: int) -> list[Relative]:
    rows = StagedRow.objects.filter(run=run, cells=None).exclude(date_of_birth=None).order_by("number")
    columns = rows.values_list(*_FAMILY, *_GIVEN, "village", "date_of_birth__year")
    return [
        (name_part(family, latin_family), name_part(given, latin_given), village, year)
        for family, latin_family, given, latin_given, village, year in columns[:SAMPLE]
    ]
