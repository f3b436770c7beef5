"""The death of somebody who lived alone is told at the counter by those who know of it."""

import pytest

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.notifications.models import Message
from registry.changes.kinds import KINDS
from registry.changes.selectors import household_context
from registry.changes.views import _is_impossible
from registry.changes.wizard import ChangeWizard
from registry.models import Consent
from tests.registry.cast import official
from tests.registry.changes.cast import ask, decide, heard
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
DIED = {"died": "2026-11-20"}


@pytest.fixture
def alone(family_of_one):
    return family_of_one.memberships.get().person


@pytest.fixture
def case(alone, commune_clerk):
    return AssistedSession.objects.create(
        official=commune_clerk, subject_id=alone.pk, reason="account", consent_text="x"
    )


def offered(user, assisted_session=None) -> bool:
    wizard = ChangeWizard(KINDS["death"], household_context(user, assisted_session), {})
    return not _is_impossible(wizard)


def test_it_is_offered_at_the_counter_only(alone, sokha, commune_clerk, case):
    assert offered(commune_clerk, case)
    assert not offered(sokha)
    page = browser(sokha).get("/en/my/changes/death/").content.decode()
    assert "There is nobody else in the household" in page


def test_the_household_is_closed_and_nobody_is_written_to(alone, family_of_one, commune_clerk, case):
    request = heard(ask(commune_clerk, "death", assisted_session=case, died=DIED))
    written = Message.objects.count()
    decide(request, official("clerk.decides", "010201"))
    alone.refresh_from_db()
    family_of_one.refresh_from_db()
    assert (alone.died_on.isoformat(), alone.account) == ("2026-11-20", None)
    assert family_of_one.closed_on is not None
    assert not Consent.objects.filter(household=family_of_one, withdrawn_at=None).exists()
    assert Message.objects.count() == written
    case.refresh_from_db()
    assert case.ended_at is not None
