"""Who sees which grievance."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applications.selectors import may_act_for
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.database.references import clean_reference
from dsp_platform.web.request_cache import cached_per_request
from grievances.access import Who, about_office_of, handled_by
from grievances.models import Grievance
from grievances.pins import PREFIX
from grievances.secrecy import BY_PIN_ALONE, TOLD_IN_SECRET
from registry.models import Person
from registry.persons.households import household_of, members_of
from registry.persons.selectors import subject_for


def grievances_of(person: Person, reader: User | None) -> QuerySet[Grievance]:
    """What the person reported by name, newest first, and the appeals for current members of their household:
    the appeals for a member who left go with that member, not with who wrote them.

    Those told in secret are left out, except for the account that reported them (``reader``); for an
    official those about their own office, too.
    """
    household = household_of(person)
    home = [one.person_id for one in members_of(household)] if household else [person.pk]
    is_appeal = Q(category=Grievance.Category.APPEAL)
    # Appeals for somebody who has died passed to whoever they are recorded of.
    own = Grievance.objects.filter(~is_appeal | Q(application__person__died_on__isnull=False), person=person)
    appeals = Grievance.objects.filter(is_appeal, application__person__in=home)
    # One after the other, each by an index: one condition for both would read every row.
    rows = Grievance.objects.filter(pk__in=own.values("pk").union(appeals.values("pk")))
    return rows.filter(_open_to(reader)).order_by("-pk")


def _open_to(reader: User | None) -> Q:
    # Who called has not proved to be the person: what is told by phone or on paper is read with the PIN.
    harmless = ~TOLD_IN_SECRET & ~Q(channel__in=Grievance.TYPED_BY_OFFICIALS)
    if reader is not None and reader.is_official:
        return harmless & ~about_office_of(reader)
    if reader is None or not reader.is_citizen:
        return harmless
    return harmless | (Q(reported_by=reader) & ~BY_PIN_ALONE)


def by_reference(typed: str) -> Grievance | None:
    return (
        Grievance.objects.select_related(
            "operator", "area", "team", "application__programme", "application__person"
        )
        .filter(reference=clean_reference(typed, PREFIX))
        .first()
    )


def grievance_visible_to(
    user: User | AnonymousUser, assisted_session: AssistedSession | None, reference: str
) -> Grievance | None:
    """To the person who reported it by name: signed in, or in an open assisted session unless it is
    sensitive, or about the office of the official.
    """
    if not isinstance(user, User):
        return None
    found = by_reference(reference)
    subject = subject_for(user, assisted_session)
    if found is None or subject is None or not Grievance.objects.filter(_open_to(user), pk=found.pk).exists():
        return None
    if found.decision_id and found.application:
        if found.application.person.died_on:
            return found if found.person_id == subject.pk else None
        return found if may_act_for(user, assisted_session, found.application.person) else None
    return found if found.person_id == subject.pk else None


def queue_of(user: User) -> QuerySet[Grievance]:
    """The work queue of a member of staff."""
    return Grievance.objects.select_related("operator", "team").filter(handled_by(Who.user(user)))


@cached_per_request
def may_handle(user: User, grievance: Grievance) -> bool:
    """As it is stored."""
    return queue_of(user).filter(pk=grievance.pk).exists()
