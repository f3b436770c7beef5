import pytest

from registry.models import Consent, Draft, Household, Person
from tests.registry.web.conftest import Family

pytestmark = pytest.mark.django_db


def test_a_citizen_registers_self_and_child_and_gets_two_numbers(family, sokha):
    family.head()
    family.child()
    answer = family.finish(members=2)
    assert answer.url == "/km/registered/"
    head, child = Person.objects.order_by("pk")
    assert (head.name, head.account, head.seeing, head.phone) == ("សុខ សុខា", sokha, 2, "+85512345678")
    assert (child.birth_precision, child.date_of_birth.year, child.studying) == ("year", 2015, None)
    page = family.client.get("/km/registered/").content.decode()
    assert head.spid_grouped in page
    assert child.spid_grouped in page


def test_consent_is_kept_for_the_registry_and_each_operator_chosen(family):
    family.register()
    given = Consent.objects.values_list("operator_code", flat=True)
    assert sorted(given) == ["", "idpoor"]


def test_the_first_page_is_consent_and_nothing_can_be_skipped(family):
    assert family.client.get("/km/register/").url == "/km/register/consent/"
    assert family.client.get("/km/register/check/").url == "/km/register/consent/"
    assert family.client.get("/km/register/member/9/name/").url == "/km/register/consent/"


def test_without_consent_nothing_goes_on(family):
    page = family.post("consent", {"operators": ["idpoor"]})
    assert page.status_code == 200
    assert 'href="#id_agree"' in page.content.decode()
    assert not Draft.objects.exists()


def test_answers_survive_signing_out(family, sokha):
    family.post("consent", {"agree": "on"})
    family.post("name", {"given_name": "សុខា"}, 1)
    family.client.logout()
    family.client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    assert family.client.get("/km/register/").url == "/km/register/member/1/sex/"
    assert "សុខា" in family.client.get("/km/register/member/1/name/").content.decode()


def test_a_second_submit_and_going_back_make_no_second_household(family):
    family.register()
    assert family.post("check", {}).url == "/km/registered/"
    assert family.client.get("/km/register/member/1/name/").url == "/km/registered/"
    assert family.post("name", {"given_name": "ផ្សេង"}, 1).url == "/km/registered/"
    assert Household.objects.count() == Person.objects.count() == 1


def test_change_from_the_last_page_leads_back_to_it(family):
    family.head()
    family.post("members", {"more": "no"})
    family.post("circumstances", {}, 1)
    answer = family.post("name", {"given_name": "សុខុម"}, 1, query="?return=check")
    assert answer.url.startswith("/km/register/check/")
    assert "សុខុម" in family.client.get("/km/register/check/").content.decode()


def test_a_member_can_be_taken_off_and_another_added(family):
    family.head()
    family.child()
    family.client.post("/km/register/member/2/remove/")
    assert family.post("name", {"given_name": "ចាស់"}, 2).status_code == 302  # a page left open behind
    family.child(3)
    family.finish(members=3)
    assert Person.objects.count() == 2


def test_the_language_switch_keeps_what_was_typed_and_judges_nothing(family):
    family.post("consent", {"agree": "on"})
    page = family.client.post(
        "/en/register/member/1/name/", {"given_name": "<b>", "_switch": "en"}
    ).content.decode()
    assert "&lt;b&gt;" in page
    assert 'class="summary"' not in page
    assert 'formaction="/km/register/member/1/name/"' in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"family_name": "", "given_name": ""}, "given_name"),
        ({"given_name": "<script>"}, "given_name"),
        ({"given_name": "សុខា😀"}, "given_name"),
        ({"given_name": "a\x07b"}, "given_name"),
        ({"given_name": "ក" * 101}, "given_name"),
        ({"given_name": "សុខា", "latin_given_name": "សុខា"}, "latin_given_name"),
    ],
)
def test_a_wrong_name_is_told_at_the_field_and_in_the_summary(family, typed, field):
    family.post("consent", {"agree": "on"})
    page = family.post("name", typed, 1).content.decode()
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"born_year": "2999"},
        {"born_day": "30", "born_month": "2", "born_year": "2000"},
        {"born_day": "1", "born_year": "2000"},
    ],
)
def test_a_wrong_birth_date_is_refused(family, typed):
    family.post("consent", {"agree": "on"})
    family.post("name", {"given_name": "សុខា"}, 1)
    family.post("sex", {"sex": "female"}, 1)
    page = family.post("birth", typed, 1)
    assert page.status_code == 200
    assert 'href="#id_born_0"' in page.content.decode()


def test_a_head_under_fifteen_is_asked_about_not_refused(family):
    family.head(birth={"born_year": "2015"})
    assert family.client.get("/km/register/").url == "/km/register/member/1/young/"
    assert family.post("young", {"young": "no"}, 1).url == "/km/register/member/1/birth/"
    family.post("young", {"young": "yes"}, 1)
    for step in ("document", "phone"):
        family.post(step, {"document_type": "none", "phone": ""}, 1)
    family.post("place", {"village_code": "01020101"}, query="?in=010201")
    assert family.finish().url == "/km/registered/"


def test_a_document_already_registered_says_nothing_about_whom(family, other_laptop, django_user_model):
    family.register()
    heng = django_user_model.objects.create_citizen(phone="+85512000111")
    other = Family(type(family.client)())
    other.client.force_login(heng, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    answer = other.register()
    assert answer.url.startswith("/km/register/member/1/document/")
    page = other.client.get(answer.url).content.decode()
    assert 'href="#id_document_number"' in page
    assert Person.objects.get().spid not in page
    assert Person.objects.count() == 1


def test_a_visitor_is_sent_to_sign_in_and_back(client, areas):
    answer = client.get("/km/register/")
    assert answer.status_code == 302
    assert "sign-in" in answer.url


def test_the_birth_date_comes_back_into_its_boxes(family):
    family.head()
    page = family.client.get("/km/register/member/1/birth/").content.decode()
    for box, value in (("day", 27), ("month", 3), ("year", 1985)):
        assert f'name="born_{box}" value="{value}"' in page
