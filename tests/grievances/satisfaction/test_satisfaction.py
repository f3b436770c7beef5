"""Solved, partly or not: one button, by account or PIN; and the one time it is looked at again."""

from datetime import timedelta

import pytest
import time_machine

from dsp_platform.casework import errors as casework
from dsp_platform.working_days.calendar import day_of, end_of
from grievances import services, workflow
from grievances.models import Grievance
from grievances.satisfaction.services import MOST_RATINGS, rate_answer
from grievances.selectors import may_handle, queue_of
from grievances.sending import team_above
from grievances.timeline import last_day, staff_timeline, timeline
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
    grievance.answered_at -= workflow.REOPENED_WITHIN + timedelta(days=1)
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


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_answer_stands_above_the_question_whether_it_is_solved(answered, client, language):
    follow(client, answered)
    page = client.get(url("grievance", answered.reference, language=language)).content.decode()
    answer = answered.events.last().note
    assert 0 < page.index(answer) < page.index('name="satisfaction"')


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


def test_the_last_day_that_is_named_counts_to_its_end(answered):
    last = end_of(day_of(answered.answered_at) + workflow.REOPENED_WITHIN)
    with time_machine.travel(last - timedelta(minutes=1), tick=False):
        assert workflow.may_reopen(answered)
    with time_machine.travel(last + timedelta(minutes=1), tick=False):
        assert not workflow.may_reopen(answered)


@pytest.mark.parametrize(
    ("language", "words", "button", "title"),
    [
        ("en", "It goes to:", "Look again", "You asked us to look again"),
        ("km", "បណ្ដឹងនេះនឹងផ្ញើទៅ៖", "សុំពិនិត្យម្ដងទៀត", "អ្នកបានស្នើឱ្យពិនិត្យម្តងទៀត"),
    ],
)
def test_not_solved_leads_to_a_page_that_needs_no_words(answered, client, language, words, button, title):
    follow(client, answered)
    page = client.post(
        url("rate", answered.reference, language=language), {"satisfaction": "no"}, follow=True
    )
    address = url("look_again", answered.reference, language=language)
    assert page.redirect_chain == [(address, 302)]
    shown = page.content.decode()
    assert words in shown
    assert button in shown
    assert str(team_above(answered)) in shown
    assert last_day(answered) in shown
    sent = client.post(
        address, {"words": "", "version": page.context["form"]["version"].value()}, follow=True
    )
    assert sent.redirect_chain == [(url("files", answered.reference, language=language), 302)]
    answered.refresh_from_db()
    assert (answered.state, answered.team.kind, answered.satisfaction) == ("reported", "secretariat", "")
    after = client.get(url("grievance", answered.reference, language=language)).content.decode()
    assert title in after


def test_words_come_with_it_and_a_second_click_does_nothing_more(answered, client):
    follow(client, answered)
    sent = {"words": "នៅតែដដែល", "version": answered.version}
    for _click in range(2):
        answer = client.post(url("look_again", answered.reference), sent)
        assert answer.url == url("grievance", answered.reference)
    assert list(answered.events.values_list("step", "note"))[-1] == ("reopen", "នៅតែដដែល")


@pytest.mark.parametrize("language", ["en", "km"])
def test_what_cannot_be_looked_at_again_has_no_such_page_and_loses_no_words(
    answered, client, steward, language
):
    again = words(answered)
    handle(again, steward, version=again.version)
    follow(client, answered)
    page = client.post(url("rate", answered.reference, language=language), {"satisfaction": "no"})
    assert page.url == url("grievance", answered.reference, language=language)
    address = url("look_again", answered.reference, language=language)
    assert client.get(address).url == page.url
    kept = client.post(address, {"words": "ម្ដងទៀត", "version": again.version + 2}).content.decode()
    assert "ម្ដងទៀត" in kept
    assert "<textarea" not in kept


def test_who_presses_again_and_again_makes_one_line(answered):
    for number in range(MOST_RATINGS):
        rate(answered, ("no", "solved")[number % 2])
    titles = [entry.title for entry in timeline(answered)]
    assert titles.count(str(workflow.STEPS["rate"].title)) == 1
    assert [entry.title for entry in staff_timeline(answered)] == titles


@pytest.mark.parametrize("language", ["en", "km"])
def test_whoever_has_pressed_too_often_can_still_ask_for_it(answered, client, language):
    for number in range(MOST_RATINGS):
        rate(answered, ("no", "solved")[number % 2])
    follow(client, answered)
    page = client.get(url("grievance", answered.reference, language=language)).content.decode()
    assert 'name="satisfaction"' not in page
    assert url("look_again", answered.reference, language=language) in page


@pytest.mark.parametrize("language", ["en", "km"])
def test_nobody_else_asks_for_it(answered, client, language):
    address = url("look_again", answered.reference, language=language)
    for answer in (client.get(address), client.post(address, {"words": ""})):
        assert answer.url == url("follow", language=language)
    answered.refresh_from_db()
    assert answered.state == "resolved"


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_page_takes_no_words_then(answered, client, language):
    follow(client, long_ago(answered))
    page = client.get(url("grievance", answered.reference, language=language)).content.decode()
    assert "<textarea" not in page
    assert 'name="satisfaction"' not in page
