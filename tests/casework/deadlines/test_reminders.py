"""Before a deadline whoever works on an item is reminded: on the home of the admin, in queues, at desks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dsp_platform.accounts.models import User
from dsp_platform.casework.deadlines.reminders import due_soon, due_soon_among
from dsp_platform.casework.selectors import oldest_due_first
from grievances import services
from grievances.models import Grievance, Team
from tests.applications.helpers import sign_in
from tests.grievances.conftest import tell
from tests.grievances.routing.test_routing import COMMUNE, team

__all__ = ["tell"]

pytestmark = pytest.mark.django_db
PHNOM_PENH = ZoneInfo("Asia/Phnom_Penh")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PHNOM_PENH)


@pytest.fixture
def told(tell, operators, time_machine):
    """On Monday 3 August 2026, about a payment: to be taken up until Wednesday."""
    time_machine.move_to(at("2026-08-03 09:00"), tick=False)
    return tell(category="payment", operator=operators["nssf"])


def soon() -> list[Grievance]:
    found = list(due_soon(oldest_due_first(Grievance.objects.filter(state__in=Grievance.OPEN_STATES))))
    assert {one.pk for one in found} == due_soon_among(list(Grievance.objects.all()))
    return found


@pytest.mark.parametrize(
    ("when", "reminded"),
    [
        ("2026-08-03 23:59", False),
        ("2026-08-04 00:01", True),  # the last working day before
        ("2026-08-05 23:59", True),
        ("2026-08-06 00:01", False),  # late
    ],
)
def test_from_the_last_working_day_before_until_it_is_late(told, time_machine, when, reminded):
    time_machine.move_to(at(when), tick=False)
    assert (soon() == [told]) is reminded


def test_hours_are_half_over(tell, time_machine):
    time_machine.move_to(at("2026-08-03 09:00"), tick=False)
    tell(category="abuse")
    assert soon() == []
    time_machine.move_to(at("2026-08-03 21:01"), tick=False)
    assert len(soon()) == 1


def test_over_days_off_it_is_the_friday(told, nssf_reviewer, time_machine):
    """To be answered until Monday 10 August."""
    services.handle_grievance(grievance=told, step="take_up", actor=nssf_reviewer, expected_version=1)
    time_machine.move_to(at("2026-08-06 12:00"), tick=False)
    assert soon() == []
    time_machine.move_to(at("2026-08-07 08:00"), tick=False)
    assert soon() == [told]


def test_not_of_the_answer_of_the_person(told, nssf_reviewer, time_machine):
    services.handle_grievance(
        grievance=told, step="ask_more", actor=nssf_reviewer, expected_version=1, note="ពេលណា?"
    )
    told.refresh_from_db()
    assert told.due_for == "person"
    time_machine.move_to(told.due_at - timedelta(hours=1), tick=False)
    assert soon() == []


def labels(user: User) -> set[str]:
    page = sign_in(user).get("/en/admin/")
    return {one.label for queue in page.context["queues"] for one in queue.waiting if "soon" in one.label}


def test_it_is_told_to_whoever_has_it_else_to_all_who_may_take_it(
    told, nssf_reviewer, second_nssf_reviewer, time_machine
):
    time_machine.move_to(at("2026-08-04 09:00"), tick=False)
    assert labels(nssf_reviewer) == labels(second_nssf_reviewer) == {"Unassigned, due soon"}
    services.assignment.assign(told, actor=nssf_reviewer)
    assert labels(nssf_reviewer) == {"Mine, due soon"}
    assert labels(second_nssf_reviewer) == set()


@pytest.mark.parametrize(
    ("language", "mark", "what"),
    [("km", "ជិតដល់ថ្ងៃកំណត់", "ត្រូវទទួលយកមកពិនិត្យ"), ("en", "due soon", "to be taken up")],
)
def test_the_queue_marks_it_and_says_what_is_due(told, nssf_reviewer, time_machine, language, mark, what):
    def queue(words: str = "") -> str:
        return sign_in(nssf_reviewer).get(f"/{language}/admin/grievances/grievance/{words}").content.decode()

    assert f"<strong>{mark}</strong>" not in queue()
    assert what in queue()
    time_machine.move_to(at("2026-08-04 09:00"), tick=False)
    assert f"<strong>{mark}</strong>" in queue()
    assert told.reference in queue("?due=soon")
    time_machine.move_to(at("2026-08-06 09:00"), tick=False)
    assert told.reference not in queue("?due=soon")


def test_not_by_a_statement_for_each_row(told, tell, operators, nssf_reviewer, time_machine):
    time_machine.move_to(at("2026-08-04 09:00"), tick=False)
    client = sign_in(nssf_reviewer)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/admin/grievances/grievance/")
        return len(asked)

    statements()
    before = statements()
    for _number in range(3):
        tell(category="payment", operator=operators["nssf"])
    assert statements() == before


def test_the_desk_of_an_official_says_so(tell, areas, commune_clerk, time_machine):
    time_machine.move_to(at("2026-08-03 09:00"), tick=False)
    team(Team.Kind.COMMUNE, commune_clerk, area=areas[COMMUNE])
    tell(category="other", area=areas[COMMUNE])
    for when, words in (("2026-08-04 09:00", 0), ("2026-08-05 09:00", 1)):
        time_machine.move_to(at(when), tick=False)
        for address in ("/en/counter/", "/en/counter/grievances/"):
            page = sign_in(commune_clerk).get(address).content.decode()
            assert page.count("due soon") == words, (when, address)
