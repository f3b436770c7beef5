"""Each change tells the reason of the block it was made in; the outermost reason holds."""

import pghistory
import pytest

from dsp_platform.database.history import history_of
from dsp_platform.database.history_context import history_context, history_facts
from registry.models import Area


@pytest.fixture
def rename(areas):
    def rename(name: str) -> None:
        Area.objects.filter(code="01").update(name_km=name)

    return rename


def told():
    events = history_of(Area).filter(pgh_obj="01", pgh_label="update").order_by("pk")
    return [event.pgh_context.metadata for event in events.select_related("pgh_context")]


def test_a_reason_within_another_is_part_of_it(rename):
    with history_context("outer"):
        rename("ក")
        with history_context("inner"):
            rename("ខ")
    assert [one["why"] for one in told()] == ["outer", "outer"]


def test_two_reasons_in_one_request_have_a_context_each(rename, sokha):
    with pghistory.context(user=7, url="/km/"):
        with history_context("first", actor=sokha):
            rename("ក")
        with history_context("second", request="C-1"):
            rename("ខ")
    shared = {"user": 7, "url": "/km/"}
    assert told() == [
        {**shared, "why": "first", "actor": sokha.pk},
        {**shared, "why": "second", "request": "C-1"},
    ]


def test_what_is_known_later_or_before_is_told_too(rename):
    with history_facts(operator="nssf"), history_context("report"):
        history_facts(request="C-2")
        rename("ក")
    assert told() == [{"why": "report", "operator": "nssf", "request": "C-2"}]


def test_after_a_block_nothing_is_left_of_it(rename):
    with history_context("first"):
        rename("ក")
    with history_facts(operator="nssf"):
        rename("ខ")
    assert told() == [{"why": "first"}, {"operator": "nssf"}]
