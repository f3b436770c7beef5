"""A claim of one record opens no other one."""

from uuid import uuid4

import pytest

from dsp_platform.accounts.models import User
from dsp_platform.notifications.sms_templates import render
from registry.claims.services import Identity, begin_claim, code_of, confirm_claim
from registry.errors import NotClaimed
from registry.merging.services import merge
from registry.models import MoverConfirmation
from tests.registry.merging.test_merge import again, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(other_maly):
    return User.objects.create_citizen(phone="+85516000001")


@pytest.fixture
def fake(other_maly, maly):
    """Made to be merged with the victim's record: the phone is the stranger's."""
    return maly


def claimed(person, account):
    identity = Identity(kind="spid", number=person.spid, born=person.born)
    claim = begin_claim(account=account, identity=identity, proved=False)
    assert claim.person == person
    return claim


def test_a_code_for_the_merged_record_opens_none(fake, other_maly, stranger, two):
    write(other_maly, account=None)
    claim = claimed(fake, stranger)
    merge(kept=again(other_maly), merged=again(fake), **two)
    assert render("claim_code", {"claim": str(claim.pk)}, "km") == ""
    with pytest.raises(NotClaimed):
        confirm_claim(account=stranger, claim=claim, typed=code_of(claim))
    assert again(other_maly).account is None


def test_who_agreed_for_the_merged_record_did_not_agree_for_the_other(fake, other_maly, two):
    MoverConfirmation.objects.create(person=fake, assisted_session_id=uuid4())
    merge(kept=other_maly, merged=fake, **two)
    assert not MoverConfirmation.objects.filter(person=other_maly).exists()
