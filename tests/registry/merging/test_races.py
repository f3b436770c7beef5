"""Races on real transactions: two records become one once, and nobody writes to an alias."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.exchange.models import StatusReport
from registry.changes import services as changes
from registry.errors import AlreadyRegistered, MergedMeanwhile, MergeRefused
from registry.merging.services import merge
from registry.models import ChangeRequest, Enrolment, Membership, Merge, Person
from registry.persons.households import home_now
from registry.persons.labels import SPID
from registry.persons.writer import PersonWriter, lock_person
from registry.records.reports import handle_enrolment
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import NAME, about, ask, decide
from tests.registry.merging.test_merge import again
from tests.registry.registration.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def until_somebody_waits() -> None:
    """In the database, for what this transaction holds."""
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted"
    for _try in range(500):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def in_turn(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """The outcome of each; ``second`` begins before ``first`` is committed."""
    written = Event()

    def hold() -> Any:
        with transaction.atomic():
            try:
                outcome = first()
            finally:
                written.set()
            until_somebody_waits()
        return outcome

    def follow() -> Any:
        assert written.wait(10)
        return second()

    return at_once(hold, follow)


def test_two_stewards_merge_each_into_the_other(maly, other_maly, steward, second_steward):
    outcomes = at_once(
        lambda: merge(kept=maly, merged=other_maly, actor=steward, approved_by=second_steward),
        lambda: merge(kept=other_maly, merged=maly, actor=second_steward, approved_by=steward),
    )
    refused = [one for one in outcomes if isinstance(one, MergeRefused | Overtaken)]
    assert (len(refused), Merge.objects.count()) == (1, 1)
    assert Person.objects.filter(pk__in=(maly.pk, other_maly.pk), merged_into=None).count() == 1


def test_a_record_that_is_written_while_it_becomes_an_alias(maly, other_maly, two):
    def write():
        with transaction.atomic(), PersonWriter() as writer:
            writer.update_person(lock_person(again(other_maly)), phone="+85512000999")

    outcomes = at_once(lambda: merge(kept=maly, merged=other_maly, **two), write)
    errors = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, MergedMeanwhile | StepRefused) for one in errors)
    assert again(other_maly).merged_into == maly
    assert home_now(again(maly)) is not None


@pytest.fixture
def correction(other_maly) -> ChangeRequest:
    """Other Maly asks for another name."""
    return ask(other_maly.account, "name", who=about(other_maly), name=NAME)


@pytest.fixture
def merged(maly, other_maly, two):
    return lambda: merge(kept=maly, merged=other_maly, **two)


def test_a_correction_is_decided_while_its_person_becomes_an_alias(
    maly, other_maly, correction, merged, commune_clerk, monkeypatch
):
    """There is no deadlock, and what was decided is done."""
    held, lock_home = Event(), changes._lock_home

    def lock_slowly(request):
        held.set()
        until_somebody_waits()
        return lock_home(request)

    def merge_meanwhile():
        assert held.wait(10)
        return merged()

    monkeypatch.setattr(changes, "_lock_home", lock_slowly)
    outcomes = at_once(lambda: decide(correction, commune_clerk), merge_meanwhile)
    assert [type(one) for one in outcomes] == [ChangeRequest, Merge]
    assert (again(correction).state, again(correction).person) == ("applied", maly)
    assert (again(other_maly).given_name, again(other_maly).merged_into) == (NAME["given_name"], maly)


def test_who_decides_about_a_record_that_became_an_alias_reads_the_request_anew(
    maly, correction, merged, commune_clerk
):
    _merge, outcome = in_turn(merged, lambda: decide(correction, commune_clerk))
    assert isinstance(outcome, Overtaken)
    # With the household that it was asked in.
    assert (again(correction).state, again(correction).person) == ("ended", maly)
    assert again(maly).given_name != NAME["given_name"]


def test_nobody_is_registered_by_the_number_of_a_record_that_becomes_an_alias(
    other_maly, merged, commune_clerk
):
    Membership.objects.filter(person=other_maly).update(ended_on=timezone.localdate())
    told = person_details(
        family_name=other_maly.family_name,
        given_name=other_maly.given_name,
        born=other_maly.born,
        document_type=SPID,
        document_number=other_maly.spid,
    )
    before = Person.objects.count()
    _merge, outcome = in_turn(
        merged, lambda: register_household(actor=commune_clerk, details=household_details(told))
    )
    assert isinstance(outcome, AlreadyRegistered)
    assert (Person.objects.count(), home_now(again(other_maly))) == (before, None)


def test_an_enrolment_reported_meanwhile_is_of_the_record_that_remains(
    maly, other_maly, merged, operators, programmes
):
    report = StatusReport(
        operator=operators["nssf"],
        kind="enrolment",
        status="active",
        subject=other_maly.spid,
        reference="HC-1",
        occurred_at=datetime(2026, 11, 5, 9, tzinfo=UTC),
    )

    def handle():
        with transaction.atomic():
            handle_enrolment(report)

    _merge, outcome = in_turn(merged, handle)
    assert outcome is None
    assert Enrolment.objects.get().person == maly
