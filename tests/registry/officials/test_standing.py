"""Who works, was stopped, or has not joined: what the pages of a district say; what is left to nobody."""

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from dsp_platform.accounts.models import TOTPDevice, User
from dsp_platform.accounts.staff import invitations
from dsp_platform.audit.models import AuditEvent
from registry.models import Area, OfficialRequest
from registry.officials import services
from registry.officials.errors import EndedByClosing, NobodyInDistrict
from registry.officials.selectors import left_to_nobody, who_may_answer
from tests.casework.kinds import address
from tests.registry.officials.cast import LIST, join
from tests.registry.pages import official_client

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
STOPPED = {"km": "មិនអាចចូលបានទេ", "en": "cannot sign in"}
NOT_YET = {"km": "មិនទាន់បានចូលនៅឡើយទេ", "en": "has not signed in yet"}
STAY = {"km": "ពាក្យសម្ងាត់ និងកម្មវិធីនៅតែបិទ", "en": "Password and app stay stopped"}
NOBODY = {"km": "បច្ចុប្បន្នគ្មានមន្ត្រីធ្វើការនៅបញ្ជរនៃ", "en": "No official works now at the counter of:"}
LEFT = {"km": "គ្មាននរណានៅទីនោះអាចឆ្លើយបានទេ", "en": "nobody there may answer it"}
WITHOUT_SPID = {"km": "មន្ត្រីគ្មាន SPID", "en": "Officials without SPID"}


def works(user: User) -> User:
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    user.refresh_from_db()
    return user


def page_of(user: User, path: str, language: str = "en", **sent: str) -> str:
    client = official_client(user)
    path = path.replace("/en/", f"/{language}/")
    answer = client.post(path, sent, follow=True) if sent else client.get(path, follow=True)
    return " ".join(answer.content.decode().split())


def home_of(steward: User, language: str = "en") -> str:
    return page_of(steward, address("admin:index", language=language), language)


@pytest.fixture
def stopped(district, colleague, commune_clerk, areas):
    return services.report_lost_device(actor=district, official=works(commune_clerk))


@LANGUAGES
def test_who_was_stopped_is_not_said_to_be_new(language, district, stopped):
    listed = page_of(district, LIST, language)
    assert STOPPED[language] in listed
    assert NOT_YET[language] not in listed
    assert date_format(timezone.localdate(), "SHORT_DATE_FORMAT") in listed


@LANGUAGES
@pytest.mark.parametrize("by", ["withdrawn", "refused"])
def test_a_lost_device_that_is_taken_back_or_refused_stays_stopped(
    language, by, district, colleague, stopped
):
    own = f"{LIST}{stopped.official_id}/"
    if by == "withdrawn":
        told = page_of(district, own, language, act="withdraw")
    else:
        told = page_of(colleague, f"{LIST}requests/{stopped.pk}/", language, act="refuse")
    assert STAY[language] in told
    page = page_of(district, own, language)
    assert NOT_YET[language] not in page.casefold()
    [ask] = [part for part in page.split("<form")[1:] if "/lost/" in part]
    assert "/lost/" in ask
    page_of(district, f"{own}lost/", language, sent="1")
    assert OfficialRequest.objects.filter(official=stopped.official_id, state="waiting").exists()


def test_by_the_new_code_they_work_again(district, colleague, stopped):
    second = services.confirm_lost_device(actor=colleague, request=stopped)
    join(stopped.official, services.first_half(stopped) + second)
    listed = page_of(district, LIST)
    assert STOPPED["en"] not in listed


@LANGUAGES
def test_what_the_closing_ended_says_so(language, district, colleague, stopped):
    services.close_official(actor=district, official=stopped.official)
    with pytest.raises(EndedByClosing):
        services.confirm_lost_device(actor=colleague, request=stopped)
    told = page_of(colleague, f"{LIST}requests/{stopped.pk}/", language, act="confirm")
    assert {"km": "គណនីត្រូវបានបិទក្នុងពេលនេះ", "en": "The account was closed meanwhile"}[language] in told


@LANGUAGES
def test_an_invitation_is_no_official_at_the_counter(language, district, colleague, commune):
    services.invite_official(actor=district, username="new", full_name="សុខ ដារា", commune=commune)
    page = page_of(district, LIST, language)
    assert page.count(NOBODY[language]) == 1
    [box] = [part for part in page.split("<p ") if NOBODY[language] in part]
    name = {"km": commune.name_km, "en": commune.name_latin}[language]
    assert name in box.split("</p>")[0]
    works(User.objects.get(username="new")).set_password("only-for-tests-9182")
    assert name in page_of(district, LIST, language)


def test_who_was_stopped_is_none_either(district, commune_clerk, areas):
    name = areas["010201"].name_latin
    works(commune_clerk)
    assert name not in page_of(district, LIST).partition(NOBODY["en"])[2].partition("</p>")[0]
    services.report_lost_device(actor=district, official=commune_clerk)
    assert name in page_of(district, LIST).partition(NOBODY["en"])[2].partition("</p>")[0]


