"""One person, two persons, or a question to the commune: who may say so, and what follows."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import AlreadyDecided, InConflict, NoteMissing, NotYours, Overtaken
from dsp_platform.notifications.models import Message
from registry.duplicates.errors import CommuneMissing, RecordMissing
from registry.errors import MergeRefused
from registry.models import Merge, Person
from tests.registry.duplicates.cast import decide, steps_of
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


def test_two_persons_stay_two(case, first, second, steward):
    decide(case, "different", steward, note="Two cousins.")
    case.refresh_from_db()
    assert (case.state, case.decided_by) == ("different", steward)
    assert not Person.objects.exclude(merged_into=None).exists()


def test_of_one_person_one_record_remains(case, first, second, steward):
    decide(case, "same", steward, kept=first.pk)
    case.refresh_from_db()
    second.refresh_from_db()
    assert (case.state, second.merged_into) == ("same", first)
    assert Merge.objects.get().merged == second
    assert steps_of(case) == ["find", "same"]


@pytest.mark.parametrize("whose", ["first", "second"])
def test_each_value_is_that_of_the_record_that_was_chosen(case, first, second, steward, whose):
    chosen = {"name": {"first": first, "second": second}[whose].pk}
    decide(case, "same", steward, kept=first.pk, chosen=chosen)
    first.refresh_from_db()
    assert first.family_name == {"first": "សុខ", "second": "ចាន់"}[whose]


def test_she_lives_on_where_others_need_her(case, home, second, steward, second_steward):
    decide(case, "same", steward, kept=second.pk, note="She has a daughter there.")
    case.refresh_from_db()
    assert case.proposal.payload["home"] == home.pk


def test_she_lives_where_the_steward_says(case, home, elsewhere, first, steward):
    with pytest.raises(MergeRefused):
        decide(case, "same", steward, kept=first.pk, home=elsewhere.pk, note="She moved.")


def test_a_record_that_is_none_of_the_two_cannot_remain(case, home, steward):
    daughter = home.memberships.get(relationship="child").person
    with pytest.raises(RecordMissing):
        decide(case, "same", steward, kept=daughter.pk)


def test_the_same_form_sent_twice_is_one_decision(case, steward):
    before = case.version
    decide(case, "different", steward)
    decide(case, "different", steward, expected_version=before)
    assert steps_of(case) == ["find", "different"]


def test_the_second_steward_is_told_who_was_first(case, steward, second_steward):
    before = case.version
    decide(case, "different", steward)
    with pytest.raises(AlreadyDecided, match="មាស ពិសី"):
        decide(case, "same", second_steward, expected_version=before)


def test_a_page_that_showed_an_earlier_record_decides_nothing(case, first, steward):
    Person.objects.filter(pk=first.pk).update(version=first.version + 1)
    with pytest.raises(Overtaken):
        decide(case, "different", steward, versions=f"{first.version}.1")
    case.refresh_from_db()
    assert case.state == "waiting"


def test_the_commune_is_asked_with_words(case, second, steward):
    with pytest.raises(NoteMissing):
        decide(case, "ask", steward, commune="010202")
    with pytest.raises(CommuneMissing):
        decide(case, "ask", steward, commune="020101", note="Is this Sokha?")
    decide(case, "ask", steward, commune="010202", note="Is this Sokha?")
    case.refresh_from_db()
    assert (case.state, case.village_id) == ("asked", second.village_id)


def test_a_steward_need_not_wait_for_the_commune(case, steward):
    decide(case, "ask", steward, commune="010202", note="Is this Sokha?")
    decide(case, "different", steward)
    case.refresh_from_db()
    assert case.state == "different"


def test_only_stewards_decide(case, commune_clerk, nssf_reviewer, auditor, sokha):
    for user in (commune_clerk, nssf_reviewer, auditor, sokha):
        with pytest.raises(PermissionDenied):
            decide(case, "different", user)


@pytest.mark.parametrize("step", ["find", "unlikely", "answer", "merged", "followed", "joined", "parted"])
def test_no_steward_takes_a_step_of_others(case, steward, step):
    with pytest.raises(PermissionDenied):
        decide(case, step, steward)


@pytest.mark.parametrize("days", [0, 400])
def test_who_registered_one_of_them_does_not_decide(case, second, steward, days):
    """However long ago: it is their own work."""
    since = timezone.now() - timedelta(days=days)
    Person.objects.filter(pk=second.pk).update(registered_by=steward, created_at=since)
    with pytest.raises(NotYours):
        decide(case, "different", steward)


def test_an_approved_import_is_nobodys_own_work(case, second, steward):
    Person.objects.filter(pk=second.pk).update(registered_by=steward, origins={"*": "idpoor"})
    decide(case, "different", steward)


def test_nobody_decides_about_whom_they_live_with(case, home, steward):
    daughter = home.memberships.get(relationship="child").person
    with as_owner():
        User.objects.filter(pk=steward.pk).update(spid=daughter.spid)
    steward.refresh_from_db()
    with pytest.raises(InConflict):
        decide(case, "different", steward)


def test_who_answered_for_the_commune_does_not_decide(case, steward):
    type(case).objects.filter(pk=case.pk).update(answered_by=steward)
    with pytest.raises(NotYours):
        decide(case, "different", steward)


@pytest.mark.parametrize("field", ["answered_by", "second__registered_by"])
def test_nor_does_who_invited_the_one_who_answered_or_registered(case, second, steward, other_clerk, field):
    User.objects.filter(pk=other_clerk.pk).update(invited_by=steward)
    if field == "answered_by":
        type(case).objects.filter(pk=case.pk).update(answered_by=other_clerk)
    else:
        Person.objects.filter(pk=second.pk).update(registered_by=other_clerk)
    with pytest.raises(NotYours):
        decide(case, "different", steward)


def test_each_decision_is_in_the_audit_without_names(case, first, steward):
    decide(case, "different", steward, note="Two cousins.")
    event = AuditEvent.objects.get(action="duplicate_different")
    assert (event.actor, event.subject_kind, event.subject_id) == (steward, "duplicatecase", case.pk)
    assert first.name not in str(event.details)


def test_nobody_is_told_of_a_case(case, steward):
    decide(case, "ask", steward, commune="010202", note="Is this Sokha?")
    decide(case, "different", steward)
    assert not Message.objects.exists()
