"""Whoever has an item hands it over to a colleague of the same office who may decide it."""

import pytest

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.assignment import colleagues_of
from dsp_platform.casework.errors import AlreadyAssigned, CannotTakeOver, Overtaken


@pytest.fixture
def taken(kind):
    kind.assignment.assign(kind.item, actor=kind.first)
    return kind


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_colleague_has_it_then_and_the_audit_says_whom(taken, language):
    page = taken.press(taken.first, "hand_over", language, colleague=taken.second.pk).content.decode()
    assert {"km": "ត្រូវបានប្រគល់បន្ត", "en": "is handed over."}[language] in page
    assert taken.assignee() == taken.second
    event = AuditEvent.objects.get(action="reassign")
    assert (event.actor, event.details) == (taken.first, {"colleague": taken.second.username})


def test_twice_is_once(taken):
    for _ in range(2):
        taken.assignment.hand_over(taken.item, actor=taken.first, to=taken.second)
    assert AuditEvent.objects.filter(action="reassign").count() == 1


def test_only_who_has_it_hands_it_over(taken):
    taken.assignment.unassign(taken.item, actor=taken.first)
    taken.assignment.assign(taken.item, actor=taken.second)
    third = User.objects.create_staff(
        username="third",
        password=None,
        role=taken.first.role,
        area_code=taken.first.area_code,
        operator_code=taken.first.operator_code,
    )
    with pytest.raises(AlreadyAssigned):
        taken.assignment.hand_over(taken.item, actor=taken.first, to=third)
    assert taken.assignee() == taken.second


def test_nobody_of_another_office_gets_it(taken):
    assert not colleagues_of(taken.first).filter(pk=taken.stranger.pk).exists()
    with pytest.raises(CannotTakeOver):
        taken.assignment.hand_over(taken.item, actor=taken.first, to=taken.stranger)
    page = taken.press(taken.first, "hand_over", colleague=taken.stranger.pk).content.decode()
    assert "Choose the colleague" in page
    assert taken.assignee() == taken.first


def test_who_may_not_decide_it_does_not_get_it_and_why_is_not_told(taken, monkeypatch):
    deciders = type(taken.assignment.deciders)
    monkeypatch.setattr(deciders, "conflict", lambda self, user, item: "kin" * (user == taken.second))
    with pytest.raises(CannotTakeOver) as refused:
        taken.assignment.hand_over(taken.item, actor=taken.first, to=taken.second)
    assert "kin" not in str(refused.value)


def test_what_is_decided_is_handed_over_no_more(taken):
    taken.decide(taken.first)
    with pytest.raises(Overtaken):
        taken.assignment.hand_over(taken.item, actor=taken.first, to=taken.second)
