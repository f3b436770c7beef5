from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.phones.numbers import parse_phone
from dsp_platform.database.nearness import is_key, is_spelled, rank, starts_spelled, starts_with_key
from dsp_platform.khmer.text import clean, search_key
from dsp_platform.web.request_cache import cached_per_request
from registry.identity.documents import document_digest, document_key
from registry.identity.spid import clean_spid
from registry.models import IdentityDocument, Person
from registry.persons.scope import person_condition

MOST = 20
_SHORTEST_NAME = 2
_NAMES = (
    ("family_name", "given_name"),
    ("given_name", "family_name"),
    ("family_name",),
    ("given_name",),
    ("latin_family_name", "latin_given_name"),
    ("latin_given_name", "latin_family_name"),
    ("latin_family_name",),
    ("latin_given_name",),
)
_NAME_KEYS = "name_key", "given_key", "latin_key", "latin_given_key"


def persons_visible_to(user: User) -> QuerySet[Person]:
    """Living persons within the scope of this user, without merged records."""
    living = Person.objects.filter(merged_into=None, died_on=None)
    return living.filter(person_condition(user)).select_related("village")


def person_visible_to(user: User, spid: str) -> Person | None:
    """By SPID as typed, also the SPID of a person merged into another."""
    number = clean_spid(spid)
    if number is None:
        return None
    aliases = Person.objects.filter(spid=number).values("merged_into")
    return persons_visible_to(user).filter(Q(spid=number) | Q(pk__in=aliases)).first()


@cached_per_request
def subject_of(user: User, assisted_session: AssistedSession | None) -> Person | None:
    """The person of the open assisted session, or of the citizen's own account."""
    if not user.is_authenticated:
        return None
    if user.is_citizen:
        own = Person.objects.filter(account=user, merged_into=None, died_on=None)
        return own.select_related("village").first() if user.is_active else None
    if (
        assisted_session is None
        or assisted_session.official_id != user.pk
        or assisted_session.ended_at
        or assisted_session.subject_id is None
    ):
        return None
    alias = Person.objects.filter(pk=assisted_session.subject_id).values("merged_into")
    return persons_visible_to(user).filter(Q(pk=assisted_session.subject_id) | Q(pk__in=alias)).first()


def number_condition(query: str) -> Q | None:
    """Whose SPID, or number of a document, it is; None for what can be neither."""
    if spid := clean_spid(query):
        return Q(spid=spid) | Q(pk__in=Person.objects.filter(spid=spid).values("merged_into"))
    if not any(letter.isdigit() for letter in query) or not document_key(query):
        return None
    digests = [document_digest(type, query) for type in IdentityDocument.Type.values]
    documents = IdentityDocument.objects.filter(digest__in=digests)
    return Q(pk__in=documents.values("person_id"))


def search_condition(query: str) -> Q | None:
    """None for what cannot be an SPID, a document number, a phone or the start of a name."""
    condition = number_condition(query) or Q(pk__in=())
    if clean_spid(query):
        return condition
    if any(letter.isdigit() for letter in query):
        with suppress(ValidationError):
            condition |= Q(phone=parse_phone(query))
    key = search_key(query)
    if len(key) >= _SHORTEST_NAME and not key.isdecimal():
        condition |= starts_with_key([key], *_NAME_KEYS)
    return condition if condition != Q(pk__in=()) else None


def nearest_first(persons: QuerySet[Person], query: str) -> QuerySet[Person]:
    """Whose name is what was typed, before other spellings of it and longer names."""
    key = search_key(query)
    order = rank(
        is_spelled([clean(query)], *_NAMES),
        is_key([key], *_NAME_KEYS),
        starts_spelled([clean(query)], *_NAMES),
    )
    return persons.alias(rank=order).order_by("rank", "name_key", "pk")
