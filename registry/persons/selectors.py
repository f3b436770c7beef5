from django.db.models import Q, QuerySet

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.web.request_cache import cached_per_request
from registry.identity.spid import clean_spid
from registry.models import Person
from registry.persons.scope import person_condition


def persons_visible_to(user: User) -> QuerySet[Person]:
    """Living persons within the scope of this user, without merged records."""
    return Person.objects.current().filter(person_condition(user)).select_related("village")


def person_visible_to(user: User, spid: str) -> Person | None:
    """By SPID as typed, also the SPID of a person merged into another."""
    number = clean_spid(spid)
    if number is None:
        return None
    aliases = Person.objects.filter(spid=number).values("merged_into")
    return persons_visible_to(user).filter(Q(spid=number) | Q(pk__in=aliases)).first()


@cached_per_request
def subject_for(user: User, assisted_session: AssistedSession | None) -> Person | None:
    """The person of the open assisted session, or of the citizen's own account."""
    if not user.is_authenticated:
        return None
    if user.is_citizen:
        own = Person.objects.current().filter(account=user)
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