@LANGUAGES
def test_a_district_where_nobody_works_is_not_asked(language, district, commune_clerk, areas):
    with pytest.raises(NobodyInDistrict):
        services.ask_other_district(
            actor=district, official=commune_clerk, district=Area.objects.get(pk="0201")
        )
    sent = {"act": "transfer", "district": "Banan", "district_chosen": "0201"}
    told = page_of(district, f"{LIST}{commune_clerk.pk}/", language, **sent)
    assert {"km": "សូមស្នើអគ្គលេខាធិការដ្ឋាន", "en": "Ask the secretariat"}[language] in told
    assert not OfficialRequest.objects.exists()
    assert AuditEvent.objects.filter(action="step_refused", reason="NobodyInDistrict").count() == 1


def test_nor_where_all_who_work_may_be_one_person_with_whoever_asks(district, banan, commune_clerk, areas):
    User.objects.filter(pk=banan.pk).update(invited_by=district)
    with pytest.raises(NobodyInDistrict):
        services.ask_other_district(
            actor=district, official=commune_clerk, district=Area.objects.get(pk="0201")
        )


def test_who_has_no_key_answers_nothing(district, colleague):
    assert who_may_answer(district, "0102") == [colleague]
    colleague.set_unusable_password()
    colleague.save()
    assert who_may_answer(district, "0102") == []


@LANGUAGES
@pytest.mark.parametrize("act", ["invitation", "lost device", "return"])
def test_what_one_alone_asks_comes_before_the_stewards(
    act, language, district, commune, commune_clerk, steward
):
    """And leaves their home once they have made a new invitation, or somebody may answer it."""
    if act == "invitation":
        sent = {"full_name": "សុខ ដារា", "username": "new", "commune": commune.pk}
        told = page_of(district, f"{LIST}invite/", language, **sent)
    elif act == "lost device":
        told = page_of(district, f"{LIST}{commune_clerk.pk}/lost/", language, sent="1")
    else:
        services.close_official(actor=district, official=commune_clerk)
        told = page_of(district, f"{LIST}{commune_clerk.pk}/", language, act="return")
    assert {"km": "អគ្គលេខាធិការដ្ឋានឃើញថា", "en": "the secretariat sees that it waits"}[language] in told
    [request] = left_to_nobody()
    page = home_of(steward, language)
    assert LEFT[language] in page
    assert f"/accounts/user/{request.official_id}/change/" in page
    if act == "return":
        User.objects.filter(pk=commune_clerk.pk).update(is_active=True)
    else:
        invitations.invite(actor=None, user=request.official)
    assert LEFT[language] not in home_of(steward, language)


def test_what_a_colleague_may_answer_is_left_to_nobody_only_without_them(
    district, stopped, colleague, steward
):
    assert left_to_nobody() == []
    assert LEFT["en"] not in home_of(steward)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert left_to_nobody() == [stopped]


def test_others_read_nothing_of_it_at_home(stopped, colleague, auditor):
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    page = home_of(auditor)
    assert LEFT["en"] not in page
    assert WITHOUT_SPID["en"] not in page


@LANGUAGES
def test_stewards_read_how_many_have_no_spid_and_find_them(language, steward, district, commune_clerk):
    User.objects.filter(pk=commune_clerk.pk).update(spid="123456789018")
    page = home_of(steward, language)
    line = page.partition('id="officials-without-spid"')[2].partition("</p>")[0]
    assert WITHOUT_SPID[language] in line
    assert " 1<" in line
    listed = page_of(steward, line.partition('href="')[2].partition('"')[0].replace("&amp;", "&"), language)
    assert str(district.username) in listed
    assert str(commune_clerk.username) not in listed
    User.objects.filter(pk=district.pk).update(spid="123456789018")
    assert WITHOUT_SPID[language] not in home_of(steward, language)


@LANGUAGES
def test_the_second_official_sees_the_commune_and_the_spid(
    language, district, colleague, commune, family, people
):
    sent = {"full_name": "សុខ ដារា", "username": "new", "commune": commune.pk}
    page = page_of(district, f"{LIST}invite/", language, **sent, spid="0000-0000-0000")
    assert {"km": "គ្មានមនុស្សរស់", "en": "No living person has this SPID"}[language] in page
    assert not User.objects.filter(username="new").exists()
    assert AuditEvent.objects.filter(action="step_refused", reason="UnknownSpid").count() == 1
    person = people["ស៊ុខា"]
    page_of(district, f"{LIST}invite/", language, **sent, spid=person.spid_grouped)
    assert User.objects.get(username="new").spid == person.spid
    asked = OfficialRequest.objects.get()
    shown = page_of(colleague, f"{LIST}requests/{asked.pk}/", language)
    place = {"km": "បត់ត្រង់, មង្គលបូរី", "en": "Bat Trang, Mongkol Borey"}
    for words in (place[language], person.spid_grouped, "new"):
        assert words in shown


@LANGUAGES
def test_of_the_others_the_commune_is_shown_too(language, district, colleague, stopped):
    shown = page_of(colleague, f"{LIST}requests/{stopped.pk}/", language)
    assert {"km": "បន្ទាយនាង, មង្គលបូរី", "en": "Banteay Neang, Mongkol Borey"}[language] in shown


@LANGUAGES
def test_nobody_has_to_have_a_spid(language, district, colleague, commune):
    sent = {"full_name": "សុខ ដារា", "username": "new", "commune": commune.pk, "spid": ""}
    page_of(district, f"{LIST}invite/", **sent)
    shown = page_of(colleague, f"{LIST}requests/{OfficialRequest.objects.get().pk}/", language)
    assert {"km": "មិនទាន់កត់ត្រា", "en": "not noted"}[language] in shown
