"""Who reads the history: a steward for a reason that is recorded, and the person themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from registry.models import Household, Membership, Person
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(family):
    return family.memberships.get(relationship="head").person


def record(model: str, key: int, **query: str) -> tuple[str, dict[str, str]]:
    return f"/en/admin/registry/{model}/{key}/change/", query


def test_a_steward_gives_a_reason_and_the_look_is_recorded(head, steward):
    client = browser(steward)
    path, _query = record("personhistory", head.pk)
    asked = client.get(path).content.decode()
    assert "Why do you look at this record?" in asked
    assert head.given_name not in asked
    page = client.get(path, {"reason": "question"}).content.decode()
    assert "Registration" in page
    assert head.given_name in page
    looks = AuditEvent.objects.filter(actor=steward, action="view", subject_kind="person")
    assert [(one.subject_id, one.reason) for one in looks] == [(head.pk, "question")]


def test_the_record_leads_to_its_history_with_the_same_reason(head, steward):
    page = browser(steward).get(record("person", head.pk)[0], {"reason": "question"}).content.decode()
    assert f"personhistory/{head.pk}/change/?reason=question" in page


def test_the_record_of_somebody_who_died_leads_to_its_history_too(people, steward):
    died = people["បុប្ផា"]
    Person.objects.filter(pk=died.pk).update(died_on="2026-11-01")
    client = browser(steward)
    page = client.get(record("deceased", died.pk)[0], {"reason": "question"}).content.decode()
    link = f"/en/admin/registry/personhistory/{died.pk}/change/?reason=question"
    assert link in page
    assert died.given_name in client.get(link).content.decode()


def test_a_relative_among_the_stewards_reads_nothing(head, people, steward):
    steward.spid = people["បុប្ផា"].spid
    with as_owner():
        steward.save(update_fields=["spid"])
    page = browser(steward).get(record("personhistory", head.pk)[0], {"reason": "question"}).content.decode()
    assert "so somebody else must decide it" in page
    assert head.given_name not in page


@pytest.mark.parametrize("who", ["nssf_reviewer", "auditor"])
def test_nobody_but_a_steward_opens_it(head, who, request):
    client = browser(request.getfixturevalue(who))
    assert client.get(record("personhistory", head.pk)[0], {"reason": "question"}).status_code in (403, 404)


def test_a_day_shows_what_was_known_then(head, steward):
    client, today = browser(steward), timezone.localdate()
    path, _query = record("personhistory", head.pk)

    def on(day) -> str:
        return client.get(path, {"reason": "question", "on": f"{day:%d/%m/%Y}"}).content.decode()

    assert head.given_name in on(today)
    assert "Nothing was recorded by then." in on(today - timedelta(days=3000))


def test_the_history_of_a_household_is_a_look_at_all_its_members(family, people, steward):
    path, _query = record("householdhistory", family.pk)
    page = browser(steward).get(path, {"reason": "question"}).content.decode()
    assert all(name in page for name in people)
    looks = AuditEvent.objects.filter(actor=steward, action="view", subject_kind="person")
    assert {one.subject_id for one in looks} == {one.pk for one in people.values()}


def test_the_person_reads_what_changed(family, phone_of_sokha):
    page = phone_of_sokha.get("/en/my/data/history/").content.decode()
    assert "Registration, online" in page
    assert family.number in page
    assert "/en/my/data/history/" in phone_of_sokha.get("/en/my/data/").content.decode()


@pytest.mark.parametrize("before", ["x", "nan", "1e400"])
def test_an_address_that_was_tampered_with_begins_anew(family, phone_of_sokha, before):
    assert "Registration" in phone_of_sokha.get(f"/en/my/data/history/?before={before}").content.decode()


def test_an_official_related_to_the_person_is_not_shown_it(maly, rith, other_clerk, other_laptop):
    other_clerk.spid = rith.spid
    other_clerk.save(update_fields=["spid"])
    open_assisted_session(official=other_clerk, subject_id=maly.pk, reason="check", consent_text="read out")
    page = other_laptop.get("/en/my/data/history/").content.decode()
    assert "What it says is not shown to you." in page
    assert "Registration" not in page


def test_the_households_of_a_person_stand_apart(head, family, steward):
    Household.objects.filter(pk=family.pk).update(number="H-AAAA-AAAA")
    other = Household.objects.create(number="H-BBBB-BBBB", village_id=family.village_id)
    lived = {"started_on": "2026-01-01", "ended_on": "2026-11-01"}
    Membership.objects.create(household=other, person=head, relationship="head", **lived)
    page = browser(steward).get(record("personhistory", head.pk)[0], {"reason": "question"}).content.decode()
    links = page.partition(f"<strong>{head.spid_grouped}</strong>")[2].partition("</p>")[0]
    assert " ".join(strip_tags(links).split()) == "– H-AAAA-AAAA – H-BBBB-BBBB"
