"""The stages of an application, and the letter of its decision."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
import time_machine
from django.utils import timezone, translation

from applications import services
from applications.deadlines import timetable_of
from applications.models import Application
from applications.stages import stages
from applications.timeline import events_of
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.deadlines.services import settle
from dsp_platform.exchange.models import Operator
from registry.models import Benefit, Programme
from tests.applications.helpers import sign_in
from tests.applications.test_pages import url
from tests.roles import as_owner

LATE = "This takes longer than usual."


def decide(application, actor, decision="refuse", **values):
    application.refresh_from_db()
    values = {"reason": "documents" if decision == "refuse" else "", **values}
    return services.decide(
        application=application,
        decision=decision,
        actor=actor,
        expected_version=application.version,
        **values,
    )


def way(application) -> list[tuple[str, str]]:
    application.refresh_from_db()
    with translation.override("en"):
        return [(stage.title, stage.how) for stage in stages(application, events_of(application))]


def page(user, name, application, language="en"):
    return sign_in(user).get(url(name, application.reference, language=language)).content.decode()


def test_the_way_ahead_is_shown_from_the_first_day(application, sokha):
    assert way(application) == [
        ("Received", "current"),
        ("Under review", "ahead"),
        ("Decision", "ahead"),
        ("Support starts", "ahead"),
    ]
    assert 'aria-current="step"' in page(sokha, "application", application)


def test_a_review_a_question_and_an_approval_move_on_the_way(application, nssf_reviewer):
    decide(application, nssf_reviewer, "take_up")
    assert way(application)[1] == ("Under review", "current")
    decide(application, nssf_reviewer, "ask_more", note="?")
    assert way(application)[1] == ("Waiting for your answer", "current")
    decide(application, nssf_reviewer, "approve")
    assert way(application)[2:] == [("Approved", "passed"), ("Support starts", "current")]


def test_a_refusal_ends_the_way(application, nssf_reviewer):
    decide(application, nssf_reviewer)
    assert way(application)[-1] == ("Not approved", "ended")


# Submitted on Monday 1 June 2026; Thursday 18 June is the Queen Mother's birthday.
SUBMITTED = datetime(2026, 6, 1, 10, tzinfo=ZoneInfo("Asia/Phnom_Penh"))


@pytest.mark.parametrize(
    ("named", "day"), [(None, "23/06/2026"), (0, "23/06/2026"), (5, "08/06/2026"), (60, "25/08/2026")]
)
def test_one_day_is_promised_which_the_programme_names(
    application, programme, sokha, nssf_reviewer, named, day
):
    """In working days. The stages, the promises and the reviewers' queue name the same."""
    promise(application, programme, named)
    with time_machine.travel(SUBMITTED, tick=False):
        shown = page(sokha, "application", application)
        assert f"until {day}" in shown
        assert f"It is decided until {day}" in shown
        decide(application, nssf_reviewer, "take_up")
    application.refresh_from_db()
    assert (application.due_for, f"{timezone.localtime(application.due_at):%d/%m/%Y}") == ("decide", day)


def promise(application, programme, days):
    """As if it had just been submitted, to a programme that names these."""
    with as_owner(), pgtrigger.ignore():
        Programme.objects.filter(pk=programme.pk).update(expected_days=days)
        application.events.update(at=SUBMITTED)
    application = Application.objects.get(pk=application.pk)
    settle(application, timetable_of(application.programme), now=SUBMITTED)


def test_an_operator_is_not_late_while_it_waits_for_an_answer(application, programme, sokha, nssf_reviewer):
    promise(application, programme, 5)
    with time_machine.travel(SUBMITTED + timedelta(days=7), tick=False):
        assert LATE not in page(sokha, "application", application)
        decide(application, nssf_reviewer, "ask_more", note="?")
    with time_machine.travel(SUBMITTED + timedelta(days=9), tick=False):
        assert LATE not in page(sokha, "application", application)


