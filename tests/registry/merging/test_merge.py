"""Two records become one."""

import pytest

from registry.merging.services import merge
from registry.merging.undoing import came_since, unmerge
from registry.models import Membership
from tests.registry.merging.state import differences, state

pytestmark = pytest.mark.django_db


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_the_other_record_becomes_an_alias(maly, other_maly, two):
    home = maly.memberships.get().household
    merge(kept=maly, merged=other_maly, **two)
    assert again(other_maly).merged_into == maly
    assert Membership.objects.get(person=maly, ended_on=None).household == home


def test_undone_at_once_everything_is_as_before(maly, other_maly, two):
    before = state()
    done = merge(kept=maly, merged=other_maly, **two)
    assert came_since(done) == []
    unmerge(merge=done, **two)
    assert differences(before, state()) == []
