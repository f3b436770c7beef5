"""A district and the officials of its communes: who may do what to whom, and what it takes two people for."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, Invitation, Role, TOTPDevice, User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.audit.models import AuditEvent
from registry.models import Area, OfficialRequest
from registry.officials import services
from registry.officials.errors import (
    NoLongerWaiting,
    OfficialMoved,
    RequestPending,
    TooManyInvitations,
    UserNameTaken,
)
from registry.officials.forms import InviteForm
from registry.officials.selectors import halves_of, officials_of, waiting_for
from tests.registry.cast import official
from tests.registry.officials.cast import LIST, join
from tests.registry.pages import official_client


def asked_for(actor: User, commune: Area, username: str = "sok.dara") -> OfficialRequest:
    return services.invite_official(actor=actor, username=username, full_name="សុខ ដារា", commune=commune)


def invited(actor: User, second: User, commune: Area, username: str = "sok.dara") -> tuple[User, str]:
    """With both halves of the code."""
    request = asked_for(actor, commune, username)
    half = services.confirm_invitation(actor=second, request=request)
    return request.official, services.first_half(request) + half


def test_two_of_a_district_invite_for_a_commune_of_its_own(district, colleague, commune):
    user, code = invited(district, colleague, commune)
    assert (user.role, user.area_code, staff.has_joined(user)) == (Role.OFFICIAL, "010202", False)
    join(user, code)
    joined = User.objects.get(pk=user.pk)
    assert (staff.has_joined(joined), joined.invited_by) == (True, district)


def test_nobody_makes_an_official_alone(district, colleague, commune):
    request = asked_for(district, commune)
    with pytest.raises(PermissionDenied):
        services.confirm_invitation(actor=district, request=request)
    second = services.confirm_invitation(actor=colleague, request=request)
    for alone in (second, services.first_half(request)):
        with pytest.raises(invitations.CannotJoin):
            invitations.invitation_of(alone)


def test_nor_does_the_only_one_of_a_district_whom_a_steward_helps(district, steward, commune):
    official = asked_for(district, commune).official
    with pytest.raises(invitations.CannotInvite):
        invitations.invite(actor=district, user=official)
    join(official, invitations.renew_credentials(actor=steward, user=official))
    official.refresh_from_db()
    assert official.invited_by == steward
    services.report_lost_device(actor=district, official=official)  # what waits does not keep them from it


def test_a_code_asked_for_again_replaces_the_one_before(district, colleague, commune):
    official, code = invited(district, colleague, commune)
    again = services.invite_again(actor=district, official=official)
    assert not halves_of(district).exists()
    with pytest.raises(invitations.CannotJoin):
        invitations.invitation_of(code)
    half = services.confirm_invitation(actor=colleague, request=again)
    assert list(halves_of(district)) == [again]
    join(official, services.first_half(again) + half)


def test_who_has_joined_is_not_invited_again(district, colleague, commune):
    official, code = invited(district, colleague, commune)
    join(official, code)
    services.report_lost_device(actor=district, official=official)
    with pytest.raises(invitations.CannotInvite):
        services.invite_again(actor=district, official=official)


def test_it_invites_for_no_other_commune(district, areas):
    with pytest.raises(PermissionDenied):
        asked_for(district, Area.objects.get(pk="020101"))


def test_a_commune_invites_nobody(commune_clerk, areas):
    with pytest.raises(PermissionDenied):
        asked_for(commune_clerk, Area.objects.get(pk="010201"))


def test_a_name_that_is_taken_is_told(district, commune, commune_clerk):
    with pytest.raises(UserNameTaken):
        asked_for(district, commune, str(commune_clerk.username))


def test_of_invitations_there_is_an_end(district, commune, monkeypatch):
    monkeypatch.setattr(services, "INVITATIONS_A_DAY", 1)
    asked_for(district, commune)
    with pytest.raises(TooManyInvitations):
        asked_for(district, commune, "another")


def test_a_district_sees_those_of_its_communes_alone(district, colleague, commune_clerk, other_clerk, banan):
    official("clerk.kantueu", "020101")
    assert set(officials_of(district)) == {commune_clerk, other_clerk}
    assert not officials_of(commune_clerk).exists()
    district.area_code = ""
    assert not officials_of(district).exists()


def test_a_colleague_is_not_managed(district, colleague):
    for act in (services.close_official, services.report_lost_device):
        with pytest.raises((PermissionDenied, OfficialMoved)):
            act(actor=district, official=colleague)
    colleague.refresh_from_db()
    assert colleague.is_active


def test_who_moves_within_the_district_works_there_at_once(district, commune_clerk, commune):
    services.move_official(actor=district, official=commune_clerk, commune=commune)
    commune_clerk.refresh_from_db()
    assert commune_clerk.area_code == "010202"
    assert AuditEvent.objects.get(action="change_account").details["before"] == {"area_code": "010201"}


def test_two_districts_move_somebody_between_them(district, banan, commune_clerk, areas):
    banan_area = Area.objects.get(pk="0201")
    request = services.ask_other_district(actor=district, official=commune_clerk, district=banan_area)
    with pytest.raises(PermissionDenied):
        services.accept_transfer(actor=district, request=request, commune=Area.objects.get(pk="010202"))
    assert list(waiting_for(banan)) == [request]
    services.accept_transfer(actor=banan, request=request, commune=Area.objects.get(pk="020101"))
    commune_clerk.refresh_from_db()
    assert commune_clerk.area_code == "020101"
    with pytest.raises(NoLongerWaiting):
        services.refuse_request(actor=banan, request=request)


def test_nothing_is_asked_twice_about_one_official(district, banan, commune_clerk, areas):
    services.ask_other_district(actor=district, official=commune_clerk, district=Area.objects.get(pk="0201"))
    with pytest.raises(RequestPending):
        services.report_lost_device(actor=district, official=commune_clerk)


def test_nor_by_whom_the_asker_could_be(district, colleague, commune_clerk, areas):
    """Whoever invited the other could have signed in as them."""
    request = services.report_lost_device(actor=district, official=commune_clerk)
    User.objects.filter(pk=colleague.pk).update(invited_by=district)
    colleague.refresh_from_db()
    with pytest.raises(PermissionDenied):
        services.confirm_lost_device(actor=colleague, request=request)


def test_who_moved_meanwhile_is_not_managed_any_more(district, commune_clerk, commune):
    User.objects.filter(pk=commune_clerk.pk).update(area_code="020101")
    with pytest.raises(OfficialMoved):
        services.move_official(actor=district, official=commune_clerk, commune=commune)


def moved_by_steward(user: User, steward: User, area: str) -> None:
    user = User.objects.get(pk=user.pk)
    user.area_code = area
    staff.change_account(actor=steward, user=user, changed=["area_code"])


def test_of_who_moved_meanwhile_the_old_district_gives_out_no_code(
    district, colleague, commune_clerk, steward, areas
):
    request = services.report_lost_device(actor=district, official=commune_clerk)
    moved_by_steward(commune_clerk, steward, "020101")
    with pytest.raises(NoLongerWaiting):
        services.confirm_lost_device(actor=colleague, request=request)


def test_nor_does_one_that_it_gave_out_before(district, colleague, commune, steward):
    official, code = invited(district, colleague, commune)
    moved_by_steward(official, steward, "020101")
    with pytest.raises(invitations.CannotJoin):
        invitations.invitation_of(code)


def test_a_move_within_the_district_keeps_the_code(district, colleague, commune):
    official, code = invited(district, colleague, commune)
    services.move_official(actor=district, official=official, commune=Area.objects.get(pk="010201"))
    join(official, code)


def test_who_moved_meanwhile_is_not_taken_over(district, banan, commune_clerk, steward, areas):
    asked = {"actor": district, "official": commune_clerk, "district": Area.objects.get(pk="0201")}
    request, commune = services.ask_other_district(**asked), Area.objects.get(pk="020101")
    User.objects.filter(pk=commune_clerk.pk).update(area_code="01")
    with pytest.raises(OfficialMoved):
        services.accept_transfer(actor=banan, request=request, commune=commune)
    moved_by_steward(commune_clerk, steward, "0102")
    with pytest.raises(NoLongerWaiting):
        services.accept_transfer(actor=banan, request=request, commune=commune)


def test_who_has_left_signs_in_no_more_and_is_asked_about_no_more(district, banan, commune_clerk, areas):
    services.ask_other_district(actor=district, official=commune_clerk, district=Area.objects.get(pk="0201"))
    services.close_official(actor=district, official=commune_clerk)
    commune_clerk.refresh_from_db()
    assert not commune_clerk.is_active
    assert not OfficialRequest.objects.filter(state="waiting").exists()


@pytest.mark.parametrize("act", [services.close_official, services.report_lost_device])
def test_who_is_signed_out_leaves_no_case_open(act, district, commune_clerk, areas):
    case = AssistedSession.objects.create(
        official=commune_clerk, reason="check", consent_text="x", subject_id=None
    )
    act(actor=district, official=commune_clerk)
    case.refresh_from_db()
    assert case.end == "signed_out"


@pytest.mark.parametrize("typed", ["ដារ៉ា\u200b សុខ", "\u202eដារ៉ា សុខ\u202c", "ដារ៉ា  សុខ"])
def test_signs_that_nobody_sees_are_in_no_name(typed, district, commune):
    form = InviteForm({"full_name": typed, "username": "x", "commune": commune.pk}, user=district)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["full_name"] == "ដារ៉ា សុខ"


@pytest.mark.parametrize("typed", ["ដារ៉ា", "ដារ៉ា\u200b", "ដា\u2066រ៉ា"])
@pytest.mark.parametrize(
    ("language", "told"), [("km", "មន្ត្រីម្នាក់ក្នុងស្រុក/ខណ្ឌនេះ"), ("en", "tells the two apart")]
)
def test_nobody_is_invited_by_the_name_of_a_colleague(
    language, told, typed, district, commune_clerk, commune
):
    commune_clerk.full_name = "ដារ៉ា"
    commune_clerk.save(update_fields=["full_name"])
    client = official_client(district)
    values = {"full_name": typed, "username": "other", "commune": commune.pk}
    page = client.post(f"{LIST.replace('/en/', f'/{language}/')}invite/", values).content.decode()
    assert told in page
    assert not User.objects.filter(username="other").exists()


def test_a_lost_device_stops_at_once(district, commune_clerk, areas):
    TOTPDevice.objects.create(user=commune_clerk, name="phone", confirmed=True)
    services.report_lost_device(actor=district, official=commune_clerk)
    commune_clerk.refresh_from_db()
    assert not commune_clerk.has_usable_password()
    assert not TOTPDevice.objects.filter(user=commune_clerk).exists()


def test_whoever_reports_a_lost_device_does_not_confirm_it(district, commune_clerk, areas):
    request = services.report_lost_device(actor=district, official=commune_clerk)
    assert not waiting_for(district).exists()
    with pytest.raises(PermissionDenied):
        services.confirm_lost_device(actor=district, request=request)


def test_each_of_two_officials_has_one_half_of_the_new_code(district, colleague, commune_clerk, areas):
    request = services.report_lost_device(actor=district, official=commune_clerk)
    second = services.confirm_lost_device(actor=colleague, request=request)
    [half] = halves_of(district)
    for alone in (second, services.first_half(half)):
        with pytest.raises(invitations.CannotJoin):
            invitations.invitation_of(alone)
    join(commune_clerk, services.first_half(half) + second)
    assert staff.has_joined(User.objects.get(pk=commune_clerk.pk))
    assert not halves_of(district).exists()


def test_whoever_asked_takes_it_back_and_nobody_else(district, colleague, banan, commune_clerk, areas):
    other = Area.objects.get(pk="0201")
    request = services.ask_other_district(actor=district, official=commune_clerk, district=other)
    for stranger in (colleague, banan, commune_clerk):
        with pytest.raises(PermissionDenied):
            services.withdraw_request(actor=stranger, request=request)
    page = f"{LIST}{commune_clerk.pk}/"
    assert "Take it back" not in official_client(colleague).get(page).content.decode()
    client = official_client(district)
    assert "Take it back" in client.get(page).content.decode()
    client.post(page, {"act": "withdraw"})
    services.withdraw_request(actor=district, request=request)
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert AuditEvent.objects.filter(action="withdraw_request").count() == 1
    with pytest.raises(NoLongerWaiting):
        services.refuse_request(actor=banan, request=request)
    services.report_lost_device(actor=district, official=commune_clerk)


def test_what_was_answered_is_not_taken_back(district, colleague, commune_clerk, areas):
    request = services.report_lost_device(actor=district, official=commune_clerk)
    services.refuse_request(actor=colleague, request=request)
    with pytest.raises(NoLongerWaiting):
        services.withdraw_request(actor=district, request=request)


def test_what_nobody_answers_lapses_after_14_days(district, colleague, commune_clerk, areas):
    request = services.report_lost_device(actor=district, official=commune_clerk)
    asked = OfficialRequest.objects.filter(pk=request.pk)
    asked.update(asked_at=timezone.now() - timedelta(days=13))
    assert waiting_for(colleague).exists()
    asked.update(asked_at=timezone.now() - timedelta(days=15))
    assert not waiting_for(colleague).exists()
    with pytest.raises(NoLongerWaiting):
        services.confirm_lost_device(actor=colleague, request=request)
    services.report_lost_device(actor=district, official=commune_clerk)
    request.refresh_from_db()
    assert request.state == "lapsed"
    assert waiting_for(colleague).count() == 1


def test_a_new_invitation_by_stewards_ends_what_waits_about_a_lost_device(
    district, colleague, commune_clerk, steward, areas
):
    request = services.report_lost_device(actor=district, official=commune_clerk)
    invitations.invite(actor=steward, user=commune_clerk, first_half="half")
    assert not waiting_for(colleague).exists()
    with pytest.raises(NoLongerWaiting):
        services.confirm_lost_device(actor=colleague, request=request)


@pytest.mark.parametrize(
    ("language", "words"), [("km", "សំណួរ 1 រង់ចាំស្រុក/ខណ្ឌរបស់អ្នក"), ("en", "1 question waits for your district")]
)
def test_the_desk_says_how_many_wait(language, words, district, colleague, commune_clerk, areas):
    page = f"/{language}/counter/"
    assert words not in " ".join(official_client(district).get(page).content.decode().split())
    services.report_lost_device(actor=colleague, official=commune_clerk)
    assert words in " ".join(official_client(district).get(page).content.decode().split())


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_of_the_district_names_them_and_what_is_asked(
    language, district, colleague, commune_clerk, areas
):
    services.report_lost_device(actor=colleague, official=commune_clerk)
    page = official_client(district).get(LIST.replace("/en/", f"/{language}/")).content.decode()
    assert str(commune_clerk.username) in page
    words = {"km": "បាត់ឧបករណ៍", "en": "lost device"}[language]
    assert words in page


def test_others_find_no_such_page(commune_clerk):
    assert official_client(commune_clerk).get(LIST).status_code == 404


@pytest.mark.parametrize("language", ["km", "en"])
def test_each_of_the_two_reads_one_half_of_the_code_once(language, district, colleague, commune):
    pages, client = LIST.replace("/en/", f"/{language}/"), official_client(district)
    typed = {"full_name": "សុខ ដារា", "username": "sok.dara", "commune": commune.pk}
    answer = client.post(f"{pages}invite/", typed, follow=True)
    assert "sok.dara" in answer.content.decode()
    request = OfficialRequest.objects.get(kind="invite")
    half = services.first_half(request)
    assert half not in answer.content.decode()
    other = official_client(colleague)
    page = other.post(f"{pages}requests/{request.pk}/", {"act": "confirm"}).content.decode()
    assert ("cannot be shown again" in page) == (language == "en")
    assert half not in page
    own = client.get(pages).content.decode()
    assert half in own
    for shown in (page, own):
        assert "/staff/join/" in shown
        assert "sok.dara" in shown
        assert {"km": "ពាក់កណ្តាលទីពីរនៃលេខកូដ", "en": "Second half of the code"}[language] in shown
    assert {"km": "ពាក់កណ្តាលទីមួយនៃលេខកូដ", "en": "First half of the code"}[language] in own
    assert {"km": "ប្រើបានតែម្តង រហូតដល់", "en": "Works once, until"}[language] in own
    Invitation.objects.update(expires_at=timezone.now())
    assert half not in client.get(pages).content.decode()


def test_another_district_is_found_by_its_name(district, banan, commune_clerk, areas):
    client = official_client(district)
    page = f"{LIST}{commune_clerk.pk}/"
    answer = client.post(page, {"act": "transfer", "district": "Nowhere"})
    assert "No district has this name." in answer.content.decode()
    answer = client.post(page, {"act": "transfer", "district": "Banan"})
    assert "Is it this one?" in answer.content.decode()
    assert not OfficialRequest.objects.exists()
    answer = client.post(page, {"act": "transfer", "district": "Banan", "district_chosen": "0201"})
    assert answer.status_code == 302
    assert OfficialRequest.objects.get().district_id == "0201"


def test_the_page_of_a_stranger_is_not_found(district, areas):
    stranger = official("clerk.kantueu", "020101")
    client: Client = official_client(district)
    assert client.get(f"{LIST}{stranger.pk}/").status_code == 404
    assert client.post(f"{LIST}{stranger.pk}/close/").status_code == 404
