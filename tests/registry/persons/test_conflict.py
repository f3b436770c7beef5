"""Conflicts of interest: staff decide nothing about themselves, relatives, or whom they gave credentials."""

from datetime import timedelta

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from dsp_platform.accounts.admin import StaffForm
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.staff.spid import clean_staff_spid
from dsp_platform.casework.errors import InConflict
from registry.models import KeySetup, Membership, Person
from registry.persons.conflicts import WORDS, conflict_of_interest
from tests.registry.changes.cast import BABY, about, ask, decide
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(family_of_one, sokha):
    return sokha.person


def is_(user, person: Person):
    user.spid = person.spid
    user.save(update_fields=["spid"])
    return user


def why(user, person: Person) -> str:
    words = conflict_of_interest(user, person)
    return next((code for code, text in WORDS.items() if text == words), "")


def test_a_stranger_may_decide(person, commune_clerk):
    assert why(commune_clerk, person) == ""


def test_nobody_decides_for_themself(person, commune_clerk):
    assert why(is_(commune_clerk, person), person) == "self"


def test_nor_for_their_household_nor_for_whom_they_lived_with(maly, rith, other_clerk):
    assert why(is_(other_clerk, maly), rith) == "household"
    Membership.objects.filter(person=rith).update(ended_on=timezone.localdate() - timedelta(days=700))
    assert why(other_clerk, rith) == "kin"
    Membership.objects.filter(person=rith).update(ended_on=timezone.localdate() - timedelta(days=11 * 365))
    assert why(other_clerk, rith) == ""


def test_nor_for_whom_they_share_a_phone_with(person, maly, other_clerk, sokha):
    Person.objects.filter(pk=maly.pk).update(phone=sokha.phone)
    assert why(is_(other_clerk, maly), person) == "phone"


def test_a_merged_number_still_says_who_it_is(person, maly, commune_clerk):
    is_(commune_clerk, maly)
    Person.objects.filter(pk=maly.pk).update(merged_into=person)
    assert why(commune_clerk, person) == "self"


@pytest.mark.parametrize("kind", KeySetup.Kind.values)
def test_who_set_up_a_key_decides_nothing_for_30_days(person, commune_clerk, second_clerk, kind):
    setup = KeySetup.objects.create(person=person, official=commune_clerk, kind=kind)
    assert why(commune_clerk, person) == "set_up"
    assert why(second_clerk, person) == ""
    with as_owner(), pgtrigger.ignore():
        KeySetup.objects.filter(pk=setup.pk).update(at=timezone.now() - timedelta(days=31))
    assert why(commune_clerk, person) == ""


@pytest.mark.parametrize("language", ["km", "en"])
def test_changes_are_decided_by_somebody_else(person, sokha, commune_clerk, second_clerk, language):
    request = ask(sokha, "birth", **BABY)
    KeySetup.objects.create(person=person, official=commune_clerk, kind="account")
    with translation.override(language), pytest.raises(InConflict, match="30|៣០"):
        decide(request, commune_clerk)
    decide(request, second_clerk)


def test_changing_the_phone_on_record_is_such_a_setup(person, sokha, commune_clerk):
    assisted_session = AssistedSession.objects.create(
        official=commune_clerk, subject_id=person.pk, reason="x", consent_text="x"
    )
    ask(
        commune_clerk,
        "phone",
        assisted_session=assisted_session,
        who=about(person),
        phone={"phone": "+85516000001"},
    )
    assert why(commune_clerk, person) == "set_up"


def test_what_a_citizen_does_for_themselves_is_not(person, sokha):
    ask(sokha, "phone", who=about(person), phone={"phone": "+85516000001"})
    assert not KeySetup.objects.exists()


def test_a_steward_writes_down_who_a_member_of_staff_is(person, commune_clerk):
    form = StaffForm(
        {
            "username": commune_clerk.username,
            "full_name": "ដារ៉ា",
            "role": "official",
            "area_code": "0102",
            "spid": person.spid_grouped,
            "is_active": "on",
        },
        instance=commune_clerk,
    )
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["spid"], form.cleaned_data["area_code"]) == (person.spid, "0102")


@pytest.mark.parametrize("typed", ["123456789012", "nobody"])
def test_a_number_of_nobody_is_refused(person, typed):
    with pytest.raises(ValidationError):
        clean_staff_spid(typed)
