from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database.nearness import (
    begins_lexemes,
    has_lexeme,
    is_key,
    is_spelled,
    rank,
    spelling,
    starts_spelled,
    starts_with_key,
)
from dsp_platform.khmer.digits import latin_digits
from registry.areas.address_keys import TypedAddress
from registry.models import Area

MOST = 20


def _is_code(text: str) -> bool:
    """Codes come from URLs and forms: the database is only queried for valid ones."""
    return text.isascii() and text.isdecimal() and len(text) in (2, 4, 6, 8)


def _current() -> QuerySet[Area]:
    return Area.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))


_NAMES = ("name_km",), ("name_latin",)
_KEYS = "key_km", "key_latin"


def search_areas(query: str, level: str = "village", within: str = "") -> list[Area]:
    """One more than ``MOST`` where there are more, with all parents."""
    if within and not _is_code(within):
        return []
    found = areas_found_by(query, _current().filter(level=level, code__startswith=within))
    return list(found.select_related("parent__parent__parent")[: MOST + 1])


def areas_found_by(query: str, areas: QuerySet[Area]) -> QuerySet[Area]:
    """Those that lie in every place named by a word of the query."""
    typed = TypedAddress.of(query)
    pieces = typed.pieces
    if not pieces:
        return areas.none()
    return _nearest_first(typed, areas.filter(Q(begins_lexemes("address_keys", pieces))))


def areas_named(query: str, areas: QuerySet[Area]) -> QuerySet[Area]:
    """Those whose whole name or code it is, and those that lie in such a one: by indexes alone, for the
    keys of an address hold its own spellings too."""
    typed = TypedAddress.of(query)
    return areas.filter(_has_code(typed) | _lies_in(typed)) if typed.pieces else areas.none()


def _is_named(typed: TypedAddress) -> Q:
    return Q(is_spelled(typed.spellings, *_NAMES)) | _has_code(typed)


def _has_code(typed: TypedAddress) -> Q:
    return Q(code=latin_digits(typed.text))


def _lies_in(typed: TypedAddress) -> Q:
    found = Q()
    for spelled in sorted({f"=={spelling(text)}" for text in typed.spellings}):
        found |= Q(has_lexeme("address_keys", spelled))
    return found


def _nearest_first(typed: TypedAddress, areas: QuerySet[Area]) -> QuerySet[Area]:
    """First those named as the whole query, then those that lie in a place named so, then those with a
    longer name; then by how much of the query are whole names of them and the areas they lie in. Names as
    typed stand before other spellings."""
    whole = rank(
        _is_named(typed),
        _lies_in(typed),
        is_key(typed.keys, *_KEYS),
        starts_spelled(typed.spellings, *_NAMES),
        starts_with_key(typed.keys, *_KEYS),
    )
    runs = typed.runs
    named = sum(
        (Case(When(has_lexeme("address_keys", f"={run.key}"), then=run.words**2), default=0) for run in runs),
        start=Value(0),
    )
    own = rank(
        is_spelled([run.text for run in runs], *_NAMES),
        is_key([run.key for run in runs], *_KEYS),
    )
    return areas.alias(whole=whole, named=named, own=own).order_by("whole", "-named", "own", "code")


def children_of(code: str) -> list[Area]:
    """The areas one level below; the provinces for an empty code."""
    if code and not _is_code(code):
        return []
    return list(_current().filter(parent_id=code or None).order_by("code"))


def villages_within(code: str) -> list[Area]:
    """Of a commune or district, with their communes, by code."""
    if not _is_code(code):
        return []
    found = _current().filter(level=Area.Level.VILLAGE, code__startswith=code)
    return list(found.select_related("parent").order_by("code"))


def village(code: str) -> Area | None:
    """A village that a household may be registered in, with its parents."""
    if not _is_code(code):
        return None
    found = _current().select_related("parent__parent__parent")
    return found.filter(code=code, level=Area.Level.VILLAGE).first()


def is_village(code: str) -> bool:
    """Whether a household may be registered in it."""
    return _is_code(code) and _current().filter(code=code, level=Area.Level.VILLAGE).exists()


def communes_in(district: str) -> QuerySet[Area]:
    return _current().filter(level=Area.Level.COMMUNE, parent=district).order_by("code")


def is_area_of_officials(code: str) -> bool:
    """Whether it is a current commune or district: officials work for no other level."""
    levels = (Area.Level.COMMUNE, Area.Level.DISTRICT)
    return _is_code(code) and _current().filter(code=code, level__in=levels).exists()


def office_of(official: User) -> Area | None:
    """The commune or district an official works for, with its parents."""
    return Area.objects.select_related("parent__parent").filter(code=official.area_code or "-").first()
