import pytest

from registry.models import Consent, Draft, Household, Person
from registry.persons import lookups
from registry.registration.services import is_document_taken
from tests.registry.pages import HEAD, Family

pytestmark = pytest.mark.django_db


def test_a_citizen_registers_self_and_child_and_gets_two_numbers(registering_family, sokha):
    registering_family.head()
    registering_family.child()
    answer = registering_family.finish(members=2)
    assert answer.url == "/km/registered/"
    head, child = Person.objects.order_by("pk")
    assert (head.name, head.account, head.seeing, head.phone) == ("សុខ សុខា", sokha, 2, "+85512345678")
    assert (child.birth_precision, child.date_of_birth.year, child.studying) == ("year", 2015, None)
    page = registering_family.client.get("/km/registered/").content.decode()
    assert head.spid_grouped in page
    assert child.spid_grouped in page


def test_consent_is_kept_for_the_registry_and_each_operator_chosen(registering_family):
    registering_family.register()
    given = Consent.objects.values_list("operator_code", flat=True)
    assert sorted(given) == ["", "idpoor"]


def test_the_first_page_is_consent_and_nothing_can_be_skipped(registering_family):
    assert registering_family.client.get("/km/register/").url == "/km/register/consent/"
    assert registering_family.client.get("/km/register/check/").url == "/km/register/consent/"
    assert registering_family.client.get("/km/register/member/9/name/").url == "/km/register/consent/"


def test_without_consent_nothing_goes_on(registering_family):
    page = registering_family.post("consent", {"operators": ["idpoor"]})
    assert page.status_code == 200
    assert 'href="#id_agree"' in page.content.decode()
    assert not Draft.objects.exists()


def test_answers_survive_signing_out(registering_family, sokha):
    registering_family.post("consent", {"agree": "on"})
    registering_family.post("name", {"given_name": "សុខា"}, 1)
    registering_family.client.logout()
    backend = "dsp_platform.accounts.sign_in.backends.PhoneBackend"
    registering_family.client.force_login(sokha, backend=backend)
    assert registering_family.client.get("/km/register/").url == "/km/register/member/1/sex/"
    assert "សុខា" in registering_family.client.get("/km/register/member/1/name/").content.decode()


def test_a_second_submit_and_going_back_make_no_second_household(registering_family):
    registering_family.register()
    assert registering_family.confirm().url == "/km/registered/"
    assert registering_family.client.get("/km/register/member/1/name/").url == "/km/registered/"
    assert registering_family.post("name", {"given_name": "ផ្សេង"}, 1).url == "/km/registered/"
    assert Household.objects.count() == Person.objects.count() == 1


def test_change_from_the_last_page_leads_back_to_it(registering_family):
    registering_family.head()
    registering_family.post("members", {"more": "no"})
    registering_family.post("circumstances", {}, 1)
    answer = registering_family.post("name", {"given_name": "សុខុម"}, 1, query="?return=check")
    assert answer.url.startswith("/km/register/check/")
    assert "សុខុម" in registering_family.client.get("/km/register/check/").content.decode()


def test_a_member_can_be_taken_off_and_another_added(registering_family):
    registering_family.head()
    registering_family.child()
    registering_family.client.post("/km/register/member/2/remove/")
    assert (
        registering_family.post("name", {"given_name": "ចាស់"}, 2).status_code == 302
    )  # a page left open before
    registering_family.child(3)
    registering_family.finish(members=3)
    assert Person.objects.count() == 2


def test_the_language_switch_keeps_what_was_typed_and_judges_nothing(registering_family):
    registering_family.post("consent", {"agree": "on"})
    page = registering_family.client.post(
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
def test_a_wrong_name_is_told_at_the_field_and_in_the_summary(registering_family, typed, field):
    registering_family.post("consent", {"agree": "on"})
    page = registering_family.post("name", typed, 1).content.decode()
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
def test_a_wrong_birth_date_is_refused(registering_family, typed):
    registering_family.post("consent", {"agree": "on"})
    registering_family.post("name", {"given_name": "សុខា"}, 1)
    registering_family.post("sex", {"sex": "female"}, 1)
    page = registering_family.post("birth", typed, 1)
    assert page.status_code == 200
    assert 'href="#id_born_0"' in page.content.decode()


def test_a_head_under_fifteen_is_asked_about_not_refused(registering_family):
    registering_family.head(birth={"born_year": "2015"})
    assert registering_family.client.get("/km/register/").url == "/km/register/member/1/rare/"
    assert registering_family.post("rare", {"right": "no"}, 1).url == "/km/register/member/1/birth/"
    registering_family.confirm_rare(1)
    for step in ("document", "phone"):
        registering_family.post(step, {"document_type": "none", "phone": ""}, 1)
    registering_family.post("place", {"village_code": "01020101"}, query="?in=010201")
    assert registering_family.finish().url == "/km/registered/"


def test_a_document_already_registered_says_nothing_about_whom(
    registering_family, other_laptop, django_user_model
):
    registering_family.register()
    heng = django_user_model.objects.create_citizen(phone="+85512000111")
    other = Family(type(registering_family.client)())
    other.client.force_login(heng, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    answer = other.register()
    assert answer.url == "/km/register/member/1/already/"
    page = other.client.get(answer.url).content.decode()
    assert "/km/my/claim/" in page
    assert Person.objects.get().spid not in page
    assert Person.objects.count() == 1


def test_a_visitor_is_sent_to_sign_in_and_back(client, areas):
    answer = client.get("/km/register/")
    assert answer.status_code == 302
    assert "sign-in" in answer.url


def test_the_birth_date_comes_back_into_its_boxes(registering_family):
    registering_family.head()
    page = registering_family.client.get("/km/register/member/1/birth/").content.decode()
    for box, value in (("day", 27), ("month", 3), ("year", 1985)):
        assert f'name="born_{box}" value="{value}"' in page


def test_a_document_of_somebody_registered_is_told_where_it_is_typed(registering_family, django_user_model):
    registering_family.register()
    heng = django_user_model.objects.create_citizen(phone="+85512000111")
    other = Family(type(registering_family.client)())
    other.client.force_login(heng, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    other.post("consent", HEAD["consent"])
    for step in ("name", "sex", "birth"):
        other.post(step, HEAD[step], 1)
    told = other.post("document", HEAD["document"], 1)
    assert told.url == "/km/register/member/1/already/"
    page = other.client.get(told.url).content.decode()
    assert "/km/my/claim/" in page
    assert Person.objects.get().given_name not in page.split("<h1>")[1].split("</h1>")[1]
    free = other.post("document", HEAD["document"] | {"document_number": "010203046"}, 1)
    assert free.url == "/km/register/member/1/phone/"


def test_typed_documents_are_compared_so_often_a_day_and_then_only_at_the_end(registering_family, sokha):
    registering_family.register()
    typed = [f"02020304{last}" for last in range(lookups.TYPED_A_DAY)]
    of_sokha = {"actor": sokha, "assisted_session": None, "document_type": "identity_card"}
    assert not any(is_document_taken(document_number=number, **of_sokha) for number in typed)
    assert not is_document_taken(document_number="010203045", **of_sokha)
