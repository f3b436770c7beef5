"""Of every table that hangs on a person one row is moved to the record that remains, and back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from applications.models import AnswerDraft, Application
from grievances.models import Grievance
from registry.beneficiaries.enrolment import enrol
from registry.merging.contract import PARTS
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import Appointment, ChangeRequest, PhoneReplacement, QuestionsVersion, SourceConflict
from tests.registry.duplicates.cast import case_of
from tests.registry.merging.test_merge import again, card
from tests.roles import as_owner

pytestmark = pytest.mark.django_db

MOVED = {name for name, part in PARTS.items() if part.persons and part.moves}


@pytest.fixture
def world(other_maly, rith, programmes, commune_clerk):
    """One row of each table is of the record that becomes an alias."""
    person, village = other_maly, other_maly.village
    card(person, "010203222")
    enrol(person=person, programme=programmes["health"], since=date(2026, 1, 1))
    SourceConflict.objects.create(person=person, field="sex", source="idpoor", in_source="male", digest=b"x")
    PhoneReplacement.objects.create(
        reference="P-1", person=person, phone="+85592100200", notified_phones=[], reason="lost",
        document="identity_card", asked_by=commune_clerk, due_at=timezone.now() + timedelta(days=7),
        state="withdrawn", ended_at=timezone.now(),
    )  # fmt: skip
    case_of(person, rith)
    ChangeRequest.objects.create(
        reference="C-1", kind="phone", person=person, asked_for=person, asked_by=person.account,
        household=person.memberships.get().household, village=village, state="refused",
    )  # fmt: skip
    Application.objects.create(
        reference="A-1", person=person, programme=programmes["school"],
        submitted_by=person.account, state="rejected", rule_version=1,
    )  # fmt: skip
    with as_owner():
        version = QuestionsVersion.objects.create(programme=programmes["school"], number=1)
    AnswerDraft.objects.create(
        person=person, programme=programmes["school"], owner=commune_clerk, answers_to=version
    )
    Appointment.objects.create(
        person=person, day=date(2026, 1, 1), reason="document", area_code="010202", made_by=commune_clerk,
        assisted_session_id=uuid4(),
    )  # fmt: skip
    Grievance.objects.create(
        reference="G-1",
        person=person,
        category="payment",
        area=village,
        submission=uuid4(),
        text="x",
        pin_digest=b"x",
        reported_by=person.account,
        state="closed",
    )  # fmt: skip
    return again(person)


def rows_of(name: str, person):
    rows = PARTS[name].model._default_manager.filter(PARTS[name].of_persons(person.pk))
    # That of the two themselves stays.
    return rows.filter(state="waiting") if name == "registry.duplicatecase" else rows


def whose(person) -> set[str]:
    """The tables that have a row which names the person."""
    return {name for name in MOVED if rows_of(name, person).exists()}


def test_each_part_moves_its_rows_and_gives_them_back(world, maly, two):
    assert whose(world) == MOVED
    done = merge(kept=maly, merged=world, **two)
    assert whose(world) == set()
    assert whose(maly) == MOVED
    unmerge(merge=done, **two)
    assert whose(world) == MOVED
