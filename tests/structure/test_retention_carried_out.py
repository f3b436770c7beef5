"""Each rule of retention is carried out by its purge: a row that is too old goes, a younger one stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils import timezone

from applications.models import AnswerDraft
from dsp_platform.accounts.models import AssistedSession, PhoneChallenge, PhoneEvent, SignInFailure, User
from dsp_platform.background.retention import Rule, rules
from dsp_platform.exchange.ledger import partitions
from dsp_platform.exchange.models import Attempt, Incident, StatusReport
from dsp_platform.notifications.models import DemoMessage, Message, RateCounter
from dsp_platform.offline.models import OfflineItem
from dsp_platform.uploads.models import Upload, UploadDay
from grievances.models import PinFailure
from registry.models import (
    Appointment,
    ChangeDraft,
    Claim,
    ConsentSheet,
    Draft,
    Household,
    HouseholdVisit,
    ImportRun,
    ImportSource,
    Lookup,
    Person,
    Programme,
    QuestionsVersion,
    StagedRow,
    VillageDay,
)
from tests.registry.imports.cast import unsaved_source
from tests.roles import as_owner

DELETED = [rule for rule in rules() if rule.after is not None]
LONGER = timedelta(days=40)
DIGEST = b"d" * 32


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path)


@pytest.fixture
def somebody(operators, areas) -> Callable[[], User]:
    """Another account each time: of some rows each has one."""

    def account() -> User:
        return User.objects.create_citizen(phone=f"+8551234500{User.objects.count()}")

    return account


def attempt(at: datetime) -> Attempt:
    partitions.ensure(partitions.Month(at.year, at.month))
    return Attempt.objects.create(
        at=at, operator_id="nssf", kind="person", subject_id=1, version=1, outcome="accepted"
    )


def staged_row(at: datetime, uploader: User) -> StagedRow:
    source = ImportSource.objects.first() or unsaved_source()
    source.save()
    run = ImportRun.objects.create(
        source=source, file_name="f.csv", digest="0" * 64, size=1, uploaded_by=uploader, uploaded_at=at,
        state="given_up",
    )  # fmt: skip
    return StagedRow.objects.create(run=run, number=2, place=2, reference="1", digest="0" * 32, spid="1" * 12)


def answer_draft(at: datetime, owner: User) -> AnswerDraft:
    with as_owner():
        programme = Programme.objects.create(
            code=f"p{Programme.objects.count()}", operator_id="nssf", name_km="p", state="open"
        )
        version = QuestionsVersion.objects.create(programme=programme, number=1)
    person = Person.objects.create(
        spid=f"{Person.objects.count():012}", given_name="ក", date_of_birth="1990-01-01", sex="female",
        village_id="01020101",
    )  # fmt: skip
    return AnswerDraft.objects.create(
        person=person, programme=programme, owner=owner, answers_to=version, saved_at=at
    )


def appointment(at: datetime, official: User) -> Appointment:
    person = Person.objects.create(
        spid=f"{official.pk:012}", given_name="ក", name_key="ក", date_of_birth="1990-01-01", sex="female",
        village_id="01020101",
    )  # fmt: skip
    return Appointment.objects.create(
        person=person, day=at.date(), reason="other", area_code="010201", made_by=official,
        assisted_session_id=uuid4(),
    )  # fmt: skip


def village_day(at: datetime, official: User) -> VillageDay:
    return VillageDay.objects.create(day=at.date(), village_id="01020101", chosen="all", planned_by=official)


def household_visit(at: datetime, official: User) -> HouseholdVisit:
    household = Household.objects.create(number=f"H{official.pk}", village_id="01020101")
    return HouseholdVisit.objects.create(village_day=village_day(at, official), household=household, number=1)


def consent_sheet(at: datetime, official: User) -> ConsentSheet:
    case = AssistedSession.objects.create(
        official=official, reason="register", consent_text="", ended_at=at, end="closed"
    )
    return ConsentSheet.objects.create(
        reference=f"S-{official.pk:08}", assisted_session=case, texts=[], text_digest=DIGEST, language="km"
    )


ROWS: dict[type[Model], Callable[[datetime, User], Model]] = {
    PhoneChallenge: lambda at, _who: PhoneChallenge.objects.create(
        phone="+85512000001", purpose="sign_in", nonce=DIGEST, browser_digest=DIGEST, expires_at=at
    ),
    PhoneEvent: lambda at, _who: PhoneEvent.objects.create(phone="+85512000001", kind="sent", at=at),
    SignInFailure: lambda at, _who: SignInFailure.objects.create(bucket=DIGEST, at=at),
    Session: lambda at, _who: Session.objects.create(
        session_key=str(at.timestamp()), session_data="", expire_date=at
    ),
    Upload: lambda at, who: Upload.objects.create(
        subject_kind="none", subject_key=str(who.pk), title="", uploader=who, created_at=at, digest=DIGEST,
        state="refused", reason="empty",
    ),
    OfflineItem: lambda at, who: OfflineItem.objects.create(
        id=uuid4(), official=who, page="/km/register/consent/", received_at=at
    ),
    UploadDay: lambda at, who: UploadDay.objects.create(account=who, day=at.date()),
    Message: lambda at, _who: Message.objects.create(
        phone="+85512000001", kind="other", language="km", template="t", created_at=at, state="sent"
    ),
    DemoMessage: lambda at, _who: DemoMessage.objects.create(phone="+85512000001", text="", received_at=at),
    RateCounter: lambda at, _who: RateCounter.objects.create(
        source=DIGEST, scope="code", window="day", starts_at=at
    ),
    Attempt: lambda at, _who: attempt(at),
    StatusReport: lambda at, _who: StatusReport.objects.create(
        operator_id="nssf", reference=str(at), kind="enrolment", subject="1", status="active",
        values={"a": "b"}, occurred_at=at, received_at=at, handled_at=at, state="handled",
    ),
    Incident: lambda at, _who: Incident.objects.create(
        code=Incident.Code.values[0], started_at=at - timedelta(days=1), ended_at=at
    ),
    StagedRow: staged_row,
    Draft: lambda at, who: Draft.objects.create(owner=who, saved_at=at),
    ChangeDraft: lambda at, who: ChangeDraft.objects.create(owner=who, kind="name", saved_at=at),
    AnswerDraft: answer_draft,
    ConsentSheet: consent_sheet,
    Claim: lambda at, who: Claim.objects.create(
        account=who, created_at=at, expires_at=at, identity_digest=DIGEST, number_digest=DIGEST
    ),
    Lookup: lambda at, who: Lookup.objects.create(account=who, kind=Lookup.Kind.values[0], at=at),
    Appointment: appointment,
    VillageDay: village_day,
    HouseholdVisit: household_visit,
    PinFailure: lambda at, _who: PinFailure.objects.create(bucket=DIGEST, at=at),
}  # fmt: skip


def ages(rule: Rule) -> tuple[datetime, datetime]:
    """Too old, and not yet."""
    after, now = rule.after or timedelta(0), timezone.now()
    return now - after - LONGER, now - after / 2 + timedelta(minutes=1)


def is_there(row: Model, emptied: str) -> Any:
    found = type(row)._default_manager.filter(pk=row.pk).first()
    return bool(found and (not emptied or getattr(found, emptied)))


@pytest.mark.parametrize("rule", DELETED, ids=lambda rule: rule.code)
def test_what_is_too_old_goes_and_what_is_not_stays(rule, somebody):
    assert rule.clock
    old, young = ages(rule)
    models = [apps.get_model(label) for label in rule.clock]
    pairs = [(ROWS[model](old, somebody()), ROWS[model](young, somebody())) for model in models]
    rule.purge()
    for before, after in pairs:
        emptied = rule.empties.get(before._meta.label, "")
        assert not is_there(before, emptied), before
        assert is_there(after, emptied), after


def test_the_time_counts_from_a_column_that_the_table_has():
    for rule in DELETED:
        assert set(rule.clock) <= set(rule.models), rule.code
        for label, path in rule.clock.items():
            assert apps.get_model(label)._default_manager.order_by(path) is not None
