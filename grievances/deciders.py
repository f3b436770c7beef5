"""Who answers a grievance, and who of the staff reads it."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from applications.models import Application, HeldDecision
from applications.selectors import took_part, took_part_in_any
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.staff.inviters import keys_of_one_person, may_be_one_of
from dsp_platform.casework.deciders import Deciders
from dsp_platform.casework.errors import MayBeOnePerson, NotYours
from dsp_platform.web.request_cache import cached_per_request
from grievances import errors
from grievances.access import Who, handled_by
from grievances.models import Grievance
from grievances.selectors import may_handle
from grievances.workflow import ANSWERS, HANDLER, STEWARD, grievance_workflow
from registry.models import Person
from registry.persons.conflicts import conflict_of_interest, items_in_conflict, personal_conflict


def _persons(grievance: Grievance) -> tuple[Person | None, Person | None]:
    return grievance.person, grievance.application.person if grievance.application else None


def why_unread(
    user: User, grievance: Grievance, assisted_session: AssistedSession | None = None
) -> str | Promise:
    """Of staff at their own desk and in an assisted session, in words; "" for whoever may read all of it."""
    if user.is_citizen:
        return ""
    return personal_conflict(user, *_persons(grievance), helping=assisted_session is not None)


def _took_part(item: Grievance) -> frozenset[User]:
    """In the decision that is appealed; in any on the application, or the support, that it is linked to."""
    if item.decision is not None:
        return took_part(item.decision)
    if item.application_id is None and item.enrolment is None:
        return frozenset()
    support = item.enrolment
    behind = (support.person_id, support.programme_id) if support else None
    return _took_part_in_linked(item.application_id, behind)


@cached_per_request
def _took_part_in_linked(application: int | None, behind: tuple[int, int] | None) -> frozenset[User]:
    linked = Q(pk=application)
    if behind is not None:
        linked |= Q(person=behind[0], programme=behind[1])
    return took_part_in_any(Application.objects.filter(linked))


class GrievanceDeciders(Deciders[Grievance]):
    workflow = grievance_workflow
    entered_by = "reported_by"
    side = HANDLER

    def sides(self, user: User) -> Sequence[str]:
        return (HANDLER, STEWARD) if user.is_steward else (HANDLER,)

    def in_scope(self, user: User, item: Grievance) -> bool:
        return may_handle(user, item)

    def assignee_in_scope(self) -> Q:
        return handled_by(Who.assignee())

    def to_be_decided(self, rows: QuerySet[Grievance], user: User) -> QuerySet[Grievance]:
        same = keys_of_one_person(user)
        of_decision = HeldDecision.objects.filter(
            application=OuterRef("application"), decided_by=OuterRef("decision_by"), agreed_by__in=same
        )
        took_part = Q(decision_by__in=same) | Q(Exists(of_decision), decision_by__isnull=False)
        return rows.exclude(Q(decision__isnull=False) & took_part)

    def conflict(self, user: User, item: Grievance) -> str | Promise:
        return conflict_of_interest(user, *_persons(item))

    def why_unread(self, user: User, item: Grievance) -> str | Promise:
        return why_unread(user, item)

    def unread_among(self, user: User, items: Sequence[Grievance]) -> set[int]:
        pks = {item.application_id for item in items if item.application_id}
        applicants = dict(Application.objects.filter(pk__in=pks).values_list("pk", "person"))
        persons = {item.pk: (item.person_id, applicants.get(item.application_id or 0)) for item in items}
        return items_in_conflict(user, persons)

    def check_more(self, user: User, item: Grievance, step: str) -> None:
        """An appeal is not answered by who took part in the decision or filed the application, and no report
        by who took part in a decision on what it is linked to, nor by whoever may be one person with them:
        raises ``DecidedByYou``, ``NotYours``, ``MayBeOnePerson``. A repeat is answered with what it
        repeats: ``AnsweredWithAnother``."""
        if item.repeat_of_id is not None and step in ANSWERS:
            raise errors.AnsweredWithAnother
        before = _took_part(item)
        if user in before:
            raise errors.DecidedByYou
        filed_by = item.application.submitted_by if item.decision_id and item.application else None
        if filed_by == user:
            raise NotYours(self.workflow.not_yours)
        if may_be_one_of(user, [*before, filed_by]):
            raise MayBeOnePerson


grievance_deciders = GrievanceDeciders()
