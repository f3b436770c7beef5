"""Teams above teams end somewhere: a circle of them is refused, and leads nobody round where there is one."""

import pytest

from grievances.errors import CircleOfTeams
from grievances.models import Team, default_team
from grievances.routing.levels import save_team
from grievances.routing.services import Matter, level_above
from tests.accounts.codes.test_code_races import at_once
from tests.applications.helpers import sign_in
from tests.grievances.routing.test_admin import saved
from tests.grievances.routing.test_routing import COMMUNE, DISTRICT, team

pytestmark = pytest.mark.django_db
Kind = Team.Kind


@pytest.fixture
def chain(nssf_reviewer):
    """Three teams, each above the one before."""
    made = [team(Kind.SECRETARIAT, nssf_reviewer) for _number in range(3)]
    for below, above in zip(made, made[1:], strict=False):
        put_above(below, above)
    return made


def put_above(below: Team, above: Team) -> None:
    """As data may have it, past the service."""
    Team.objects.filter(pk=below.pk).update(above=above)
    below.refresh_from_db()


def refused(below: Team, above: Team) -> None:
    below.above = above
    with pytest.raises(CircleOfTeams):
        save_team(team=below)


@pytest.mark.parametrize("length", [2, 3])
def test_a_circle_is_refused(chain, length):
    refused(chain[length - 1], chain[0])


def test_a_longer_chain_is_none(chain, nssf_reviewer):
    last = team(Kind.SECRETARIAT, nssf_reviewer)
    last.above = chain[0]
    save_team(team=last)
    assert Team.objects.get(pk=last.pk).above == chain[0]


def test_nothing_is_above_the_default_team(chain):
    refused(Team.objects.get(pk=default_team()), chain[0])


def test_nor_is_a_commune_above_the_district_that_it_goes_up_to(areas, nssf_reviewer):
    commune = team(Kind.COMMUNE, nssf_reviewer, area=areas[COMMUNE])
    refused(team(Kind.DISTRICT, nssf_reviewer, area=areas[DISTRICT]), commune)
    refused(Team(kind=Kind.DISTRICT, area=areas[DISTRICT]), commune)


def test_another_area_closes_no_circle(areas, nssf_reviewer):
    commune = team(Kind.COMMUNE, nssf_reviewer, area=areas["010202"])
    elsewhere = team(Kind.DISTRICT, nssf_reviewer, area=areas["0201"])
    put_above(elsewhere, commune)
    commune.area = areas["020101"]
    with pytest.raises(CircleOfTeams):
        save_team(team=commune)


@pytest.mark.parametrize(
    ("language", "words"), [("km", "វិលជុំ"), ("en", "would go round in a circle of teams")]
)
def test_the_form_says_so(steward, chain, language, words):
    answer = saved(sign_in(steward), chain[2], language, above=str(chain[0].pk))
    assert words in str(answer.context["adminform"].form.errors["above"])
    chain[2].refresh_from_db()
    assert chain[2].above is None


@pytest.mark.parametrize("length", [2, 3])
def test_where_there_is_one_it_still_ends(chain, length):
    put_above(chain[length - 1], chain[0])
    found, seen = chain[0], []
    while (found := level_above(found, Matter(category="other"))) is not None:
        assert found not in seen
        seen.append(found)
    assert seen[-1].is_default


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_none_together(nssf_reviewer):
    one, other = (team(Kind.SECRETARIAT, nssf_reviewer) for _number in range(2))
    one.above, other.above = Team.objects.get(pk=other.pk), Team.objects.get(pk=one.pk)

    def saving(row):
        def act():
            try:
                save_team(team=row, fields=["above"])
            except CircleOfTeams:
                return "refused"
            return "saved"

        return act

    assert sorted(at_once(saving(one), saving(other))) == ["refused", "saved"]
    assert Team.objects.exclude(above=None).count() == 1
