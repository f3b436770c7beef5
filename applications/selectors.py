"""Who sees which application."""

from collections.abc import Sequence

from django.db.models import Case as When
from django.db.models import IntegerField, QuerySet, Value
from django.db.models import When as Then
from django.db.models.expressions import RawSQL
from django.utils.translation import ngettext

from applications.models import Application, ApplicationEvent
from dsp_platform.accounts.models import Case, User
from dsp_platform.references import clean_reference
from registry import selectors as registry
from registry.eligibility.sql import array
from registry.models import Membership, Person, Programme


def household_members(user: User, case: Case | None) -> Sequence[Person]:
    """The subject of this request first, then the others of the household; empty without a subject."""
    subject = registry.subject_of(user, case)
    household = registry.household_of(subject) if subject else None
    if subject is None or household is None:
        return []
    others = [member.person for member in registry.members_of(household) if member.person != subject]
    return [subject, *others]


def may_act_for(user: User, case: Case | None, person: Person) -> bool:
    return person in household_members(user, case)


def open_application(person: Person, programme: Programme) -> Application | None:
    return Application.objects.filter(
        person=person, programme=programme, state__in=Application.OPEN_STATES
    ).first()


def waiting_in_words(programme: Programme) -> str:
    """For whoever opens or closes a programme."""
    number = Application.objects.filter(programme=programme, state__in=Application.OPEN_STATES).count()
    return ngettext(
        "%(number)s application waits. It is decided as if nothing had changed.",
        "%(number)s applications wait. They are decided as if nothing had changed.",
        number,
    ) % {"number": number}


def latest_application(person: Person, programme: Programme) -> Application | None:
    return Application.objects.filter(person=person, programme=programme).order_by("-pk").first()


def applications_of(person: Person, members: Sequence[Membership] = ()) -> list[Application]:
    """Of the person and of the others in the household, newest first. ``members`` spares two queries."""
    if not members:
        household = registry.household_of(person)
        members = registry.members_of(household) if household else []
    persons = {person.pk, *(member.person_id for member in members)}
    rows = Application.objects.filter(person__in=persons).select_related("person").order_by("-pk")
    applications = list(rows)
    registry.name_programmes(applications)
    return applications


def application_visible_to(user: User, case: Case | None, reference: str) -> Application | None:
    """Of their own household, or of the open case's; everything else does not exist."""
    cleaned = clean_reference(reference, "A")
    members = household_members(user, case)
    if cleaned is None or not members:
        return None
    rows = Application.objects.select_related("programme", "programme__operator", "person")
    return rows.filter(reference=cleaned, person__in=members).first()


def last_decision(application: Application) -> ApplicationEvent | None:
    """The approval or refusal that holds, or the one that a new review is about."""
    return application.events.filter(step__in=("approve", "refuse")).last()


def queue_of(user: User) -> QuerySet[Application]:
    """A reviewer's: those of the own operator, open ones first and the oldest of them first."""
    if not (user.is_active and user.is_reviewer and user.operator_code):
        return Application.objects.none()
    is_open = When(
        Then(state__in=Application.OPEN_STATES, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    mine = Application.objects.filter(programme__operator_id=user.operator_code)
    return mine.select_related("programme", "person").order_by(is_open, "submitted_at", "pk")


def applicants(operator_code: str, persons: Sequence[int] | None) -> set[int]:
    """Which of these persons (None: of all) applied to a programme of the operator and did not withdraw."""
    applied = Application.objects.filter(programme__operator_id=operator_code)
    if persons is not None:  # thousands at a time: as one parameter
        applied = applied.filter(person_id__in=RawSQL("SELECT unnest(%s::bigint[])", [array(persons)]))
    return set(applied.exclude(state=Application.State.WITHDRAWN).values_list("person_id", flat=True))
