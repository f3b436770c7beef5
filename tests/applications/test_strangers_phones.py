"""Phone numbers of members are entered by whoever registers the household, so they are unproved."""

from dataclasses import replace
from datetime import date

import pytest

from applications import services
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.registration.services import register_household
from tests.applications.helpers import details
from tests.registry.changes.cast import about, ask

STRANGERS = [f"+8551600{count:04}" for count in range(10)]


def household_of_strangers(actor, assisted_session=None):
    """The head, and ten members with numbers of ten strangers."""
    plain = details()
    spouse = replace(plain.members[0], sex="male", relationship="other_relative", phone="", circumstances={})
    members = [
        replace(
            spouse,
            given_name=f"សុខា{'ក' * (count + 1)}",
            born=PartialDate(date(1985, 1, 1 + count)),
            phone=phone,
        )
        for count, phone in enumerate(STRANGERS)
    ]
    return register_household(
        actor=actor,
        details=replace(plain, members=(plain.members[0], *members)),
        assisted_session=assisted_session,
    )


@pytest.fixture
def household(areas, operators, sokha):
    return household_of_strangers(sokha)


def texted(**of: str) -> set[str]:
    return set(Message.objects.filter(**of).values_list("phone", flat=True))


def apply_for_all(household, programme, actor, assisted_session=None) -> None:
    for membership in household.memberships.all():
        services.submit_application(
            actor=actor,
            assisted_session=assisted_session,
            person=membership.person,
            programme=programme,
            consent=True,
        )


def test_what_a_stranger_registers_and_applies_for_is_texted_to_their_own_phone(
    household, programme, nssf_agreements, sokha
):
    apply_for_all(household, programme, sokha)
    assert Message.objects.count() == 12
    assert texted() == {sokha.phone}


def test_other_contact_numbers_one_types_for_oneself_are_not_texted(
    household, programme, nssf_agreements, sokha
):
    for phone in STRANGERS:
        ask(sokha, "phone", who=about(sokha.person), phone={"phone": phone})
    sokha.person.refresh_from_db()
    assert sokha.person.phone == STRANGERS[-1]
    apply_for_all(household, programme, sokha)
    assert texted() == {sokha.phone}


def test_what_an_official_wrote_down_is_texted(areas, operators, programme, nssf_agreements, commune_clerk):
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="new", consent_text="read out"
    )
    household = household_of_strangers(commune_clerk, assisted_session)
    member = household.memberships.get(person__phone=STRANGERS[0]).person
    services.submit_application(
        actor=commune_clerk,
        assisted_session=assisted_session,
        person=member,
        programme=programme,
        consent=True,
    )
    assert texted(template="application_received") == {STRANGERS[0]}
