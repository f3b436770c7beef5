"""Solved, partly or not: one button, by account or PIN; and the one time it is looked at again."""

from datetime import timedelta

import pytest

from dsp_platform.casework import errors as casework
from grievances import services, workflow
from grievances.models import Grievance
from grievances.satisfaction.services import MOST_RATINGS, rate_answer
from grievances.selectors import may_handle, queue_of
from tests.grievances.test_pages import follow, url
from tests.grievances.test_services import handle


@pytest.fixture
def answered(tell, nssf_reviewer, operators):
    return handle(tell(operator=operators["nssf"]), nssf_reviewer)


def rate(grievance, satisfaction="solved"):
    return rate_answer(grievance=grievance, actor=None, assisted_session=None, satisfaction=satisfaction)


def words(grievance, text="នៅតែដដែល"):
    return services.add_words(grievance=grievance, actor=None, assisted_session=None, text=text)


def long_ago(grievance):
    grievance.answered_at -= workflow.REOPENED_WITHIN + timedelta(minutes=1)
    grievance.save(update_fields=["answered_at"])
    return grievance


@pytest.mark.parametrize("language", ["en", "km"])
def test_one_button_with_the_pin(answered, client, language):
    follow(client, answered)
    page = client.get(url("grievance", answered.reference, language=language)).content.decode()
    assert page.count('name="satisfaction"') == len(Grievance.Satisfaction)
    client.post(url("rate", answered.reference, language=language), {"satisfaction": "partly"})
    answered.refresh_from_db()
    assert (answered.satisfaction, answered.state) == ("partly", "resolved")


def test_nobody_else_says_it(answered, client):
    assert client.post(url("rate", answered.reference), {"satisfaction": "no"}).url == url("follow")
    answered.refresh_from_db()
    assert answered.satisfaction == ""


def test_said_twice_it_is_said_once(answered):
    rate(answered)
    assert rate(answered).events.filter(step="rate").count() == 1


def test_it_may_be_changed_some_times(answered):
    for number in range(MOST_RATINGS):
        rate(answered, ("no", "solved")[number % 2])
    with pytest.raises(casework.StepNotAllowed):
        rate(answered, "solved")


@pytest.mark.parametrize("said", ["", "x"])
def test_another_word_is_refused(answered, said):
    with pytest.raises(casework.ReasonMissing):
        rate(answered, said)


def test_not_before_the_answer_nor_long_after(tell, answered):
    for grievance in (tell(), long_ago(answered)):
        with pytest.raises(casework.StepNotAllowed):
            rate(grievance)


def test_not_solved_goes_to_the_secretariat_whose_answer_may_be_judged_anew(answered, nssf_reviewer, steward):
    again = words(rate(answered, "no"))
    assert (again.state, again.satisfaction, again.assignee) == ("reported", "", None)
    assert not may_handle(nssf_reviewer, again)
    assert again not in queue_of(nssf_reviewer)
    solved = handle(again, steward, version=again.version)
    assert rate(solved).satisfaction == "solved"


def test_not_a_second_time(answered, steward):
    again = words(answered)
    handle(again, steward, version=again.version)
    with pytest.raises(casework.StepNotAllowed):
        words(again, "ម្ដងទៀត")


def test_not_after_14_days(answered):
    with pytest.raises(casework.StepNotAllowed):
        words(long_ago(answered))


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_page_takes_no_words_then(answered, client, language):
    follow(client, long_ago(answered))
    page = client.get(url("grievance", answered.reference, language=language)).content.decode()
    assert "<textarea" not in page
    assert 'name="satisfaction"' not in page
