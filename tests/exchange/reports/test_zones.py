"""A moment of an operator is read in the time zone that it or the mapping says, never in a guessed one."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dsp_platform.exchange.adapters.statuses import MomentColumn
from dsp_platform.exchange.agreements.operator_file import read
from dsp_platform.exchange.management.commands.load_operators import REFERENCE
from dsp_platform.exchange.models import Operator, StatusReport
from dsp_platform.exchange.reports import services as reports
from tests.exchange.reports.test_reports import STATUS, decide, fund, handled
from tests.roles import as_owner

__all__ = ["fund", "handled"]
NAIVE = datetime(2026, 11, 22, 18, 30)  # noqa: DTZ001
# Every way in which a moment without a zone is written.
WITHOUT = [
    (NAIVE, ""),
    ("2026-11-22 18:30:00", ""),
    ("2026-11-22T18:30", ""),
    ("20261122T183000", ""),
    ("2026-11-22 18:30:00.123456", ""),
    ("22/11/2026 18:30:00", "%d/%m/%Y %H:%M:%S"),
    ("22/11/2026 06:30 PM", "%d/%m/%Y %I:%M %p"),
    ("2026-11-22 00:00:00", ""),
]
WITH = [
    (NAIVE.replace(tzinfo=UTC), ""),
    ("2026-11-22 18:30:00+00", ""),
    ("2026-11-22T18:30:00Z", ""),
    ("2026-11-23 01:30:00+07", ""),
    ("22/11/2026 18:30 +0000", "%d/%m/%Y %H:%M %z"),
]
DAYS = [(date(2026, 11, 22), ""), ("2026-11-22", ""), ("22.11.2026", "%d.%m.%Y"), ("20261122", "")]


def moment(value, form="", zone=None):
    return MomentColumn(column="at", date_text=form, zone=zone).read({"at": value})


@pytest.mark.parametrize(("value", "form"), WITHOUT)
def test_without_a_zone_nothing_is_assumed(value, form):
    assert moment(value, form) == (None, "no_zone")


@pytest.mark.parametrize(("value", "form"), WITHOUT[:-1])
@pytest.mark.parametrize(("zone", "hour"), [("Asia/Phnom_Penh", 11), ("UTC", 18), ("Asia/Tokyo", 9)])
def test_the_mapping_says_the_zone(value, form, zone, hour):
    read_at, problem = moment(value, form, zone)
    assert (read_at.astimezone(UTC).replace(microsecond=0), problem) == (
        datetime(2026, 11, 22, hour, 30, tzinfo=UTC),
        "",
    )


@pytest.mark.parametrize(("value", "form"), WITH)
@pytest.mark.parametrize("zone", [None, "Asia/Tokyo"])
def test_the_zone_of_the_value_counts_first(value, form, zone):
    assert moment(value, form, zone) == (datetime(2026, 11, 22, 18, 30, tzinfo=UTC), "")


@pytest.mark.parametrize(("value", "form"), DAYS)
@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_day_is_that_day_in_cambodia(value, form, zone):
    read_at, problem = moment(value, form, zone)
    assert (timezone.localdate(read_at), problem) == (date(2026, 11, 22), "")


@pytest.mark.parametrize("zone", ["Phnom Penh", "+07:00", "", "../etc/passwd"])
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(ValueError, match="time zone"):
        MomentColumn(column="at", zone=zone)


def operator_file(**occurred_at):
    written = json.loads((REFERENCE / "pmrs.json").read_text())
    written["status_mapping"]["occurred_at"] = {"column": "hc_dt", **occurred_at}
    return json.dumps(written)


def test_a_file_whose_text_cannot_say_the_zone_is_refused():
    with pytest.raises(ValueError, match="name its “zone”"):
        read(operator_file(date_text="%d/%m/%Y %H:%M"))


@pytest.mark.parametrize(
    ("form", "zone"),
    [("%d/%m/%Y %H:%M", "Asia/Phnom_Penh"), ("%d/%m/%Y %H:%M%z", None), ("%d/%m/%Y", None), ("", None)],
)
def test_a_file_that_says_it_or_needs_none_is_taken(form, zone):
    assert read(operator_file(date_text=form, zone=zone)).code == "pmrs"


@as_owner()
def said(occurred_at):
    mapping = {**STATUS, "occurred_at": occurred_at}
    Operator.objects.filter(pk="family_package").update(status_mapping=mapping)


@pytest.mark.django_db
def test_it_is_held_at_the_reading_seen_at_the_preview_and_read_anew(
    fund, family_package_db, handled, steward, capsys
):
    decide(family_package_db, 1, "A-1")
    family_package_db("UPDATE fp_application_event SET note = '2026-11-22 18:30'")
    said({"column": "note"})
    with pytest.raises(CommandError):
        call_command("preview_reports", "family_package")
    assert "1 would be held: no_zone." in capsys.readouterr().out
    assert not StatusReport.objects.exists()
    reports.pull("family_package")
    reports.handle_waiting()
    assert (StatusReport.objects.get().reason, handled) == ("no_zone", [])
    reports.retry_reports(reports=StatusReport.objects.all(), actor=steward)
    reports.pull("family_package")
    reports.handle_waiting()
    assert handled == []  # nobody has said the zone yet
    said({"column": "note", "zone": "Asia/Phnom_Penh"})
    reports.pull("family_package")
    reports.handle_waiting()
    assert [report.occurred_at for report in handled] == [datetime(2026, 11, 22, 11, 30, tzinfo=UTC)]
