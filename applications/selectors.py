"""Who sees which application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext, ngettext

from applications.models import Application, ApplicationEvent, HeldDecision
from applications.workflow import CLOSING, DECIDING, STEPS
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.workflow import DOCUMENT
from dsp_platform.database.references import clean_reference
from dsp_platform.web.request_cache import cached_per_request
from registry.models import Membership, Person, Programme, RuleVersion
from registry.persons.households import deaths_during_membership, household_of, members_of
from registry.persons.selectors import subject_for
from registry.programmes.selectors import name_programmes

_CLOSINGS = ApplicationEvent.objects.filter(application=OuterRef("pk"), step__in=CLOSING)


def household_members(user: User, assisted_session: AssistedSession | None) -> Sequence[Person]:
    """The subject of this request first, then the others of the household; empty without a subject. Whoever
    lives in no household now keeps what is theirs."""
    subject = subject_for(user, assisted_session)
    if subject is None:
        return []
    others = [member.person for member in _members_beside(subject) if member.person != subject]
    return [subject, *others]


def may_act_for(user: User, assisted_session: AssistedSession | None, person: Person) -> bool:
    return person in household_members(user, assisted_session)


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
    rows = with_closed(Application.objects.filter(person=person, programme=programme))
    return rows.order_by("-pk").first()


def applications_of(person: Person, members: Sequence[Membership] = ()) -> list[Application]:
    """Of the person and the other members, newest first; and of members who died, readable by those who lived
    with them at the time. Passing ``members`` saves two queries."""
    whose = _read_by(person, members or _members_beside(person))
    rows = with_closed(Application.objects.filter(whose))
    applications: list[Application] = list(rows.select_related("person").order_by("-pk"))
    name_programmes(applications)
    return applications


def _members_beside(person: Person) -> Sequence[Membership]:
    household = household_of(person)
    return members_of(household) if household else []


def _read_by(person: Person, members: Sequence[Membership]) -> Q:
    """One list of persons, as a union: with OR the database would scan all applications."""
    own = next((member for member in members if member.person_id == person.pk), None)
    if own is None:
        return Q(person=person)
    living = Membership.objects.filter(pk__in=[member.pk for member in members]).values("person")
    return Q(person__in=living.union(deaths_during_membership(own).values("person")))


def application_visible_to(
    user: User, assisted_session: AssistedSession | None, reference: str
) -> Application | None:
    """Of the own household or that of the open assisted session; None for any other. Whoever gets it may also
    answer, withdraw and appeal, so applications of the dead are not included."""
    members = household_members(user, assisted_session)
    return _by_reference(reference, Q(person__in=members)) if members else None


def application_to_read(
    user: User, assisted_session: AssistedSession | None, reference: str
) -> Application | None:
    """As ``application_visible_to``, and read-only also of a member who died."""
    subject = subject_for(user, assisted_session)
    if subject is None:
        return None
    return _by_reference(reference, _read_by(subject, _members_beside(subject)))


def may_read(user: User, assisted_session: AssistedSession | None, person: Person) -> bool:
    """Whether this person's applications, and the documents that came with them, may be read."""
    if may_act_for(user, assisted_session, person):
        return True
    subject = subject_for(user, assisted_session) if person.died_on else None
    if subject is None:
        return False
    whose = _read_by(subject, _members_beside(subject))
    return Application.objects.filter(whose, person=person).exists()


def _by_reference(reference: str, whose: Q) -> Application | None:
    cleaned = clean_reference(reference, "A")
    rows = Application.objects.select_related("programme__operator", "person", "answers__answers_to")
    found = with_judged_version(with_closed(rows.filter(whose, reference=cleaned)))
    return found.first() if cleaned else None


def closed_by_death(application: Application) -> bool:
    return application.person.died_on is not None and closing_step(application) == "close"


def closing_step(application: Application) -> str:
    """By which it was closed without anybody withdrawing it; "" where it was not."""
    if application.state != Application.State.WITHDRAWN:
        return ""
    if hasattr(application, "closed_by"):
        return application.closed_by or ""
    last = application.events.filter(step__in=CLOSING).last()
    return last.step if last else ""


