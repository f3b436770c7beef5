"""What one context wrote is taken back by its history, and what others wrote since is seen."""

from uuid import uuid4

import pytest

from dsp_platform.database.history_context import history_context
from dsp_platform.database.taking_back import Written
from registry.models import Household
from tests.roles import as_owner

CONTEXT = uuid4()


@pytest.fixture
def home(areas):
    return Household.objects.create(number="H-1", village_id="01020101", address="old")


def write(why="later", **values):
    pk = CONTEXT if why == "import" else None
    with history_context(why, pk=pk):
        Household.objects.filter(number="H-1").update(**values)


def test_what_it_changed_is_as_it_was_and_what_others_changed_beside_stays(home):
    write("import", address="new", version=2)
    write("import", address="newest", version=3)
    write(poverty_level="level1")
    written = Written(Household, CONTEXT, own=("version",))
    assert list(written.touched()) == []
    assert written.put_back() == [home.pk]
    home.refresh_from_db()
    assert (home.address, home.poverty_level, home.version) == ("old", "level1", 3)


def test_a_value_that_others_changed_since_is_touched(home):
    write("import", address="new")
    write(address="other")
    assert list(Written(Household, CONTEXT).touched()) == [home.pk]


def test_unless_others_may_change_it(home):
    write("import", address="new", poverty_level="level1")
    write(address="other")
    assert list(Written(Household, CONTEXT, free=("address",)).touched()) == []


def test_what_it_made_is_gone_and_any_change_of_it_counts(areas):
    with history_context("import", pk=CONTEXT):
        home = Household.objects.create(number="H-1", village_id="01020101")
    written = Written(Household, CONTEXT)
    assert list(written.touched()) == []
    write(poverty_level="level1")
    assert list(written.touched()) == [home.pk]
    written.delete()
    assert not Household.objects.exists()


def test_what_was_there_before_its_history_began_is_not_put_back(home):
    write("import", address="new")
    with as_owner():
        Household.events.rel.related_model.objects.filter(pgh_label="insert").delete()
    assert list(Written(Household, CONTEXT).touched()) == [home.pk]
