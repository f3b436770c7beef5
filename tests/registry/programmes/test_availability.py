"""Programmes open and close by their dates in Phnom Penh, and every page and count says the same."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone, translation

from registry.eligibility.telling import Telling
from registry.models import Person, Programme
from registry.programmes import selectors
from registry.programmes.availability import (
    dates_in_words,
    is_open,
    takes_applications,
    takes_applications_on,
)
from registry.templatetags.eligibility_tags import where_to_tell
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
DAYS = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
# 23:59:59 and 00:00:00 in Phnom Penh.
BEFORE_MIDNIGHT, MIDNIGHT = (
    datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC),
    datetime(2026, 11, 30, 17, tzinfo=UTC),
)


@pytest.fixture
def programme(operators):
    with as_owner():
        return Programme.objects.create(
            code="season",
            operator=operators["idpoor"],
            name_km="រដូវ",
            name_en="Season",
            state="open",
            rule="true",
        )


def period(programme, **values):
    with as_owner():
        Programme.objects.filter(pk=programme.pk).update(**values)
    programme.refresh_from_db()


def test_one_programme_and_sql_are_judged_alike(operators):
    """Every state, every pair of dates around the day, and whether one applies here."""
    kinds = [
        (state, opens, closes, here)
        for state, opens, closes, here in product(Programme.State.values, DAYS, DAYS, (True, False))
        if not (opens and closes and opens > closes)
    ]
    with as_owner():
        Programme.objects.bulk_create(
            Programme(
                code=f"p{number}", operator=operators["nssf"], state=state,
                opens_on=opens, closes_on=closes, takes_applications=here,
            )
            for number, (state, opens, closes, here) in enumerate(kinds)
        )  # fmt: skip
    by_sql = set(Programme.objects.filter(takes_applications_on(TODAY)).values_list("code", flat=True))
    by_row = {one.code for one in Programme.objects.all() if takes_applications(one, TODAY)}
    assert by_sql == by_row
    assert 0 < len(by_row) < len(kinds)


def test_the_first_and_the_last_day_belong_to_it(programme):
    programme.opens_on = programme.closes_on = TODAY
    assert [is_open(programme, TODAY + timedelta(days=number)) for number in (-1, 0, 1)] == [
        False,
        True,
        False,
    ]


def test_a_programme_does_not_close_before_it_opens(programme):
    with pytest.raises(IntegrityError, match="programme_opens_before_it_closes"):
        period(programme, opens_on=TODAY, closes_on=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("state", "days", "words"),
    [
        ("open", (None, -1), "It was open until 29/11/2026."),
        ("seasonal", (-9, -1), "It was open until 29/11/2026."),
        ("closed", (None, -1), "It was open until 29/11/2026."),
        ("seasonal", (400, 430), "Opens on 04/01/2028. Closes on 03/02/2028."),
        ("open", (-1, 0), "Closes on 30/11/2026."),
        ("paused", (None, 9), ""),
        ("open", (-1, None), ""),
    ],
)
def test_since_or_until_when_is_told(programme, state, days, words):
    programme.state = state
    programme.opens_on, programme.closes_on = (
        day and TODAY + timedelta(days=day) if day != 0 else TODAY for day in days
    )
    with time_machine.travel(MIDNIGHT - timedelta(hours=8), tick=False), translation.override("en"):
        assert dates_in_words(programme) == words


@pytest.mark.parametrize("away", [{"closes_on": -1}, {"opens_on": 1}])
def test_no_page_leads_to_a_programme_out_of_its_dates(programme, client, away):
    today = timezone.localdate()
    by_assessment = Telling(by_assessment=True)
    assert where_to_tell(by_assessment, Person())["assessed_by"] == programme
    period(programme, **{name: today + timedelta(days=days) for name, days in away.items()})
    page = client.get("/en/programmes/season/").content.decode()
    assert "Register or sign in to apply" not in page
    assert 'class="tag good"' not in page
    assert 'class="tag good"' not in client.get("/en/programmes/").content.decode()
    assert "Season" not in client.post("/en/check/", {"answers": "", "question": ""}).content.decode()
    assert where_to_tell(by_assessment, Person())["assessed_by"] is None


def test_a_stored_page_turns_over_at_midnight(programme, settings, monkeypatch):
    settings.PUBLIC_PAGE_SECONDS = 3600
    monkeypatch.setattr(selectors, "_cached", (0.0, []))
    period(programme, closes_on=TODAY)
    path = "/en/programmes/season/"
    with time_machine.travel(BEFORE_MIDNIGHT, tick=False):
        before = Client().get(path)
        assert "Register or sign in to apply" in before.content.decode()
    with time_machine.travel(MIDNIGHT, tick=False):
        after = Client().get(path, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "It was open until 30/11/2026." in after.content.decode()
