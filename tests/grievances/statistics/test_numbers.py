"""Public numbers: what is counted, and what is too few to be shown."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache

from grievances.categories import SENSITIVE
from grievances.models import Grievance, GrievanceDeadline
from grievances.statistics.counting import numbers
from registry.models import Area
from tests.grievances.test_pages import url

PROMISED = timedelta(days=20)
NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Phnom_Penh"))


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def many(tell):
    def make(number, month=8, answered_after=None, **values):
        for _one in range(number):
            made = tell(**values)
            at = NOW.replace(month=month, day=10)
            after = timedelta(days=answered_after) if answered_after is not None else None
            Grievance.objects.filter(pk=made.pk).update(reported_at=at, answered_at=after and at + after)
            _promise(made, at, after and at + after)

    return make


def _promise(made, since, answered_at):
    """Twenty days after it was told."""
    GrievanceDeadline.objects.filter(item=made).delete()
    GrievanceDeadline.objects.create(
        item=made, due_for="resolve", since=since, due_at=since + PROMISED, ended_at=answered_at
    )


def test_the_last_four_full_quarters(many):
    many(12)  # July to September
    many(11, month=10)  # of the quarter that still runs
    found = numbers()
    assert (str(found.since), str(found.until)) == ("2025-10-01", "2026-09-30")
    assert [one.received for one in found.quarters] == [12]


def test_the_heading_of_sensitive_ones_names_each(many):
    many(12, category="abuse")
    shown = numbers().categories[-1]
    assert shown.received == 12
    assert all(str(Grievance.Category(code).label) in shown.label for code in SENSITIVE)


def test_in_time(many):
    many(10, answered_after=19)
    many(10, answered_after=21)
    many(10)
    (quarter,) = numbers().quarters
    assert quarter[1:] == (30, 20, 50)  # of the answered


def test_another_day_promised_when_the_first_was_over_is_not_in_time(many):
    many(20, answered_after=30)
    GrievanceDeadline.objects.update(due_at=NOW, how="moved")
    (quarter,) = numbers().quarters
    assert quarter.in_time_percent == 100
    for one in Grievance.objects.all():
        day = NOW.replace(month=8, day=20)
        one.deadlines.create(due_for="answer", since=day, due_at=day, ended_at=day + PROMISED, how="moved")
    (quarter,) = numbers().quarters
    assert quarter.in_time_percent == 0


def test_answered_but_not_resolved_until_the_day_is_not_in_time(many):
    many(20, answered_after=5)
    GrievanceDeadline.objects.update(ended_at=None)
    (quarter,) = numbers().quarters
    assert quarter.in_time_percent == 0


def test_few_are_not_shown_nor_one_alone_that_the_total_tells(many):
    many(9, category="payment")
    many(12, category="decision")
    many(15, category="other")
    many(20, category="assessment")
    # Beside payment the sensitive ones are few, there are none: nine are few together.
    assert shown() == [15, 20]
    many(11, category="abuse")  # payment alone would be what is missing in the total
    assert shown() == [12, 15, 20]
    many(3, category="payment")
    assert shown() == [11, 12, 12, 15, 20]


def test_what_is_hidden_is_not_few_together(many):
    """Two rows that are missing two: one in each, as no row has none."""
    for category, number in (("payment", 1), ("decision", 1), ("other", 12), ("assessment", 20)):
        many(number, category=category)
    assert shown() == [20]


def shown() -> list[int]:
    return sorted(one.received for one in numbers().categories if one.received)


def test_few_unanswered_are_not_told_either(many):
    many(15, answered_after=5)
    many(3)
    (quarter,) = numbers().quarters
    assert (quarter.received, quarter.answered) == (18, None)


def test_one_late_among_the_answered_is_not_told(many):
    many(24, answered_after=5)
    many(1, answered_after=25)
    many(15)
    (quarter,) = numbers().quarters
    assert quarter[1:] == (40, 25, None)


def test_no_table_tells_what_another_one_hides(many, areas):
    """Six of a quarter, three of a province and three without a place."""
    near, far = Area.objects.get(pk="010201"), Area.objects.get(pk="020101")
    many(30, month=2, area=near, category="payment")
    many(20, month=5, area=near, category="decision")
    many(3, month=8, area=far, category="payment")
    many(3, month=8, category="payment")
    found = numbers()
    assert [one.received for one in found.quarters] == [30, 20, None]
    assert [one.received for one in found.provinces] == [50, None]
    assert shown() == [36]  # of all kinds together the six would follow


def test_few_unanswered_of_a_kind_are_not_told_by_the_quarters(many):
    many(40, month=2, answered_after=5, category="payment")
    many(30, month=2, answered_after=5, category="decision")
    many(3, month=2, category="decision")
    found = numbers()
    assert [one[1:] for one in found.quarters] == [(73, None, None)]
    assert sorted(one[1:] for one in found.categories if one.received) == [(33, None, None), (40, 40, 100)]


def test_sensitive_ones_are_one_row_and_in_no_province(many, areas):
    area = Area.objects.get(pk="010201")
    many(12, category="abuse", area=area)
    many(13, category="staff", area=area)
    found = numbers()
    assert max(one.received or 0 for one in found.categories) == 25
    assert found.provinces == []


def test_by_province(many, areas):
    many(12, area=Area.objects.get(pk="010201"))
    (province,) = numbers().provinces
    assert province.received == 12


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_page_is_open_to_everybody(many, client, language):
    many(12, answered_after=3)
    page = client.get(url("numbers", language=language)).content.decode()
    assert ">12<" in page
    assert "100%" in page


def test_the_page_without_any(db, client):
    assert "Nothing was reported." in client.get(url("numbers")).content.decode()


def test_whoever_asks_they_are_counted_once_in_a_while(many, client, settings):
    settings.PUBLIC_NUMBERS_SECONDS = 600
    cache.clear()
    many(12)
    for language in ("km", "en"):
        client.cookies["anything"] = "1"
        address = f"/{language}{url('numbers').removeprefix('/en').removeprefix('/km')}"
        first = client.get(address).content
        many(1)
        assert client.get(address).content == first
    cache.clear()
