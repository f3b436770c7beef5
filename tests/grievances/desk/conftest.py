"""A commune with a team of two, and a report with it."""

import pytest

from grievances.models import Team
from registry.models import Programme
from tests.applications.helpers import sign_in
from tests.grievances.routing.test_routing import team
from tests.roles import as_owner

COMMUNE = "010201"


@pytest.fixture
def second_clerk(commune_clerk):
    """Of the same office."""
    return type(commune_clerk).objects.create_staff(
        username="clerk.two", password="x", role="official", area_code=COMMUNE, full_name="សុខ នារី"
    )


@pytest.fixture
def commune_team(areas, commune_clerk, second_clerk):
    return team(Team.Kind.COMMUNE, commune_clerk, second_clerk, area=areas[COMMUNE])


@pytest.fixture
def told(tell, areas, commune_team):
    """About something else, in this commune."""
    return tell(category="other", area=areas[COMMUNE])


@pytest.fixture
def desk(commune_clerk):
    return sign_in(commune_clerk)


@pytest.fixture
@as_owner()  # only the owner may create a programme that is open already
def programme(operators):
    return Programme.objects.create(
        code="cash", operator=operators["nssf"], name_km="សាច់ប្រាក់", name_en="Cash", state="open"
    )
