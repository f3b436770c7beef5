"""The home of the admin says what waits in the work queues of whoever opens it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import services as applications
from tests.applications.helpers import sign_in
from tests.casework.kinds import address


def home(user, language: str = "en"):
    return sign_in(user).get(address("admin:index", language=language))


def waiting(page) -> dict[str, dict[str, str]]:
    return {queue.title: {one.label: one.count for one in queue.waiting} for queue in page.context["queues"]}


def test_a_reviewer_reads_what_is_late_mine_and_nobodys(application, second_application, nssf_reviewer):
    application.due_at = timezone.now() - timedelta(days=1)
    application.save(update_fields=["due_at"])
    applications.assignment.assign(second_application, actor=nssf_reviewer)
    page = home(nssf_reviewer)
    assert waiting(page) == {
        "Applications": {"Late": "1", "Mine": "1", "Unassigned": "1", "To be decided": "2"},
        "Grievances": {},
    }
    for queue in page.context["queues"]:
        for one in queue.waiting:
            found = sign_in(nssf_reviewer).get(one.link).context["cl"].result_count
            assert str(found) == one.count, one.link


@pytest.mark.parametrize(("language", "words"), [("km", "មិនទាន់ប្រគល់ឱ្យនរណា"), ("en", "Unassigned")])
def test_in_both_languages(application, nssf_reviewer, language, words):
    assert words in home(nssf_reviewer, language).content.decode()


def test_of_the_own_operator_only(application, family_package_reviewer, auditor):
    assert waiting(home(family_package_reviewer)) == {"Applications": {}, "Grievances": {}}
    assert waiting(home(auditor)) == {}


def test_in_one_statement_for_each_queue(application, nssf_reviewer, steward):
    for user in (nssf_reviewer, steward):
        browser = sign_in(user)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(address("admin:index", language="en"))
        counted = [one["sql"] for one in asked if one["sql"].startswith("SELECT (SELECT count")]
        # Of stewards alone: what no team takes, and officials of whom nobody knows who they are.
        alarms = [one for one in counted if '"taken_by_no_team"' in one or "\"spid\" = ''" in one]
        assert len(alarms) == 2 * user.is_steward
        assert len(counted) - len(alarms) == len(page.context["queues"])
