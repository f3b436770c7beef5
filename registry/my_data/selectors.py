"""What a person may read about their data: copies at operators, accesses, help at the counter."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.audit import selectors as audit
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.ledger.shared_records import SharedRecord, shared_records_of
from dsp_platform.exchange.models import Operator
from registry.models import Consent, Person
from registry.my_data.sections import DataSubject, subjects_about
from registry.persons.ages import dates_of_birth
from registry.persons.households import household_of, members_of
from registry.persons.offices import Offices

PAGE = 20
_ADULT = 18


def data_subject(
    person: Person, *, full_numbers: bool = False, assisted_session: AssistedSession | None = None
) -> DataSubject:
    household = household_of(person)
    members = [member.person for member in members_of(household)] if household else [person]
    return DataSubject(person, household, tuple(members), full_numbers, assisted_session)


@dataclass(frozen=True, slots=True)
class Copy:
    """Records with the same status at one operator; ``names`` are those of their subjects."""

    kind: str
    names: list[str]
    record: SharedRecord
    consent: Consent | None


@dataclass(frozen=True, slots=True)
class OperatorCopies:
    operator: Operator
    copies: list[Copy]

    @property
    def has_copies(self) -> bool:
        return any(copy.record.is_at_operator for copy in self.copies)


def copies_about(subject: DataSubject) -> list[OperatorCopies]:
    """By operator; records of one kind with the same state, times, agreement and consent are grouped."""
    names = subjects_about(subject)
    records = shared_records_of(names)
    given = Consent.objects.select_related("given_by", "witness").in_bulk(
        {one.consent_id for one in records if one.consent_id}
    )
    operators = []
    for operator, rows in groupby(records, key=lambda one: one.operator):
        groups: dict[SharedRecord, list[str]] = {}
        for one in rows:
            groups.setdefault(replace(one, subject_id=0), []).append(names[one.kind][one.subject_id])
        copies = [
            Copy(like.kind, found, like, given.get(like.consent_id or 0)) for like, found in groups.items()
        ]
        operators.append(OperatorCopies(operator, copies))
    return operators


def logged_subjects(subject: DataSubject) -> dict[str, list[int]]:
    """Audit events the account may read: accesses at the person and at the children of the household."""
    year = timezone.localdate().year
    dates_by_person = dates_of_birth(subject.members)
    children = [
        pk for pk, dates in dates_by_person.items() if all(year - born.first.year < _ADULT for born in dates)
    ]
    return {"person": [*{subject.person.pk, *_aliases(subject.person), *children}]}


def _aliases(person: Person) -> QuerySet[Person, int]:
    """Keys of the records that became one with theirs: what was logged of those stays there."""
    return Person.objects.filter(merged_into=person).values_list("pk", flat=True)


@dataclass(frozen=True, slots=True)
class Access:
    """Looks of one official for one purpose, grouped; ``pages`` counts them."""

    event: AuditEvent
    about: str
    listed: bool
    office: str
    pages: int


def access_log_about(subject: DataSubject, *, before: int | None = None) -> tuple[list[Access], int | None]:
    """A page of the access log, newest first, and the cursor of the next page; None on the last one."""
    events = list(audit.access_log_of(logged_subjects(subject), before=before)[: PAGE + 1])
    page = events[:PAGE]
    offices = Offices(event.actor for event in page)
    names = {one.pk: one.name for one in subject.members}
    accesses = []
    for (_key, _day), same in groupby(page, key=_visit):
        visit = list(same)
        first = visit[-1]
        accesses.append(
            Access(
                event=first,
                about="" if first.subject_id == subject.person.pk else names.get(first.subject_id or 0, ""),
                listed=first.action == audit.LISTED,
                office=offices(first.actor),
                pages=len(visit),
            )
        )
    return accesses, (page[-1].pk if len(events) > PAGE else None)


def _visit(event: AuditEvent) -> tuple[object, ...]:
    """The key that accesses are grouped by: the assisted session, or actor, reason and day."""
    key = (event.assisted_session_id or (event.actor_id, event.reason, event.action), event.subject_id)
    return key, timezone.localdate(event.at)


@dataclass(frozen=True, slots=True)
class HelpGiven:
    assisted_session: AssistedSession
    office: str
    actions: list[str]
    """Names of what was done (``AuditEvent.action``), each once, in order."""


def help_given(
    subject: DataSubject, *, before: datetime | None = None
) -> tuple[list[HelpGiven], datetime | None]:
    """Assisted sessions opened for the person, newest first, and the cursor of the next page."""
    records = [subject.person.pk, *_aliases(subject.person)]
    assisted_sessions = AssistedSession.objects.filter(subject_id__in=records)
    if before is not None:
        assisted_sessions = assisted_sessions.filter(opened_at__lt=before)
    found = list(assisted_sessions.select_related("official").order_by("-opened_at")[: PAGE + 1])
    page = found[:PAGE]
    actions = audit.actions_by_session([assisted_session.pk for assisted_session in page])
    offices = Offices(assisted_session.official for assisted_session in page)
    rows = [
        HelpGiven(assisted_session, offices(assisted_session.official), actions.get(assisted_session.pk, []))
        for assisted_session in page
    ]
    return rows, (page[-1].opened_at if len(found) > PAGE else None)
