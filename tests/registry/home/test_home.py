"""A person's home page: what to do next; the card; the messages to their phone."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import services as applications
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.accounts.my_account import phone_change
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.ledger.shared_records import shared_records_of
from dsp_platform.exchange.models import Attempt, LedgerEntry, Operator
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.models import Message
from grievances import appeals
from registry.consents.services import withdraw_consent
from registry.models import Draft, Enrolment, Payment, Programme
from registry.persons.households import household_of
from registry.persons.reported import set_poverty_level
from registry.registration.services import register_household
from tests.applications.helpers import details, sign_in
from tests.applications.test_following import decide
from tests.built_once import built_once
from tests.roles import as_owner

# Whose answers the reader may give is read from the history of dates of birth.
MOST_QUERIES = 14


@built_once
def household(areas, operators, sokha):
    return register_household(actor=sokha, details=details())


@pytest.fixture
def person(household, sokha):
    return sokha.person


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
def programme(operators):
    return Programme.objects.create(
        code="voluntary-health", operator=operators["nssf"], name_km="ធានារ៉ាប់រង", name_en="Health insurance",
        state="open", rule="age >= 18",
    )  # fmt: skip


@pytest.fixture
def application(person, programme, sokha):
    return applications.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )


def home(user) -> str:
    return sign_in(user).get("/en/my/").content.decode()


def test_a_likely_programme_is_proposed_until_it_is_applied_for(person, programme, sokha):
    assert "likely for you" in home(sokha)
    applications.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )
    page = home(sokha)
    assert "likely for you" not in page
    assert "Nothing has to be done now." in page


def test_a_question_and_then_a_decision_come_first(application, sokha, nssf_reviewer):
    decide(application, nssf_reviewer, "ask_more", note="តើនៅណា?")
    assert "Answer a question about your application" in home(sokha)
    decide(application, nssf_reviewer)
    assert "Read the decision" in home(sokha)


def test_a_decision_is_news_for_a_month(application, sokha, nssf_reviewer):
    decide(application, nssf_reviewer)
    application.refresh_from_db()
    application.decided_at -= timedelta(days=31)
    application.save()
    assert "Read the decision" not in home(sokha)


def test_the_home_asks_the_database_fourteen_times_at_most(
    application, household, sokha, nssf_reviewer, operators
):
    application = decide(application, nssf_reviewer)
    appeals.appeal_decision(
        actor=sokha,
        assisted_session=None,
        application=application,
        text="ខុស",
        language="km",
        expected_version=2,
    )
    for code in ("one", "two", "three"):
        with as_owner():
            other = Programme.objects.create(
                code=code, operator=operators["nssf"], name_en=code, name_km=code, state="open", rule="true"
            )
        enrolment = Enrolment.objects.create(person=sokha.person, programme=other, since=timezone.localdate())
        Payment.objects.create(
            enrolment=enrolment, amount=34000, paid_on=timezone.localdate(), operator_reference=code
        )
    browser = sign_in(sokha)
    browser.get("/en/my/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = browser.get("/en/my/")
    assert "34,000" in answer.content.decode()
    assert len(queries) <= MOST_QUERIES, "\n".join(query["sql"][:90] for query in queries)


def test_the_poverty_level_is_on_it(household, sokha):
    assert "not assessed yet" in home(sokha)
    set_poverty_level(household=household, level="level1", valid_to=date(2029, 12, 31))
    assert "<strong>poor level 1</strong>" in home(sokha)
    assert "valid until 31/12/2029" in home(sokha)


def test_a_poverty_level_that_ran_out_is_said_to_have_run_out(household, sokha):
    yesterday = timezone.localdate() - timedelta(days=1)
    set_poverty_level(household=household, level="level1", valid_to=yesterday)
    assert f"ran out on {yesterday:%d/%m/%Y}" in home(sokha)


def test_after_the_registration_one_list_says_what_each_operator_does(registering_family):
    with as_owner():
        Programme.objects.create(
            code="poor", operator_id="idpoor", name_en="Assessment", name_km="វាយតម្លៃ", state="open"
        )
    registering_family.register()
    page = registering_family.client.get("/en/registered/").content.decode()
    assert page.count(f"<h3>{Operator.objects.get(code='idpoor')}</h3>") == 1
    assert "Will receive the details by itself." in page
    assert "Assessment" in page
    assert "nssf" not in page  # not agreed to


def test_nothing_sensitive_of_other_members_is_on_it(household, sokha):
    child = household.memberships.get(relationship="child").person
    child.walking = 4
    child.save()
    page = home(sokha)
    assert child.name in page
    for word in ("difficult", "disab", "pregnan", "walking"):
        assert word not in page.lower()


def test_before_the_registration_the_draft_is_told_with_its_last_day(sokha, areas):
    assert "Register the household" in home(sokha)
    Draft.objects.create(owner=sokha, answers={"consent": {}})
    page = home(sokha)
    assert "Go on with the registration" in page
    assert f"{timezone.localdate() + timedelta(30):%d/%m/%Y}" in page


def test_each_page_of_the_draft_tells_its_last_day(registering_family):
    registering_family.head()
    page = registering_family.client.get("/en/register/members/").content.decode()
    assert f"until {timezone.localdate() + timedelta(30):%d/%m/%Y}" in page


def test_the_official_sees_the_same_page_without_the_messages(commune_clerk, person):
    open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="check", consent_text="read out"
    )
    page = home(commune_clerk)
    assert person.spid_grouped in page
    assert "/my/messages/" not in page
    assert sign_in(commune_clerk).get("/en/my/messages/").status_code == 302


def test_the_card_shows_one_or_all_and_the_code_holds_only_the_number(household, sokha):
    head, child = (one.person for one in household.memberships.order_by("pk"))
    browser = sign_in(sokha)
    every = browser.get("/en/my/card/").content.decode()
    assert head.spid_grouped in every
    assert child.spid_grouped in every
    one = browser.get(f"/en/my/card/{child.pk}/").content.decode()
    assert child.spid_grouped in one
    assert head.spid_grouped not in one
    assert head.name not in one.partition("<main")[2]


def test_no_card_of_somebody_elses_household(household, sokha):
    stranger = User.objects.create_citizen(phone="+85516222333")
    register_household(actor=stranger, details=details("កែវ", "+85516222333"))
    assert sign_in(sokha).get(f"/en/my/card/{stranger.person.pk}/").status_code == 404
    assert Client().get("/en/my/card/").status_code == 302


def test_a_printed_card_is_noted_for_the_official(commune_clerk, person):
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="check", consent_text="read out"
    )
    sign_in(commune_clerk).get("/en/my/card/")
    assert AuditEvent.objects.filter(action="print", assisted_session_id=assisted_session.pk).exists()


def write(phone: str, template: str = "application_received", **params) -> None:
    notifications.send(
        phone=phone, language="km", template=template, params=params or {"reference": "A-0000-0000"}
    )


def test_the_messages_are_those_of_the_own_phone_and_page_by_page(sokha):
    for number in range(23):
        write("+85512345678", reference=f"A-MINE-{number:04}")
    write("+85516222333", reference="A-THEI-RS00")
    browser = sign_in(sokha)
    page = browser.get("/en/my/messages/")
    assert "A-MINE-0022" in page.content.decode()
    assert "A-MINE-0002" not in page.content.decode()
    older = browser.get(f"/en/my/messages/?before={page.context['before']}").content.decode()
    assert "A-MINE-0002" in older
    assert "A-MINE-0022" not in older
    assert "A-THEI-RS00" not in page.content.decode() + older


@pytest.mark.parametrize("typed", ["x", "-1", "១", "9" * 30, ""])
def test_a_cursor_that_is_none_shows_the_first_page(sokha, typed):
    write("+85512345678")
    page = sign_in(sokha).get(f"/en/my/messages/?before={typed}")
    assert page.status_code == 200
    assert "A-0000-0000" in page.content.decode()


def test_a_number_that_changed_hands_shows_nothing_of_before(sokha):
    write("+85512345678", reference="A-OLDO-WNER")
    Message.objects.update(created_at=sokha.date_joined - timedelta(days=1))
    assert "A-OLDO-WNER" not in sign_in(sokha).get("/en/my/messages/").content.decode()


def test_after_a_change_of_phone_nothing_shows_of_who_had_the_number_before(sokha):
    write("+85512345679", reference="A-OLDO-WNER")
    phone_change.change_phone(account=sokha, phone="+85512345679", keep=None)
    sokha.refresh_from_db()
    assert "A-OLDO-WNER" not in sign_in(sokha).get("/en/my/messages/").content.decode()


def test_who_has_a_valid_equity_card_is_not_told_to_ask_for_the_assessment(household, sokha):
    with as_owner():
        Programme.objects.create(
            code="assess",
            operator_id="idpoor",
            name_en="Assess",
            name_km="វាយតម្លៃ",
            state="open",
            rule="true",
        )
    yesterday = timezone.localdate() - timedelta(days=1)
    assert "likely for you" in home(sokha)
    for level, valid_to, told in (
        ("level2", date(2029, 12, 31), False),
        ("level2", yesterday, True),
        ("not_poor", None, True),
    ):
        set_poverty_level(household=household, level=level, valid_to=valid_to)
        page = home(sokha)
        assert ("likely for you" in page) == told, level


def next_of_idpoor(browser) -> str:
    page = browser.get("/en/registered/").content.decode()
    return page.partition(f"<h3>{Operator.objects.get(code='idpoor')}</h3>")[2].partition("</li>")[0]


def test_what_an_operator_does_is_said_of_the_consent_of_today(registering_family, sokha):
    registering_family.register()
    entries, said = LedgerEntry.objects.filter(operator="idpoor"), "Has been told to delete"
    entries.update(state="withdrawn", agreement=None, delivered_revision=1, delivered_at=timezone.now())
    assert "Receives the details once they are needed" in next_of_idpoor(registering_family.client)
    withdraw_consent(
        household=household_of(sokha.person), operator_code="idpoor", actor=sokha, assisted_session=None
    )
    assert "Has deleted the details." in next_of_idpoor(registering_family.client)
    entries.update(state="due", may_have_copy=True)
    assert said in next_of_idpoor(registering_family.client)


def test_what_was_deleted_is_confirmed_also_where_the_attempts_are_kept_no_more(registering_family, sokha):
    registering_family.register()
    at = timezone.now()
    for entry in LedgerEntry.objects.filter(operator="idpoor"):
        Attempt.objects.create(
            operator_id="idpoor", kind=entry.kind, subject_id=entry.subject_id, outcome="delivered",
            version=1, revision=1, digest=b"0", withdrawal=False, agreement=entry.agreement,
        )  # fmt: skip
    LedgerEntry.objects.filter(operator="idpoor").update(
        state="withdrawn", agreement=None, delivered_revision=2, delivered_at=at
    )
    records = shared_records_of({"person": [sokha.person.pk]})
    assert [(one.status, one.confirmed_at) for one in records] == [("deleted", at)]
    assert "Not confirmed yet" not in registering_family.client.get("/en/my/data/").content.decode()
