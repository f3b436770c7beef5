"""The public catalogue: by life situation, without an account, small and fast."""

import gzip

import pytest
from django.core.management import call_command

from registry.models import Programme, ProgrammeSituation
from tests.roles import as_owner

MOST_QUERIES = 4
PAGES = (
    "",
    "programmes/",
    "programmes/?situation=baby",
    "programmes/nssf-pension/",
    "programmes/family-package/",
)


@pytest.fixture
def catalogue(operators):
    call_command("load_catalogue", verbosity=0)


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_reader_costs_little_and_gets_no_cookie(
    catalogue, client, language, page, django_assert_max_num_queries
):
    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(f"/{language}/{page}")
    assert answer.status_code == 200
    assert not answer.cookies
    assert len(gzip.compress(answer.content)) <= 20_000
    assert "no-store" not in answer.get("Cache-Control", "")


def test_a_situation_shows_its_programmes_and_marks_itself(catalogue, client):
    answer = client.get("/en/programmes/?situation=disaster")
    html = answer.content.decode()
    assert [programme.code for programme in answer.context["programmes"]] == ["emergency-support"]
    assert ">1 programme<" in html
    assert '?situation=disaster" aria-current="true"' in html


@pytest.mark.parametrize("asked", ["", "nowhere", "%F0%9F%A6%84", "a" * 500, "%27--"])
def test_an_unknown_situation_shows_all(catalogue, client, asked):
    answer = client.get(f"/km/programmes/?situation={asked}")
    assert answer.status_code == 200
    assert len(answer.context["programmes"]) == Programme.objects.count()


def test_a_situation_without_programmes_says_so(catalogue, client):
    ProgrammeSituation.objects.filter(situation__code="disaster").delete()
    html = client.get("/en/programmes/?situation=disaster").content.decode()
    assert ">0 programmes<" in html
    assert "ask at your commune or sangkat office" in html


def test_a_cost_and_a_rise_stand_apart_from_what_is_given(catalogue, client):
    html = client.get("/en/programmes/nssf-pension/").content.decode()
    words = (
        "What it gives",
        "What it costs",
        "2% of",
        "What will change",
        "8% of",
        "from about October 2027",
    )
    places = [html.index(word) for word in words]
    assert places == sorted(places)


def test_a_closed_programme_is_shown_with_the_reason(catalogue, client):
    html = client.get("/en/programmes/emergency-support/").content.decode()
    assert ">Closed<" in html
    assert "It is paid only when the government announces it." in html


@pytest.mark.parametrize(("language", "source"), [("km", "អនុក្រឹត្យលេខ 280"), ("en", "Sub-decree 280")])
def test_a_source_is_told_in_the_language_of_the_page(catalogue, client, language, source):
    assert source in client.get(f"/{language}/programmes/nssf-voluntary-health/").content.decode()


def test_documents_are_a_list(catalogue, client):
    html = client.get("/en/programmes/family-package/").content.decode()
    assert "<li>The original Equity Card</li>" in html


def test_a_season_is_told(catalogue, client):
    with as_owner():
        Programme.objects.filter(code="idpoor").update(
            state="seasonal", opens_on="2027-01-05", closes_on="2027-02-01"
        )
    html = client.get("/en/programmes/idpoor/").content.decode()
    assert "Opens on 05/01/2027." in html
    assert "Closes on 01/02/2027." in html
