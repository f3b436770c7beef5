import pytest

from registry.areas import selectors, village_picker
from registry.models import Draft
from registry.registration.drafts import save_draft
from tests.registry.pages import BEGUN

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(registering_family, sokha):
    save_draft(owner=sokha, assisted_session=None, answers=BEGUN)
    return registering_family


@pytest.fixture
def at_place(begun):
    return lambda query="": begun.client.get(f"/km/register/place/{query}").content.decode()


@pytest.mark.parametrize("typed", ["អូរធំ", "ភូមិអូរធំ", "ou thum", "OU TH", "Banteay+Neang+ou+thom"])
def test_a_village_is_found_in_both_scripts(at_place, typed):
    assert 'value="01020101"' in at_place(f"?q={typed}")


@pytest.mark.parametrize(("most", "said"), [(2, False), (1, True)])
def test_that_more_were_found_is_said_only_where_there_are_more(at_place, monkeypatch, most, said):
    for module in (selectors, village_picker):
        monkeypatch.setattr(module, "MOST", most)
    page = at_place("?q=Banteay+Neang")
    assert ("រកឃើញភូមិច្រើន" in page) == said
    assert page.count('name="village_code"') == most


def test_the_answers_before_it_are_those_that_are_typed(registering_family):
    registering_family.head(place={"village_code": ""})
    answers = Draft.objects.get().answers
    answers["consent"]["text"] = BEGUN["consent"]["text"]
    assert answers == BEGUN


def test_a_name_nobody_has_says_so_above_a_list(at_place):
    page = at_place("?q=zzzz")
    assert "message warning" in page
    assert 'id="main"' not in page
    assert page.index("message warning") < page.index('href="?in=01"')


def test_nothing_found_is_said_also_beside_the_earlier_answer(registering_family):
    registering_family.head()
    page = registering_family.client.get("/km/register/place/?q=zzzz").content.decode()
    assert "message warning" in page
    assert 'value="01020101"' in page


def test_an_official_who_finds_nothing_chooses_from_the_own_commune(new_assisted_session):
    new_assisted_session.head(place={"village_code": ""})
    page = new_assisted_session.client.get("/km/register/place/?q=zzzz").content.decode()
    assert page.index("message warning") < page.index('value="01020101"')
    assert "?in=02" not in page


def test_down_from_the_province_without_a_script(at_place):
    assert "?in=01" in at_place()
    assert "?in=0102" in at_place("?in=01")
    assert "?in=010201" in at_place("?in=0102")
    assert 'value="01020102"' in at_place("?in=010201")


def test_an_official_begins_in_the_own_commune_and_stays_there(new_assisted_session):
    new_assisted_session.head(place={"village_code": ""})
    for query in ("", "?in=02", "?in=020101"):
        page = new_assisted_session.client.get(f"/km/register/place/{query}").content.decode()
        assert 'value="01020101"' in page
        assert "02010101" not in page
    assert (
        "02010101" not in new_assisted_session.client.get("/km/register/place/?q=Pou+Viel").content.decode()
    )
    answer = new_assisted_session.post("place", {"village_code": "02010101"}, query="?in=020101")
    assert answer.status_code == 200


@pytest.mark.parametrize("query", ["?in=99", "?in=abc", "?in=%E1%9F%A0%E1%9F%A1", "?q=" + "k" * 300])
def test_nonsense_in_the_address_leaves_a_way_on(at_place, query):
    page = at_place(query)
    assert "?in=01" in page or "?in=" in page


@pytest.mark.parametrize("code", ["02010101", "0102", "01029999", "", "០១០២០១០១", "<script>", "\x00"])
def test_only_a_village_that_the_page_offered_is_taken(begun, code):
    """Includes a village of another province, added to the form by hand."""
    answer = begun.post("place", {"village_code": code}, query="?in=010201")
    assert answer.status_code == 200
    assert 'id="id_village_code_error"' in answer.content.decode()
    assert "place" not in Draft.objects.get().answers
