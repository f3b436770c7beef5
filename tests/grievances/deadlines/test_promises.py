"""The deadlines of a grievance from its report to its end, each kept as a row and shown to the person."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.deadlines.words import promises
from dsp_platform.casework.sweep import sweep
from dsp_platform.working_days.approvals import propose_day
from dsp_platform.working_days.calendar import working_days
from grievances import sending, services
from grievances.models import Grievance, default_team
from grievances.sending import go_up
from tests.approval.cast import approve_waiting

PHNOM_PENH = ZoneInfo("Asia/Phnom_Penh")
ANSWER = "យើងបានពិនិត្យហើយ"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PHNOM_PENH)


@pytest.fixture
def reported(tell, operators, time_machine):
    """On Monday 3 August 2026, about a payment: two days, five and ten."""
    time_machine.move_to(at("2026-08-03 09:00"), tick=False)
    return tell(category="payment", operator=operators["nssf"])


@pytest.fixture
def step(reported, nssf_reviewer, time_machine):
    def taking(name, when):
        time_machine.move_to(at(when), tick=False)
        reported.refresh_from_db()
        note = "" if name == "take_up" else ANSWER
        services.handle_grievance(
            grievance=reported, step=name, actor=nssf_reviewer, expected_version=reported.version, note=note
        )
        reported.refresh_from_db()

    return taking


def open_ones(grievance):
    rows = grievance.deadlines.filter(ended_at=None).order_by("due_at")
    return {row.due_for: row.due_at.astimezone(PHNOM_PENH).date().isoformat() for row in rows}


def next_of(grievance):
    grievance.refresh_from_db()
    return grievance.due_for, grievance.due_at and grievance.due_at.astimezone(PHNOM_PENH).date().isoformat()


def test_a_report_is_promised_to_be_taken_up_answered_and_resolved(reported):
    assert open_ones(reported) == {
        "acknowledge": "2026-08-05", "answer": "2026-08-10", "resolve": "2026-08-17",
    }  # fmt: skip
    assert next_of(reported) == ("acknowledge", "2026-08-05")


def test_what_is_done_ends_and_the_next_one_is_due(reported, step):
    step("take_up", "2026-08-04 10:00")
    assert next_of(reported) == ("answer", "2026-08-10")
    step("inform", "2026-08-06 10:00")
    assert next_of(reported) == ("resolve", "2026-08-17")
    step("resolve", "2026-08-12 10:00")
    assert next_of(reported) == ("", None)
    assert set(reported.deadlines.values_list("due_for", "how")) == {
        ("acknowledge", "done"), ("answer", "done"), ("resolve", "done"),
    }  # fmt: skip


def test_while_the_person_is_asked_only_their_answer_is_due(reported, step, time_machine):
    step("take_up", "2026-08-04 10:00")
    step("ask_more", "2026-08-05 10:00")
    assert next_of(reported) == ("person", "2026-08-26")
    assert open_ones(reported) == {"person": "2026-08-26"}
    assert set(reported.deadlines.filter(how="paused").values_list("due_for", flat=True)) == {
        "answer",
        "resolve",
    }
    time_machine.move_to(at("2026-08-10 10:00"), tick=False)
    services.add_words(grievance=reported, actor=None, assisted_session=None, text="ចម្លើយ")
    # Two of five days, and of ten, were over.
    assert open_ones(reported) == {"answer": "2026-08-13", "resolve": "2026-08-20"}


def test_nothing_waits_forever_for_somebody_who_does_not_answer(reported, step):
    step("ask_more", "2026-08-04 10:00")
    assert next_of(reported) == ("person", "2026-08-25")
    assert sweep(at("2026-08-25 23:00")) == 0
    assert sweep(at("2026-08-26 00:01")) == 1
    # Of five days one was over, and of ten.
    assert open_ones(reported) == {"answer": "2026-08-31", "resolve": "2026-09-07"}
    assert next_of(reported) == ("answer", "2026-08-31")


def test_the_sweep_passes_on_once_what_is_late(reported):
    late = AuditEvent.objects.filter(action="overdue", subject_kind="grievance", subject_id=reported.pk)
    assert sweep(at("2026-08-05 23:00")) == 0
    sweep(at("2026-08-06 00:01"))
    sweep(at("2026-08-06 00:02"))
    assert [one.reason for one in late] == ["acknowledge"]
    # What was promised stays promised.
    assert open_ones(reported)["acknowledge"] == "2026-08-05"


def test_where_nobody_is_above_it_is_told_once_for_each_promise(reported):
    late = AuditEvent.objects.filter(action="overdue", subject_kind="grievance", subject_id=reported.pk)
    Grievance.objects.update(team=default_team())
    for day in ("2026-08-06", "2026-08-12", "2026-08-19", "2026-08-26"):
        sweep(at(f"{day} 00:01"))
    assert sorted(one.reason for one in late) == ["acknowledge", "answer", "resolve"]


def test_one_that_fails_keeps_no_other_from_its_time(reported, tell, monkeypatch, caplog):
    other = tell()

    def fail(item, step, **taken):
        if item.pk == reported.pk:
            raise ValueError
        go_up(item, step, **taken)

    monkeypatch.setattr(sending, "go_up", fail)
    sweep(at("2026-08-06 00:01"))
    late = AuditEvent.objects.filter(action="overdue", subject_kind="grievance")
    assert [str(one.subject_id) for one in late] == [str(other.pk)]
    assert "deadlines.grievance failed" in caplog.text


def test_a_decree_moves_the_deadlines_that_run_over_its_day(reported, steward, second_steward):
    propose_day(day=at("2026-08-10 00:00").date(), rule="off", decree="លេខ ១", actor=steward)
    approve_waiting(second_steward)
    assert sweep(at("2026-08-03 10:00")) == 1
    assert open_ones(reported) == {
        "acknowledge": "2026-08-05", "answer": "2026-08-11", "resolve": "2026-08-18",
    }  # fmt: skip
    assert sweep(at("2026-08-03 10:01")) == 0
    assert set(reported.deadlines.filter(how="moved").values_list("due_for", flat=True)) == {
        "answer",
        "resolve",
    }


def test_the_person_reads_the_promise_and_that_it_is_late(reported):
    assert promises(reported, at("2026-08-03 10:00"))[0].endswith("ត្រឹម 05/08/2026")
    late = promises(reported, at("2026-08-06 10:00"))
    assert [one.startswith("យឺត") for one in late] == [True, False, False]


def test_items_from_before_there_were_deadlines_get_theirs(reported):
    reported.deadlines.filter(ended_at=None).update(ended_at=reported.reported_at)
    Grievance.objects.update(due_at=None, due_for="")
    assert sweep(at("2026-08-03 10:00")) == 1
    assert next_of(reported) == ("acknowledge", "2026-08-05")


def test_what_is_opened_again_is_promised_anew(reported, step, time_machine):
    step("resolve", "2026-08-04 10:00")
    time_machine.move_to(at("2026-08-07 10:00"), tick=False)
    services.add_words(grievance=reported, actor=None, assisted_session=None, text="មិនទាន់ដោះស្រាយ")
    assert open_ones(reported) == {
        "acknowledge": "2026-08-11", "answer": "2026-08-14", "resolve": "2026-08-21",
    }  # fmt: skip


@pytest.mark.parametrize("wait", [0, 1, 8, 30])
def test_whoever_asks_again_and_again_keeps_it_fifteen_days_at_most(
    tell, operators, nssf_reviewer, time_machine, wait
):
    """However the questions are ended without an answer of the person."""
    time_machine.move_to(at("2026-02-02 09:00"), tick=False)
    grievance = tell(category="other", operator=operators["nssf"])
    promised = open_ones(grievance)["resolve"]
    now, categories = at("2026-02-02 10:00"), ("assessment", "other")
    for number in range(30):
        for step, values in (("ask_more", {}), ("recategorise", {"category": categories[number % 2]})):
            time_machine.move_to(now, tick=False)
            grievance.refresh_from_db()
            services.handle_grievance(
                grievance=grievance,
                step=step,
                actor=nssf_reviewer,
                expected_version=grievance.version,
                note=f"{ANSWER} {number}",
                **values,
            )
            now += timedelta(days=wait if step == "ask_more" else 1)
    last = datetime.fromisoformat(open_ones(grievance)["resolve"]).date()
    assert working_days().between(datetime.fromisoformat(promised).date(), last) <= 16
    assert sweep(now) >= 1
    grievance.refresh_from_db()
    assert grievance.events.last().step == "escalate"


def test_an_answer_gives_the_days_of_the_next_question_anew(reported, step, time_machine):
    step("ask_more", "2026-08-03 10:00")
    time_machine.move_to(at("2026-08-20 10:00"), tick=False)
    services.add_words(grievance=reported, actor=None, assisted_session=None, text="ចម្លើយ")
    step("ask_more", "2026-08-21 10:00")
    assert next_of(reported) == ("person", "2026-09-11")


def test_a_question_that_nobody_answered_leaves_fewer_days_to_the_next(reported, nssf_reviewer, step):
    step("ask_more", "2026-08-03 10:00")
    reported.refresh_from_db()
    services.handle_grievance(
        grievance=reported,
        step="recategorise",
        actor=nssf_reviewer,
        expected_version=reported.version,
        note=ANSWER,
        category="other",
    )
    step("ask_more", "2026-08-04 10:00")
    assert next_of(reported) == ("person", "2026-08-24")
