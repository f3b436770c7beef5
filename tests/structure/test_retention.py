"""Every table about people has a rule of retention, which is carried out and stands in the manual."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ProtectedError
from django.utils import translation

import manage
from dsp_platform import tasks
from dsp_platform.background import retention, workers
from dsp_platform.background.faults import collect
from dsp_platform.background.retention import Rule, register_rules, rules
from dsp_platform.database.roles import is_history
from tests.structure.conftest import browser

REFERENCE = Path(manage.__file__).parent / "docs/reference/retention.md"
PAGE = "/en/admin/audit/retention/"


def named_models() -> list[str]:
    """All that a rule, or its absence, is said of."""
    return [*(model for rule in rules() for model in rule.models), *retention._without_personal_data]


def tables() -> set[str]:
    """The history of a table is kept as long as the table's rows."""
    models = apps.get_models(include_auto_created=True)
    return {one._meta.label for one in models if not one._meta.proxy and not is_history(one)}


def test_each_table_has_a_rule_or_says_nothing_about_people():
    assert tables() - set(named_models()) == set()


def test_each_rule_is_about_a_table_and_about_no_other_rules_table():
    named = named_models()
    assert set(named) - tables() == set()
    assert len(named) == len(set(named))


def test_what_is_deleted_is_deleted_by_a_task_that_runs():
    assert tasks.purge.name in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {one.code for one in rules() if (one.after is None) != (one.purge is None)} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("failing", [one.code for one in rules() if one.purge is not None])
def test_a_purge_that_fails_keeps_no_other_from_running(failing, monkeypatch, caplog):
    ran = []

    def run(code):
        ran.append(code)
        if code == failing:
            raise ProtectedError("a row stands in the way", set())

    replaced = {one.code: replace(one, purge=one.purge and partial(run, one.code)) for one in rules()}
    monkeypatch.setattr(retention, "_rules", replaced)
    before = workers.faults().get(f"retention.{failing}", 0)
    tasks.purge.run()
    assert ran == [one.code for one in rules() if one.purge is not None]
    assert f"retention.{failing} failed" in caplog.text
    assert workers.faults()[f"retention.{failing}"] == before + 1
    ((found,),) = [
        [one for one in metric.samples if one.labels["part"] == f"retention.{failing}"]
        for metric in collect()
    ]
    assert found.value == before + 1


def test_a_period_needs_somebody_to_delete():
    with pytest.raises(ValueError, match="deletes it: endless"):
        register_rules(
            Rule(
                code="endless", models=("x.Y",), what="", why="", after=timedelta(days=1), clock={"x.Y": "at"}
            )
        )


def test_what_is_kept_says_why():
    assert [one.code for one in rules() if not str(one.why)] == []


def test_a_second_rule_for_a_table_is_refused():
    with pytest.raises(ValueError, match="again"):
        register_rules(Rule(code="again", models=("registry.Person",), what="x", why="y"))


def test_a_period_counts_from_a_column():
    with pytest.raises(ValueError, match="counts: timeless"):
        register_rules(Rule(code="timeless", models=(), what="x", why="y", after=timedelta(days=1)))


def test_the_manual_has_each_rule_as_it_is():
    with translation.override("en"):
        lines = [f"| {one.code} | {one.what} | {one.how_long} | {one.why} |" for one in rules()]
    assert [line for line in REFERENCE.read_text().splitlines() if line in lines] == lines


def test_stewards_and_auditors_read_it(steward, auditor, nssf_reviewer):
    with translation.override("en"):
        first = str(rules()[0].why)
    for one in (steward, auditor):
        assert first.capitalize() in browser(one).get(PAGE).content.decode()
    assert browser(nssf_reviewer).get(PAGE).status_code == 403


def test_a_period_is_written_in_days_or_hours():
    with translation.override("en"):
        periods = [
            Rule(code="x", models=(), what="", why="", after=after).how_long
            for after in (None, timedelta(days=1), timedelta(days=30), timedelta(hours=12))
        ]
    assert periods == ["kept", "1 day", "30 days", "12 hours"]
