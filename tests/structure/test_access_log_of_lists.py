"""Opening a list about people is logged like opening a record: with its filters, never the words typed."""

import json

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.audit.retention_admin import Retention
from dsp_platform.exchange.models import Agreement, Incident, Operator
from dsp_platform.jobs.models import Job
from dsp_platform.notifications.models import Budget, CircuitBreaker
from dsp_platform.working_days.models import DecreedDay
from grievances.models import Grievance, RoutingRule, Team
from registry.models import (
    Area,
    Enrolment,
    ImportRun,
    ImportSource,
    LifeSituation,
    Programme,
    ProgrammeQuestion,
)
from tests.structure.test_admin_lists import PAGES, list_of, seen_lists

# These lists show offices, rules and machines. A new list is about people unless it is added here.
NOT_ABOUT_PEOPLE = {
    Agreement, Area, Budget, CircuitBreaker, ImportRun, ImportSource, Incident, Job, LifeSituation, Operator,
    Programme, ProgrammeQuestion, Retention, DecreedDay,
    RoutingRule, Team,
}  # fmt: skip


def noted() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="list").order_by("pk"))


def test_a_list_is_about_people_unless_it_is_known_not_to_be():
    assert {model for model, page in PAGES.items() if not page.about_people} <= NOT_ABOUT_PEOPLE


def test_every_list_about_people_is_noted_once(staff_clients):
    for _who, client, model, page in seen_lists(staff_clients):
        before = len(noted())
        answer = client.get(list_of(model))
        events = noted()[before:]
        assert len(events) == page.about_people, model
        for event in events:
            assert event.subject_kind == model._meta.model_name
            assert event.actor == answer.wsgi_request.user
            assert event.details["rows"] == len(answer.context["cl"].result_list)


def test_the_names_of_filters_are_noted_and_no_value(staff_clients):
    staff_clients["steward"].get(f"{list_of(User)}?role__exact=reviewer&o=1&p=1")
    staff_clients["steward"].post(f"{list_of(User)}?is_active__exact=1", {"q": "walker"})
    first, second = (event.details for event in noted()[-2:])
    assert first == {"filters": ["role__exact"], "ordered": True, "page": 1, "rows": 3, "searched": False}
    assert (second["filters"], second["searched"]) == (["is_active__exact"], True)
    assert "walker" not in json.dumps(second)


@pytest.mark.parametrize(("who", "model"), [("reviewer nssf", Application), ("steward", Grievance)])
def test_whose_assisted_session_was_listed_is_noted(staff_clients, who, model):
    shown = staff_clients[who].get(list_of(model)).context["cl"].result_list
    listed = AuditEvent.objects.filter(action="listed", subject_kind=model._meta.model_name)
    assert set(listed.values_list("subject_id", flat=True)) == {row.pk for row in shown} != set()


def test_whoever_is_enrolled_reads_that_they_were_listed(staff_clients, browsers, sokha):
    enrolment = Enrolment.objects.get()
    enrolment.operator_reference = "N-1"
    enrolment.save(update_fields=["operator_reference"])
    staff_clients["steward"].post(list_of(Enrolment), {"q": "N-1"})
    access = AuditEvent.objects.get(action="listed", subject_kind="person")
    assert access.subject_id == sokha.person.pk
    page = browsers["citizen"].get("/en/my/data/access-log/").content.decode()
    assert "appeared in a search list" in page


def test_noting_asks_the_database_once(staff_clients):
    client, page = staff_clients["reviewer nssf"], admin.site._registry[Application]
    with CaptureQueriesContext(connection) as asked:
        client.get(list_of(Application))
    written = [one["sql"] for one in asked if 'INSERT INTO "audit_auditevent"' in one["sql"]]
    assert page.about_people
    assert len(written) == 1
    assert '"listed"' in written[0]


def test_the_list_of_changes_at_the_counter_is_noted(browsers):
    assert browsers["official"].get("/km/counter/changes/").status_code == 200
    assert [(event.subject_kind, event.details) for event in noted()] == [("changerequest", {"rows": 0})]
