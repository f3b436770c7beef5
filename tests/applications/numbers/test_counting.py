"""The numbers of a programme, counted by hand."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application, ApplicationDeadline
from applications.numbers.counting import numbers
from dsp_platform.accounts.models import Duty
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.duties import of_duty

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
IN_OCTOBER = datetime(2026, 10, 10, 3, tzinfo=UTC)
_number = count(1)


def received(programme, person, sokha, many: int, state: str, *, days: float = 0, late: bool = False, **more):
    """``days``: from receipt to decision."""
    at = more.pop("at", IN_OCTOBER)
    is_decided = state in ("approved", "refused")
    rows = Application.objects.bulk_create(
        Application(
            reference=f"A-{next(_number):08}",
            programme=programme,
            person=person,
            state=state,
            verdict="likely",
            rule_version=1,
            submitted_by=sokha,
            submitted_at=at,
            decided_at=at + timedelta(days=days) if is_decided else None,
            **more,
        )
        for _one in range(many)
    )
    if is_decided:
        ended = at + timedelta(days=days)
        due = ended + timedelta(days=-1 if late else 1)
        ApplicationDeadline.objects.bulk_create(
            ApplicationDeadline(item=row, due_for="decide", since=at, due_at=due, ended_at=ended, how="done")
            for row in rows
        )


def test_times_shares_and_promises_of_a_month(programme, other_programme, person, sokha):
    received(programme, person, sokha, 50, "approved", days=4)
    received(programme, person, sokha, 20, "refused", days=10)
    received(programme, person, sokha, 10, "refused", days=30, late=True, referred_to=other_programme)
    received(programme, person, sokha, 20, "withdrawn")
    (october,) = numbers(programme, TODAY)
    assert october.first_day == date(2026, 10, 1)
    assert (october.received, october.decided) == (100, 80)
    assert (october.median_days, october.most_days) == (4, 30)
    shares = (october.approved, october.refused, october.referred, october.withdrawn)
    assert shares == (50, 20, 10, 20)
    assert october.in_time == 88  # 70 of 80


def test_each_month_for_itself_by_the_day_in_phnom_penh(programme, person, sokha):
    received(programme, person, sokha, 12, "approved", days=1)
    midnight = datetime(2026, 10, 31, 17, 30, tzinfo=UTC)  # 1 November, 0:30
    received(programme, person, sokha, 15, "approved", days=1, at=midnight)
    received(programme, person, sokha, 15, "approved", days=1, at=datetime(2025, 11, 30, 3, tzinfo=UTC))
    found = [(one.first_day, one.received) for one in numbers(programme, TODAY)]
    assert found == [(date(2026, 11, 1), 15), (date(2026, 10, 1), 12)]


def test_a_month_with_few_shows_nothing(programme, person, sokha):
    received(programme, person, sokha, 9, "approved", days=1)
    (october,) = numbers(programme, TODAY)
    assert october.received is october.decided is october.approved is october.median_days is None


def test_no_difference_tells_of_few(programme, person, sokha):
    received(programme, person, sokha, 50, "approved", days=4)
    received(programme, person, sokha, 3, "refused", days=4)
    received(programme, person, sokha, 40, "withdrawn")
    (october,) = numbers(programme, TODAY)
    shares = (october.approved, october.refused, october.referred, october.withdrawn)
    # Without the approved ones, too: 53 that are decided less 50 would tell the three.
    assert (october.decided, shares) == (53, (None, None, 0, 43))


def test_the_decided_less_the_approved_do_not_tell_the_refused(programme, person, sokha):
    received(programme, person, sokha, 45, "approved", days=4)
    received(programme, person, sokha, 5, "refused", days=4)
    received(programme, person, sokha, 20, "withdrawn")
    (october,) = numbers(programme, TODAY)
    shares = (october.approved, october.refused, october.referred, october.withdrawn)
    assert (october.received, october.decided, shares) == (70, 50, (None, None, 0, 29))


def test_few_that_are_open_are_not_told_by_the_others(programme, person, sokha):
    received(programme, person, sokha, 40, "approved", days=4)
    received(programme, person, sokha, 1, "in_review")
    (october,) = numbers(programme, TODAY)
    assert (october.received, october.decided, october.approved) == (41, None, None)


@pytest.mark.parametrize("late", [1, 24])
def test_few_that_were_late_or_in_time_are_not_told(programme, person, sokha, late):
    received(programme, person, sokha, 25 - late, "approved", days=4)
    received(programme, person, sokha, late, "approved", days=4, late=True)
    (october,) = numbers(programme, TODAY)
    assert (october.decided, october.in_time) == (25, None)


@pytest.mark.parametrize(("ended_after", "in_time"), [(-1, 100), (1, 0)])
def test_a_day_that_was_moved_once_it_had_passed_was_not_kept(programme, person, sokha, ended_after, in_time):
    """As the public numbers of grievances count it."""
    received(programme, person, sokha, 20, "approved", days=4)
    due = IN_OCTOBER + timedelta(days=2)
    ended = due + timedelta(days=ended_after)
    ApplicationDeadline.objects.bulk_create(
        ApplicationDeadline(
            item=row, due_for="decide", since=IN_OCTOBER, due_at=due, ended_at=ended, how="moved"
        )
        for row in Application.objects.all()
    )
    assert numbers(programme, TODAY)[0].in_time == in_time


def test_one_statement(programme, person, sokha):
    with CaptureQueriesContext(connection) as asked:
        numbers(programme, TODAY)
    assert len(asked) == 1


def page(user, language: str = "en", **query):
    return sign_in(user).get(address("admin:applications_application_numbers", language=language), query)


@pytest.mark.parametrize(("language", "words"), [("km", "តួលេខនៃកម្មវិធី"), ("en", "Numbers of the programmes")])
@pytest.mark.parametrize("duty", [Duty.SUPERVISOR, Duty.READ_ONLY])
def test_supervisors_and_readers_read_those_of_their_operator(
    programme, other_programme, person, sokha, duty, language, words
):
    received(programme, person, sokha, 12, "approved", days=1)
    user = of_duty(duty)
    shown = page(user, language, programme=programme.code)
    assert words in shown.content.decode()
    own = {one.operator_id for _link, one, _chosen in shown.context["programmes"]}
    assert own == {"nssf"}


def test_of_another_operator_there_is_nothing(programme):
    user = of_duty(Duty.SUPERVISOR, "family_package")
    assert page(user, programme=programme.code).status_code == 404


def test_stewards_read_all(programme, steward):
    assert page(steward, programme=programme.code).context["programme"] == programme


@pytest.mark.parametrize("who", ["nssf_reviewer", "auditor"])
def test_for_nobody_else(programme, request, who):
    assert page(request.getfixturevalue(who)).status_code == 403


def test_an_editor_reads_none(programme):
    assert page(of_duty(Duty.CATALOGUE)).status_code == 403