def with_closed(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Annotates ``closed_by``: the step that closed it, which is stored as withdrawn too; None for none."""
    return rows.annotate(closed_by=Subquery(_CLOSINGS.order_by("-pk").values("step")[:1]))


@dataclass(frozen=True, slots=True)
class JudgedVersion:
    """Of the programme's rule, and the version that followed it: ``later`` is None where none did."""

    rule: str
    since: datetime
    later: int | None
    later_since: datetime | None


def with_judged_version(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Annotates what ``judged_version`` needs."""
    versions = RuleVersion.objects.filter(programme=OuterRef("programme")).order_by("number")
    own = versions.filter(number=OuterRef("rule_version"))
    later = versions.filter(number__gt=OuterRef("rule_version"))
    return rows.annotate(
        judged_rule=Subquery(own.values("rule")[:1]),
        judged_since=Subquery(own.values("holds_from")[:1]),
        later_version=Subquery(later.values("number")[:1]),
        later_since=Subquery(later.values("holds_from")[:1]),
    )


def judged_version(application: Application) -> JudgedVersion | None:
    """Without a query where ``with_judged_version`` read it."""
    row: Any = application
    if not hasattr(row, "judged_since"):
        row = with_judged_version(Application.objects.filter(pk=application.pk)).get()
    if row.judged_since is None:
        return None
    return JudgedVersion(row.judged_rule, row.judged_since, row.later_version, row.later_since)


def state_in_words(application: Application) -> str:
    step = closing_step(application)
    words = str(STEPS[step].title if step else Application.State(application.state).label)
    if application.state == Application.State.IN_REVIEW and getattr(application, "document_sent", False):
        return f"{words}, {gettext('document received')}"
    return words


def last_decision(application: Application) -> ApplicationEvent | None:
    """The approval or refusal in force, or the one that a new review is about."""
    return _decisions().filter(application=application).last()


def _decisions() -> QuerySet[ApplicationEvent]:
    return ApplicationEvent.objects.filter(step__in=DECIDING)


def took_part(decision: ApplicationEvent) -> frozenset[User]:
    """Who took this decision, and the second reviewer who agreed to it."""
    return _took_part(decision.pk)


@cached_per_request
def _took_part(pk: int) -> frozenset[User]:
    decision = ApplicationEvent.objects.get(pk=pk)
    held = HeldDecision.objects.filter(
        application=decision.application_id,
        state=HeldDecision.State.DONE,
        decision=decision.step,
        decided_by=decision.actor_id,
        ended_at__gte=decision.at,  # right after it was carried out
    )
    agreed = held.order_by("ended_at").values_list("agreed_by", flat=True).first()
    return _users(decision.actor_id, agreed)


def _users(*pks: int | None) -> frozenset[User]:
    return frozenset(User.objects.filter(pk__in={pk for pk in pks if pk is not None}))


def took_part_in_any(applications: QuerySet[Application]) -> frozenset[User]:
    """The same of every decision on them."""
    decided = _decisions().filter(application__in=applications).order_by().values_list("actor", flat=True)
    held = HeldDecision.objects.filter(application__in=applications, state=HeldDecision.State.DONE)
    return _users(*decided, *held.values_list("agreed_by", flat=True))


def queue_of(user: User) -> QuerySet[Application]:
    """A reviewer's work queue: applications to the own operator."""
    if not (user.is_active and user.is_reviewer and user.operator_code):
        return Application.objects.none()
    mine = Application.objects.filter(operator=user.operator_code)
    sent = ApplicationEvent.objects.filter(application=OuterRef("pk"), step=DOCUMENT)
    rows = with_closed(mine).annotate(document_sent=Exists(sent))
    # Without programmes, which are few: ``name_programmes`` sets those of a page.
    return rows.select_related("person__village__parent")


# Those who applied to a programme of the operator and did not withdraw.
APPLICANTS = f"""SELECT applied.person_id FROM applications_application applied
WHERE applied.operator_id = %(operator)s AND applied.state <> '{Application.State.WITHDRAWN.value}'"""  # noqa: S608
