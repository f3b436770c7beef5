"""What the operators of the platform see of the desk: how much waits, and how long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.duplicates.metrics import collect
from registry.models import AwaitingMatch, DuplicateCase
from tests.registry.duplicates.cast import decide

pytestmark = pytest.mark.django_db


def figures() -> dict[str, float]:
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for metric in collect()
        for sample in metric.samples
    }


def test_nothing_waits(areas):
    assert set(figures().values()) == {0}


def test_open_cases_by_state_and_the_age_of_the_oldest(case, steward):
    DuplicateCase.objects.update(found_at=timezone.now() - timedelta(hours=2))
    decide(case, "ask", steward, commune="010202", note="?")
    found = figures()
    assert (found["dspp_duplicate_cases/waiting"], found["dspp_duplicate_cases/asked"]) == (0, 1)
    assert found["dspp_duplicate_case_age_seconds"] >= 7200


def test_who_waits_to_be_compared(first):
    AwaitingMatch.objects.create(person=first, since=timezone.now() - timedelta(hours=1))
    found = figures()
    assert found["dspp_persons_to_compare"] == 1
    assert found["dspp_persons_to_compare_age_seconds"] >= 3600
