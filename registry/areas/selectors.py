from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import search_key
from registry.models import Area

MOST = 20
# Words for "village", "commune"... that people write before a name and the gazetteer does not.
_TITLES = tuple(search_key(word) for word in ("ភូមិ", "ឃុំ", "សង្កាត់", "ស្រុក", "ខណ្ឌ", "ក្រុង", "ខេត្ត", "រាជធានី"))


def _is_code(text: str) -> bool:
    """Codes come from URLs and forms: the database is only queried for valid ones."""
    return text.isascii() and text.isdecimal() and len(text) in (2, 4, 6, 8)


def _current() -> QuerySet[Area]:
    return Area.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))


def _condition(lookup: str, *keys: str) -> Q:
    condition = Q()
    for key in keys:
        condition |= Q(**{f"key_km{lookup}": key}) | Q(**{f"key_latin{lookup}": key})
    return condition


def search_areas(query: str, level: str = "village", within: str = "") -> list[Area]:
    """At most ``MOST``, with all parents: equal names first, then by prefix, then the others."""
    code = latin_digits(query).strip()
    key = search_key(query)
    if not key or (within and not _is_code(within)):
        return []
    title = next((one for one in _TITLES if key.startswith(one) and len(key) > len(one)), "")
    keys = (key, key.removeprefix(title))
    rank = Case(
        When(_condition("", *keys), then=0),
        When(_condition("__startswith", *keys), then=1),
        default=Value(2),
        output_field=IntegerField(),
    )
    named = _condition("__contains", *keys)
    found = (
        _current()
        .filter(named | Q(code=code) if _is_code(code) else named, level=level, code__startswith=within)
        .select_related("parent__parent__parent")
        .annotate(rank=rank)
        .order_by("rank", "code")
    )
    return list(found[:MOST])


def children_of(code: str) -> list[Area]:
    """The areas one level below; the provinces for an empty code."""
    if code and not _is_code(code):
        return []
    return list(_current().filter(parent_id=code or None).order_by("code"))


def village(code: str) -> Area | None:
    """A village that a household may be registered in, with its parents."""
    if not _is_code(code):
        return None
    found = _current().select_related("parent__parent__parent")
    return found.filter(code=code, level=Area.Level.VILLAGE).first()


def is_area_of_officials(code: str) -> bool:
    """Whether it is a current commune or district: officials work for no other level."""
    levels = (Area.Level.COMMUNE, Area.Level.DISTRICT)
    return _is_code(code) and _current().filter(code=code, level__in=levels).exists()


def office_of(official: User) -> Area | None:
    """The commune or district an official works for, with its parents."""
    return Area.objects.select_related("parent__parent").filter(code=official.area_code or "-").first()
