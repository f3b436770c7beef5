"""Teams in the admin, as stewards change them and auditors read them."""

import pytest

from grievances.models import Team, default_team
from tests.applications.helpers import sign_in
from tests.sending import forms_of, send

pytestmark = pytest.mark.django_db


OTHER = "010202"


def address_of(team):
    return f"/en/admin/grievances/team/{team.pk}/change/"


def opened(client, team):
    page = client.get(address_of(team))
    form = next(one for one in forms_of(address_of(team), page) if "name_km" in one.fields)
    return form.fields | {"above": ""}


def saved(client, team, **typed):
    return send(client, address_of(team), opened(client, team) | typed)


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
    answer = saved(sign_in(steward), commune, place=areas[OTHER].name_km)
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
