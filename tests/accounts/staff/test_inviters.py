"""Whoever invited somebody is no second person beside them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff.inviters import may_be_one_person, may_be_one_person_with
from tests.registry.cast import official


def never_joined(username: str) -> User:
    return User.objects.create_staff(username=username, password=None, role="official", area_code="010201")


@pytest.fixture
def district(db):
    return official("district.mongkol", "0102")


@pytest.fixture
def newcomer(db):
    return never_joined("clerk.new")


def test_who_has_the_code_of_an_invitation_may_be_the_invited(newcomer, steward):
    invitations.invite(actor=steward, user=newcomer)
    newcomer.refresh_from_db()
    assert newcomer.invited_by == steward
    assert may_be_one_person(steward, newcomer)
    assert may_be_one_person(newcomer, steward)


def test_of_two_halves_it_is_who_has_the_first(newcomer, district, steward):
    invitations.invite(actor=steward, user=newcomer, first_half="half", passed_on_by=district)
    newcomer.refresh_from_db()
    assert newcomer.invited_by == district
    assert not may_be_one_person(steward, newcomer)


def test_two_whom_one_person_has_lately_invited_are_not_two(district):
    new, other = (official(f"clerk.{name}", "010201", invited_by=district) for name in ("a", "b"))
    assert not may_be_one_person(new, other)
    new.date_joined = timezone.now() - timedelta(days=29)
    assert may_be_one_person(new, other)
    assert may_be_one_person(other, new)


def test_whom_a_command_made_are_two(commune_clerk, district):
    assert not may_be_one_person(commune_clerk, district)
    assert not may_be_one_person(district, None)


@pytest.mark.parametrize("joined", [timedelta(days=29), timedelta(days=31)])
def test_the_query_finds_the_same(commune_clerk, district, joined):
    old = official("clerk.old", "010201", invited_by=district)
    new = official("clerk.a", "010201", invited_by=district, date_joined=timezone.now() - joined)
    everybody = [commune_clerk, district, old, new, official("clerk.b", "010201", invited_by=commune_clerk)]
    for one in everybody:
        alike = {other for other in everybody if may_be_one_person(one, other)}
        assert set(may_be_one_person_with(one)) & set(everybody) == alike