def test_a_late_operator_is_called_late(application, programme, sokha):
    promise(application, programme, 5)
    with time_machine.travel(SUBMITTED + timedelta(days=8), tick=False):
        assert LATE in page(sokha, "application", application)


def test_no_letter_before_a_decision(application, sokha):
    assert "letter/" not in page(sokha, "application", application)
    answer = sign_in(sokha).get(url("letter", application.reference))
    assert answer.url == url("application", application.reference)


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_letter_of_a_refusal(application, programme, sokha, nssf_reviewer, language):
    with as_owner():
        Programme.objects.update(appeal_days=30)
        Operator.objects.update(system_km="ប្រព័ន្ធ", system_en="System")
    programme.operator.refresh_from_db()
    decide(application, nssf_reviewer, note="ខ្វះសំបុត្រ")
    letter = page(sokha, "letter", application, language)
    until = timezone.localdate() + timedelta(30)
    with translation.override(language):
        for words in (application.reference, str(programme.operator), "ខ្វះសំបុត្រ", f"{until:%d/%m/%Y}"):
            assert words in letter
    assert nssf_reviewer.full_name not in letter
    # The QR code is of the reference; it is drawn inline, without an address.
    assert "<svg" in letter


def test_a_letter_keeps_the_last_day_it_promised(application, programme, sokha, nssf_reviewer):
    with as_owner():
        Programme.objects.update(appeal_days=30)
    decide(application, nssf_reviewer)
    with as_owner():
        Programme.objects.update(appeal_days=5)
    assert f"{timezone.localdate() + timedelta(30):%d/%m/%Y}" in page(sokha, "letter", application)


def test_without_a_number_of_days_no_last_day_is_invented(application, sokha, nssf_reviewer):
    decide(application, nssf_reviewer)
    assert "You can appeal at any time. Soon is best." in page(sokha, "letter", application)


def test_the_letter_of_an_approval_names_the_amounts_of_that_day(
    application, programme, sokha, nssf_reviewer
):
    rows = [("now", date(2026, 1, 1), None), ("long ago", date(2020, 1, 1), date(2021, 1, 1))]
    for label, since, until in rows:
        with as_owner():
            Benefit.objects.create(
                programme=programme,
                label_en=label,
                label_km=label,
                amount=34000,
                valid_from=since,
                valid_to=until,
            )
    decide(application, nssf_reviewer, "approve")
    letter = page(sokha, "letter", application)
    assert "34,000" in letter
    assert "long ago" not in letter
    assert f"given from {timezone.localdate():%d/%m/%Y}" in letter


def test_no_letter_of_a_withdrawn_application(application, sokha):
    services.withdraw(application=application, actor=sokha, assisted_session=None)
    assert sign_in(sokha).get(url("letter", application.reference)).status_code == 302


def test_the_letter_is_the_households_and_a_print_by_the_official_is_noted(
    application, nssf_reviewer, other_citizen, commune_clerk, clerk_assisted_session
):
    decide(application, nssf_reviewer)
    assert sign_in(other_citizen).get(url("letter", application.reference)).status_code == 404
    assert sign_in(commune_clerk).get(url("letter", application.reference)).status_code == 200
    assert AuditEvent.objects.filter(action="print", assisted_session_id=clerk_assisted_session.pk).exists()


def test_the_amounts_of_a_letter_are_neither_confidential_nor_only_announced(
    application, programme, sokha, nssf_reviewer
):
    given = {"programme": programme, "kind": "gives", "valid_from": date(2026, 1, 1)}
    with as_owner():
        Benefit.objects.create(label_en="Rice", amount=5000, **given)
    with as_owner():
        Benefit.objects.create(label_en="Secret", amount=6000, confidential=True, **given)
    with as_owner():
        Benefit.objects.create(label_en="Someday", amount=7000, precision="about", **given)
    decide(application, nssf_reviewer, "approve")
    text = page(sokha, "letter", application)
    assert [word in text for word in ("Rice", "Secret", "Someday")] == [True, False, False]
    home = sign_in(sokha).get("/en/my/").content.decode()
    assert "Secret" not in home
