"""Teams and rules of routing as a steward edits them: what cannot be is told on the form."""

import pytest

from grievances.models import RoutingRule, Team, default_team
from tests.applications.helpers import sign_in
from tests.seen import seen
from tests.sending import forms_of, send
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
NAMES = {"name_km": "ក្រុម", "name_en": "Team"}


@pytest.fixture
def first(db):
    return Team.objects.get(pk=default_team())


def refused(steward, row, language, **typed) -> dict:
    """The errors of the form, by field."""
    address = f"/{language}/admin/grievances/{row._meta.model_name}/{row.pk}/change/"
    answer = browser(steward).post(address, {"_seen": seen(row), **typed})
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("language", "words"), [("km", "ត្រូវនៅជាអគ្គលេខាធិការដ្ឋានដដែល"), ("en", "it stays the secretariat")]
)
def test_the_default_team_stays_the_secretariat(steward, first, operators, language, words):
    errors = refused(steward, first, language, **NAMES, kind="operator", operator="nssf")
    assert words in str(errors["kind"])
    first.refresh_from_db()
    assert first.kind == Team.Kind.SECRETARIAT


def test_a_place_typed_for_a_rule_is_its_area(steward, first, areas):
    row = RoutingRule.objects.create(category="other", team=first)
    typed = {"category": "other", "team": str(first.pk), "place": "Bat Trang", "_seen": seen(row)}
    address = f"/en/admin/grievances/routingrule/{row.pk}/change/"
    asked = browser(steward).post(address, typed).content.decode()
    assert "Bat Trang, Mongkol Borey, Banteay Meanchey" in asked
    typed |= {"place_chosen": "010202"}
    assert browser(steward).post(address, typed).status_code == 302
    row.refresh_from_db()
    assert row.area == areas["010202"]


@pytest.mark.parametrize("language", ["km", "en"])
def test_no_team_is_above_itself(steward, first, language):
    assert "above" in refused(steward, first, language, **NAMES, kind="secretariat", above=str(first.pk))


@pytest.mark.parametrize(
    ("language", "words"), [("km", "មានវិធានសម្រាប់ករណីនេះរួចហើយ"), ("en", "There is a rule for this already")]
)
def test_there_is_one_rule_for_the_same(steward, first, language, words):
    RoutingRule.objects.create(category="payment", team=first)
    row = RoutingRule.objects.create(category="other", team=first)
    errors = refused(steward, row, language, category="payment", team=str(first.pk))
    assert words in str(errors["__all__"])
    row.refresh_from_db()
    assert row.category == "other"


OTHER = "010202"


def address_of(team, language="en"):
    return f"/{language}/admin/grievances/team/{team.pk}/change/"


def opened(client, team, language="en"):
    page = client.get(address_of(team, language))
    form = next(one for one in forms_of(address_of(team, language), page) if "name_km" in one.fields)
    return form.fields | {"above": ""}


def saved(client, team, language="en", **typed):
    return send(client, address_of(team, language), opened(client, team, language) | typed)


@pytest.fixture
def commune(areas, nssf_reviewer):
    made = Team.objects.create(kind="commune", name_km="ឃុំ", name_en="Commune", area=areas["010201"])
    made.members.set([nssf_reviewer])
    return made


def test_a_team_is_not_above_itself(steward, commune):
    answer = saved(sign_in(steward), commune, above=str(commune.pk))
    assert answer.status_code == 200
    assert "above" in answer.context["adminform"].form.errors


def test_the_default_team_stays_one_of_the_secretariat(steward, areas):
    team = Team.objects.get(pk=default_team())
    answer = saved(sign_in(steward), team, kind="commune", place=areas["010201"].name_km)
    assert answer.status_code == 200
    team.refresh_from_db()
    assert team.kind == "secretariat"


def test_another_area_is_saved(steward, commune, areas):
    answer = saved(sign_in(steward), commune, place=areas[OTHER].name_km, place_chosen=OTHER)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    commune.refresh_from_db()
    assert commune.area_id == OTHER


def test_a_page_opened_before_the_area_changed_is_refused(steward, commune, areas):
    client = sign_in(steward)
    form = opened(client, commune)
    Team.objects.filter(pk=commune.pk).update(area=areas[OTHER])
    answer = send(client, address_of(commune), form | {"name_en": "Another name"})
    assert "Somebody else changed this" in answer.content.decode()


def test_an_auditor_reads_the_area_of_a_team(auditor, commune):
    page = sign_in(auditor).get(address_of(commune)).content.decode()
    assert commune.area.name_latin in page
    assert "/registry/area/" not in page
