"""A yes typed at the counter is recorded with the assisted session, if that is with whom it is about."""

import pytest

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from registry.models import Person
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import ask, joining, press
from tests.registry.phones.test_pages import code_in
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(family_of_one, maly, sokha):
    return ask(sokha, "joins", **joining(maly))


@pytest.fixture
def neighbour(areas, operators, second_clerk) -> Person:
    details = household_details(person_details(family_name="ជា"))
    return register_household(actor=second_clerk, details=details).memberships.get().person


@pytest.mark.parametrize("whose", ["asker", "neighbour", "nobody"])
def test_by_code(move, neighbour, commune_clerk, whose):
    person = {"asker": move.asked_for, "neighbour": neighbour, "nobody": None}[whose]
    session = person and open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="change", consent_text="read out"
    )
    client, page = browser(commune_clerk), f"/en/counter/moves/{move.reference}/"
    press(client, page, "send")
    client.post(f"{page}code/", {"code": code_in(client)})
    said = AuditEvent.objects.get(action="change_yes")
    assert said.actor_id == commune_clerk.pk
    assert said.assisted_session_id == (session.pk if session and whose == "asker" else None)
