"""Of which rows it is noted that their household has not one head."""

from registry.models import StagedRow
from tests.registry.imports.conftest import FAMILY, compared, row, sophea


def noted(run) -> list[int]:
    rows = StagedRow.objects.filter(run=run, findings__contains=[["not_one_head"]])
    return list(rows.order_by("number").values_list("number", flat=True))


def test_it_is_not_noted_of_who_lives_in_a_household_already(source, steward, imported):
    imported(FAMILY)
    another_head = row("9", relationship="head", given_name="វុទ្ធី", born="1968-04-05")
    run = compared(source, [sophea(), row("2", phone="016999001"), another_head], steward)
    assert noted(run) == [4]


def test_it_is_noted_of_who_is_registered_and_never_lived_in_one(source, steward, imported):
    imported([row("2")])
    assert noted(compared(source, [row("2", phone="016999001")], steward)) == [2]
