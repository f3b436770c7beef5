from datetime import timedelta

import pytest

from dsp_platform.background.backoff import backoff

FIRST, LONGEST = timedelta(seconds=10), timedelta(minutes=10)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 10), (1, 10), (2, 20), (5, 160), (7, 600), (10_000, 600)]
)
def test_each_failure_doubles_the_wait_up_to_the_longest(failures, seconds):
    assert backoff(failures, first=FIRST, longest=LONGEST) == timedelta(seconds=seconds)


def test_jitter_shortens_the_wait_by_up_to_a_quarter():
    waits = {backoff(3, first=FIRST, longest=LONGEST, jitter=True).total_seconds() for _ in range(50)}
    assert 30 <= min(waits) < max(waits) <= 40
