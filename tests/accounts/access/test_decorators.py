"""Who may open a page, and where others are redirected."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.utils import translation

from dsp_platform.accounts.access import decorators
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session

pytestmark = pytest.mark.django_db


def page(request):
    return HttpResponse("inside")


@pytest.fixture
def visit(rf, client):
    def visit_as(decorator, user=None, *, verified=True, assisted_session=None):
        request = rf.get("/en/register/names/")
        request.user = user or AnonymousUser()
        if user:
            request.user.otp_device = "device" if verified else None
        request.assisted_session = assisted_session
        request.session = client.session
        request._messages = FallbackStorage(request)
        with translation.override("en"):
            response = decorator(page)(request)
        return response.url if response.status_code == 302 else response.content.decode()

    return visit_as


BACK = "?next=%2Fen%2Fregister%2Fnames%2F"


def test_a_visitor_is_sent_to_the_sign_in_of_citizens_and_back(visit):
    assert visit(decorators.actor_required) == f"/en/sign-in/{BACK}"
    assert visit(decorators.citizen_required) == f"/en/sign-in/{BACK}"


def test_a_visitor_of_the_counter_is_sent_to_its_sign_in(visit):
    assert visit(decorators.official_required) == f"/en/counter/sign-in/{BACK}"


def test_a_citizen_acts_for_themselves(visit, sokha):
    assert visit(decorators.actor_required, sokha) == "inside"
    assert visit(decorators.official_required, sokha) == f"/en/counter/sign-in/{BACK}"


def test_an_official_acts_with_an_open_assisted_session_only(visit, commune_clerk):
    assert visit(decorators.actor_required, commune_clerk) == "/en/counter/"
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="x", consent_text="x"
    )
    assert visit(decorators.actor_required, commune_clerk, assisted_session=assisted_session) == "inside"


def test_an_official_without_the_second_factor_is_sent_to_the_sign_in(visit, commune_clerk):
    assert visit(decorators.official_required, commune_clerk, verified=False) == f"/en/counter/sign-in/{BACK}"
    assert visit(decorators.actor_required, commune_clerk, verified=False) == f"/en/counter/sign-in/{BACK}"


def test_an_official_is_no_citizen(visit, commune_clerk):
    assert visit(decorators.citizen_required, commune_clerk) == f"/en/sign-in/{BACK}"


def test_a_reviewer_acts_for_nobody(visit, nssf_reviewer):
    assert visit(decorators.actor_required, nssf_reviewer) == f"/en/sign-in/{BACK}"
    assert visit(decorators.official_required, nssf_reviewer) == f"/en/counter/sign-in/{BACK}"
