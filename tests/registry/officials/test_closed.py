"""Closing an account and stopping a password are asked about first; two open a closed account again."""

import pytest
from django.core.exceptions import PermissionDenied

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from registry.models import Area, OfficialRequest
from registry.officials import services
from registry.officials.errors import NoLongerWaiting, OfficialClosed, OfficialWorks, UserNameClosed
from tests.registry.officials.cast import LIST, join
from tests.registry.pages import official_client

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


@pytest.fixture
def closed(district, commune_clerk, areas):
    services.close_official(actor=district, official=commune_clerk)
    commune_clerk.refresh_from_db()
    return commune_clerk


def page_of(client, user: User, language: str = "en", act: str = "") -> str:
    return client.get(f"{LIST.replace('en', language)}{user.pk}/{act}", follow=True).content.decode()


@LANGUAGES
@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("close/", {"en": "goes back to the queue", "km": "ត្រឡប់ទៅបញ្ជីរង់ចាំវិញ"}),
        ("lost/", {"en": "You cannot undo it", "km": "អ្នកមិនអាចត្រឡប់វិញបានទេ"}),
    ],
)
def test_what_stops_somebody_says_first_what_will_happen(
    act, words, language, district, commune_clerk, areas
):
    client = official_client(district)
    assert f'/{commune_clerk.pk}/{act}"' in page_of(client, commune_clerk)
    assert words[language] in page_of(client, commune_clerk, language, act)
    commune_clerk.refresh_from_db()
    assert commune_clerk.is_active
    assert commune_clerk.has_usable_password()
    client.post(f"{LIST}{commune_clerk.pk}/{act}")
    commune_clerk.refresh_from_db()
    assert (commune_clerk.is_active, commune_clerk.has_usable_password()) == (act == "lost/", act == "close/")


@LANGUAGES
def test_a_closed_account_says_by_whom_and_offers_one_thing(language, district, closed):
    page = page_of(official_client(district), closed, language)
    assert str(district.staff_name) in page
    assert {"en": "This account is closed", "km": "គណនីនេះត្រូវបានបិទ"}[language] in page
    assert ('name="commune"' in page, 'name="district"' in page, "/lost/" in page) == (False,) * 3
    assert page.count('name="act"') == 1


def test_nothing_else_is_done_to_it(district, closed, areas):
    commune, other = Area.objects.get(pk="010202"), Area.objects.get(pk="0201")
    for act, typed in (
        (services.move_official, {"commune": commune}),
        (services.ask_other_district, {"district": other}),
        (services.report_lost_device, {}),
        (services.invite_again, {}),
    ):
        with pytest.raises(OfficialClosed):
            act(actor=district, official=closed, **typed)
    client = official_client(district)
    answer = client.post(f"{LIST}{closed.pk}/", {"act": "move", "commune": commune.pk}, follow=True)
    assert "This account is closed" in answer.content.decode()
    closed.refresh_from_db()
    assert closed.area_code != commune.code


def test_its_name_is_not_only_taken(district, closed, areas):
    with pytest.raises(UserNameClosed):
        services.invite_official(
            actor=district,
            username=str(closed.username),
            full_name="សុខ ដារា",
            commune=Area.objects.get(pk="010202"),
        )


def test_two_take_it_back_into_service_by_a_new_code(district, colleague, closed):
    official_client(district).post(f"{LIST}{closed.pk}/", {"act": "return"})
    request = OfficialRequest.objects.get(official=closed, state="waiting")
    with pytest.raises(PermissionDenied):
        services.confirm_return(actor=district, request=request)
    page = official_client(colleague).post(f"{LIST}requests/{request.pk}/", {"act": "confirm"})
    assert "cannot be shown again" in page.content.decode()
    closed.refresh_from_db()
    assert (closed.is_active, staff.has_joined(closed)) == (True, False)


def test_by_both_halves_they_sign_in_again(district, colleague, closed):
    request = services.ask_return(actor=district, official=closed)
    half = services.confirm_return(actor=colleague, request=request)
    with pytest.raises(invitations.CannotJoin):
        invitations.invitation_of(half)
    join(closed, services.first_half(request) + half)
    assert staff.has_joined(User.objects.get(pk=closed.pk))


def test_who_works_is_not_taken_back(district, commune_clerk, areas):
    with pytest.raises(OfficialWorks):
        services.ask_return(actor=district, official=commune_clerk)


def test_whom_a_steward_took_back_meanwhile_keeps_the_password(district, colleague, closed, steward):
    request = services.ask_return(actor=district, official=closed)
    closed.is_active = True
    staff.change_account(actor=steward, user=closed, changed=["is_active"])
    with pytest.raises(NoLongerWaiting):
        services.confirm_return(actor=colleague, request=request)
    closed.refresh_from_db()
    assert closed.has_usable_password()


def test_a_refused_return_leaves_it_closed(district, colleague, closed):
    request = services.ask_return(actor=district, official=closed)
    services.refuse_request(actor=colleague, request=request)
    closed.refresh_from_db()
    assert not closed.is_active


@LANGUAGES
def test_whoever_asked_finds_their_request_and_takes_it_back(language, district, commune_clerk, areas):
    request = services.report_lost_device(actor=district, official=commune_clerk)
    client, pages = official_client(district), LIST.replace("en", language)
    page = client.get(f"{pages}requests/{request.pk}/", follow=True).content.decode()
    assert {"en": "You have asked this yourself", "km": "អ្នកបានស្នើរឿងនេះដោយខ្លួនឯង"}[language] in page
    assert 'value="withdraw"' in page
    client.post(f"{pages}{commune_clerk.pk}/", {"act": "withdraw"})
    request.refresh_from_db()
    assert request.state == "withdrawn"
