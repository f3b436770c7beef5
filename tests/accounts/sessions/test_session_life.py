"""The lifetimes of sessions and assisted sessions, and the page to which a person returns."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions import services
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.tasks import end_abandoned
from dsp_platform.web.request_time import RECEIVED_AT_KEY
from dsp_platform.webserver import large_bodies

pytestmark = pytest.mark.django_db

PAGE = "/en/my/sessions/"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        yield clock


@pytest.fixture
def clerk(commune_clerk, signing, clock):
    return signing.verified(Client(), commune_clerk)


@pytest.fixture
def citizen(sokha, signing, clock):
    return signing.citizen_client(sokha)


def open_assisted_session(official, subject_id=None):
    return services.open_assisted_session(
        official=official, subject_id=subject_id, reason="registration", consent_text="Agreed."
    )


def test_a_citizen_is_signed_out_after_half_an_hour_and_comes_back_to_the_page(citizen, clock):
    clock.shift(timedelta(minutes=30, seconds=1))
    response = citizen.get(PAGE)
    assert response.url == "/en/sign-in/?next=%2Fen%2Fmy%2Fsessions%2F&ended=idle"
    assert "_auth_user_id" not in citizen.session
    assert "You were signed out" in citizen.get(response.url).content.decode()


def test_a_citizen_who_goes_on_is_not_signed_out(citizen, clock):
    for _ in range(4):
        clock.shift(timedelta(minutes=25))
        assert citizen.get(PAGE).status_code == 200


def test_no_session_lasts_longer_than_twelve_hours(citizen, clock):
    for _ in range(29):
        clock.shift(timedelta(minutes=25))
        response = citizen.get(PAGE)
    assert response.status_code == 302


def test_an_official_is_signed_out_after_an_hour_and_sent_to_the_sign_in_of_the_counter(clerk, clock):
    """After ten minutes the desk is locked: test_desk_lock."""
    clock.shift(timedelta(hours=1, seconds=1))
    assert clerk.get(PAGE).url.startswith("/en/counter/sign-in/?next=")


def test_a_steward_is_sent_to_the_sign_in_of_the_admin(steward, signing, clock):
    client = signing.verified(Client(), steward)
    clock.shift(timedelta(minutes=31))
    assert client.get("/en/admin/").url == "/en/admin/login/?next=%2Fen%2Fadmin%2F&ended=idle"


def test_a_post_after_the_end_is_not_repeated_but_leads_back_to_its_page(citizen, clock):
    clock.shift(timedelta(minutes=31))
    response = citizen.post(PAGE, {"end_others": "1"}, headers={"referer": "http://testserver/km/my/?a=1"})
    assert response.url.startswith("/en/sign-in/?next=%2Fkm%2Fmy%2F%3Fa%3D1&")


def test_a_page_knows_how_many_seconds_are_left(citizen, clock, rf, settings):
    clock.shift(timedelta(minutes=5))
    assert citizen.get(PAGE).wsgi_request.session_seconds == 30 * 60
    clock.shift(timedelta(seconds=40))
    assert citizen.get(PAGE).wsgi_request.session_seconds == 30 * 60 - 40


def test_a_stranger_has_no_seconds_to_count(client):
    assert client.get("/en/sign-in/").wsgi_request.session_seconds is None


def test_using_the_platform_writes_at_most_once_a_minute(clerk, commune_clerk, clock):
    open_assisted_session(commune_clerk)
    clock.shift(timedelta(minutes=2))
    clerk.get(PAGE)
    clock.shift(timedelta(seconds=30))
    with CaptureQueriesContext(connection) as queries:
        clerk.get(PAGE)
    assert not [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_an_assisted_session_outlives_the_time_out_of_the_session(clerk, commune_clerk, signing, clock):
    assisted_session = open_assisted_session(commune_clerk)
    clock.shift(timedelta(minutes=12))
    clerk.get(PAGE)
    commune_clerk.totpdevice_set.all().delete()
    again = signing.verified(Client(), commune_clerk)
    assert again.get(PAGE).wsgi_request.assisted_session == assisted_session


def test_an_assisted_session_ends_by_itself_after_half_an_hour(clerk, commune_clerk, clock):
    assisted_session = open_assisted_session(commune_clerk)
    for _ in range(3):
        clock.shift(timedelta(minutes=9))
        assert clerk.get(PAGE).wsgi_request.assisted_session == assisted_session
    AssistedSession.objects.filter(pk=assisted_session.pk).update(
        seen_at=timezone.now() - timedelta(minutes=31)
    )
    assert clerk.get(PAGE).wsgi_request.assisted_session is None
    assisted_session.refresh_from_db()
    assert assisted_session.end == AssistedSession.End.IDLE


def test_signing_out_ends_the_assisted_session(clerk, commune_clerk):
    assisted_session = open_assisted_session(commune_clerk)
    clerk.post("/en/sign-out/")
    assisted_session.refresh_from_db()
    assert assisted_session.end == AssistedSession.End.SIGNED_OUT
    assert "_auth_user_id" not in clerk.session


def test_an_assisted_session_is_nobodys_without_the_second_factor(commune_clerk):
    open_assisted_session(commune_clerk)
    client = Client()
    client.force_login(commune_clerk, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    assert client.get("/en/sign-in/").wsgi_request.assisted_session is None


def test_sign_out_needs_a_post(citizen):
    assert citizen.get("/en/sign-out/").status_code == 405


def test_all_sessions_are_listed_and_this_one_is_marked(sokha, signing, clock):
    here = signing.citizen_client(sokha)
    Client(headers={"user-agent": "x"}).force_login(
        sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend"
    )
    page = here.get(PAGE).content.decode()
    assert page.count('class="card"') == 2
    assert page.count("This one") == 1


def test_one_session_is_ended(sokha, signing, clock):
    here, other = signing.citizen_client(sokha), signing.citizen_client(sokha)
    request = other.get(PAGE).wsgi_request
    there = next(s for s in sessions.sessions_of(sokha) if sessions.is_this_one(request, s))
    here.post(PAGE, {"end": there.pk})
    assert other.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200


def test_all_other_sessions_are_ended(sokha, signing, clock):
    here, others = signing.citizen_client(sokha), [signing.citizen_client(sokha) for _ in range(2)]
    here.post(PAGE, {"end_others": "1"})
    assert [other.get(PAGE).status_code for other in others] == [302, 302]
    assert here.get(PAGE).status_code == 200


def test_nobody_ends_the_session_of_another_person(citizen, clerk, commune_clerk):
    theirs = sessions.sessions_of(commune_clerk)[0]
    citizen.post(PAGE, {"end": theirs.pk})
    assert clerk.get(PAGE).status_code == 200


def test_a_closed_account_is_out_at_its_next_page(citizen, sokha):
    sokha.is_active = False
    sokha.save()
    assert citizen.get(PAGE).status_code == 302


def test_what_was_typed_when_the_session_ended_comes_back_once_after_signing_in(sokha, signing, clock):
    client = signing.citizen_client(sokha)
    clock.shift(timedelta(minutes=31))
    client.post("/en/my/sessions/", {"given_name": "សុខា", "csrfmiddlewaretoken": "x"})
    assert "សុខា" not in str(dict(client.session))
    signing.ask(client)
    signing.answer(client, signing.code_in(client))
    assert client.get("/km/my/sessions/").wsgi_request.unsent.dict() == {"given_name": "សុខា"}
    assert client.get("/km/my/sessions/").wsgi_request.unsent is None


def test_what_was_typed_never_comes_back_to_another_person(citizen, signing, clock):
    clock.shift(timedelta(minutes=31))
    citizen.post(PAGE, {"given_name": "សុខា"})
    signing.ask(citizen, "012 345 679")
    signing.answer(citizen, signing.code_in(citizen))
    assert citizen.get(PAGE).wsgi_request.unsent is None
    assert "unsent" not in citizen.session


def on_a_weak_line(settings) -> timedelta:
    """How long the largest allowed file takes at the slowest speed named in the guide."""
    return timedelta(seconds=settings.UPLOAD_MEGABYTES * 1024 * 1024 / large_bodies.BYTES_PER_EXTRA_SECOND)


def test_a_file_that_takes_longer_than_a_session_may_be_idle_arrives_in_it(citizen, clock, settings):
    assert on_a_weak_line(settings) > settings.SESSION_LIFE["citizen"][0]
    clock.shift(timedelta(minutes=29))
    began = timezone.now().timestamp()
    clock.shift(on_a_weak_line(settings))
    assert citizen.get(PAGE, **{RECEIVED_AT_KEY: began}).status_code == 200
    clock.shift(timedelta(minutes=29))
    assert citizen.get(PAGE).status_code == 200


def test_what_was_sent_after_the_session_had_ended_is_refused(citizen, clock, settings):
    clock.shift(timedelta(minutes=30, seconds=1))
    began = timezone.now().timestamp()
    clock.shift(on_a_weak_line(settings))
    assert citizen.get(PAGE, **{RECEIVED_AT_KEY: began}).status_code == 302


def test_no_request_lets_a_session_last_longer_than_twelve_hours(citizen, clock):
    began = timezone.now().timestamp()
    clock.shift(timedelta(hours=12, seconds=1))
    assert citizen.get(PAGE, **{RECEIVED_AT_KEY: began}).status_code == 302


def test_a_header_is_no_moment_at_which_a_request_began(citizen, clock):
    began = str(timezone.now().timestamp())
    clock.shift(timedelta(minutes=31))
    assert citizen.get(PAGE, headers={RECEIVED_AT_KEY: began}, **{RECEIVED_AT_KEY: began}).status_code == 302


def test_an_assisted_session_waits_for_a_file_that_is_on_its_way(clerk, commune_clerk, clock, settings):
    assisted_session = open_assisted_session(commune_clerk)
    clock.shift(timedelta(minutes=9))
    began = timezone.now().timestamp()
    clock.shift(on_a_weak_line(settings))
    assert timezone.now() - assisted_session.seen_at > settings.ASSISTED_SESSION_LIFE
    end_abandoned()
    request = clerk.get(PAGE, **{RECEIVED_AT_KEY: began}).wsgi_request
    assert request.user == commune_clerk
    assert request.assisted_session == assisted_session
