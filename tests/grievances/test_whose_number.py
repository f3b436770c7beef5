"""News of a report goes to the number that was verified for it, whatever else it is about."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications import services as applications
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.notifications.models import Message
from grievances import services
from grievances.models import Grievance
from registry.models import LostNumber, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.grievances.test_appeals import programme as programme
from tests.registry.cast import household_details, person_details

HEADS = "+85512777000"
HERS = "+85512777001"
SISTERS = "+85516123123"
COMPLAINTS = [category for category in Grievance.Category.values if category != Grievance.Category.APPEAL]


@built_once
def maly(areas, operators):
    """Has no number of her own, in the household of a husband who has one."""
    head = User.objects.create_citizen(phone=HEADS)
    wife = person_details(given_name="ម៉ាលី", relationship="spouse", date_of_birth=date(1992, 3, 8), phone="")
    details = household_details(person_details(given_name="ហេង", phone=HEADS), wife, village_code="01020101")
    register_household(actor=head, details=details)
    return Person.objects.get(given_name="ម៉ាលី")


@pytest.fixture(params=["at the counter", "in her own account"])
def reporter(request, maly, commune_clerk):
    """Her side as a reporter: actor and assisted session."""
    if request.param == "at the counter":
        assisted_session = open_assisted_session(
            official=commune_clerk, subject_id=maly.pk, reason="grievance", consent_text="read out"
        )
        return {"actor": commune_clerk, "assisted_session": assisted_session}
    maly.account = User.objects.create_citizen(phone=HERS)
    maly.save(update_fields=["account"])
    return {"actor": maly.account, "assisted_session": None}


@pytest.fixture
def application(reporter, maly, programme):
    return applications.submit_application(**reporter, person=maly, programme=programme, consent=True)


@pytest.fixture
def texted(tell, reporter, steward):
    """Reports, confirms, adds to it, gets two answers; returns the numbers that were texted."""

    def all_of_it(**values):
        before = set(Message.objects.values_list("pk", flat=True))
        grievance = tell(**reporter, **values)
        if grievance.phone:
            services.confirm_phone(grievance=grievance, phone=grievance.phone)
        services.add_words(grievance=grievance, actor=None, assisted_session=None, text="ថ្មី")
        for step in ("take_up", "pass_on", "resolve"):
            handle(grievance, steward, step)
        services.add_words(grievance=grievance, actor=None, assisted_session=None, text="មិនត្រឹមត្រូវ")
        handle(grievance, steward, "dismiss")
        return list(
            Message.objects.exclude(pk__in=before).order_by("created_at").values_list("template", "phone")
        )

    return all_of_it


def handle(grievance, steward, step):
    grievance.refresh_from_db()
    services.handle_grievance(
        grievance=grievance,
        step=step,
        actor=steward,
        expected_version=grievance.version,
        note="យើងបានពិនិត្យ",
        operator=grievance.operator,
    )


def news_to(phone: str) -> list[tuple[str, str]]:
    return [(name, phone) for name in ("grievance_received", "grievance_changed", "grievance_changed")]


@pytest.mark.parametrize("category", COMPLAINTS)
def test_who_left_no_number_is_not_told_by_anybody_elses(texted, application, category):
    assert texted(category=category, application=application) == []


@pytest.mark.parametrize("category", COMPLAINTS)
def test_the_number_that_was_proved_gets_the_news_and_no_other(texted, application, category):
    assert texted(category=category, application=application, phone=SISTERS) == news_to(SISTERS)


@pytest.mark.parametrize("category", COMPLAINTS)
def test_no_news_once_whoever_reported_has_died(tell, reporter, maly, steward, category):
    """Then the SIM, and the account with it, belong to the family."""
    grievance = tell(**reporter, category=category, phone=HERS)
    services.confirm_phone(grievance=grievance, phone=HERS)
    Person.objects.filter(pk=maly.pk).update(died_on=date(2026, 11, 20), account=None)
    handle(grievance, steward, "resolve")
    assert not Message.objects.filter(template="grievance_changed").exists()


@pytest.mark.parametrize("category", COMPLAINTS)
def test_nor_to_a_number_that_is_said_to_be_lost(tell, reporter, maly, steward, category):
    grievance = tell(**reporter, category=category, phone=HERS)
    services.confirm_phone(grievance=grievance, phone=HERS)
    LostNumber.objects.create(person=maly, phone=HERS, at=timezone.now() - timedelta(days=8))
    handle(grievance, steward, "resolve")
    assert not Message.objects.filter(template="grievance_changed").exists()
