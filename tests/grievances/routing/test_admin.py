"""Teams in the admin, as stewards change them and auditors read them."""

import pytest

from grievances.models import Team, default_team
from tests.sending import forms_of, send

pytestmark = pytest.mark.django_db


def saved(client, team, **typed):
    """The answer to the form of the team, sent with this in it."""
    address = f"/en/admin/grievances/team/{team.pk}/change/"
    form = next(one for one in forms_of(address, client.get(address)) if "name_km" in one.fields)
    return send(client, form.target, form.fields | {"above": "", "members": []} | typed)


@pytest.fixture
def commune(areas, nssf_reviewer):
    made = Team.objects.create(kind="commune", name_km="ឃុំ", name_en="Commune", area=areas["010201"])
    made.members.set([nssf_reviewer])
    return made


def test_a_team_is_not_above_itself(staff_clients, commune):
    answer = saved(staff_clients["steward"], commune, above=str(commune.pk))
    assert answer.status_code == 200
    assert "above" in answer.context["adminform"].form.errors


def test_the_default_team_stays_one_of_the_secretariat(staff_clients, areas):
    team = Team.objects.get(pk=default_team())
    answer = saved(staff_clients["steward"], team, kind="commune", place=areas["010201"].name_km)
    assert answer.status_code == 200
    team.refresh_from_db()
    assert team.kind == "secretariat"


def test_another_area_is_saved(staff_clients, commune, areas):
    other = next(code for code in areas if len(code) == 6 and code != "010201")
    answer = saved(staff_clients["steward"], commune, place=areas[other].name_km)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    commune.refresh_from_db()
    assert commune.area_id == other


def test_a_page_opened_before_the_area_changed_is_refused(staff_clients, commune, areas):
    client, address = staff_clients["steward"], f"/en/admin/grievances/team/{commune.pk}/change/"
    form = next(one for one in forms_of(address, client.get(address)) if "name_km" in one.fields)
    other = next(code for code in areas if len(code) == 6 and code != "010201")
    Team.objects.filter(pk=commune.pk).update(area=areas[other])
    answer = send(client, form.target, form.fields | {"name_en": "Another name"})
    assert "Somebody else changed this" in answer.content.decode()


def test_an_auditor_reads_the_area_of_a_team(staff_clients, commune):
    page = staff_clients["auditor"].get(f"/en/admin/grievances/team/{commune.pk}/change/").content.decode()
    assert commune.area.name_latin in page
    assert "/registry/area/" not in page
