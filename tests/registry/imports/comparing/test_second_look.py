"""Rows of one file are compared by the rules that the benchmark of matching measures."""

from registry.imports.comparing import comparing
from registry.matching import background, within
from registry.matching.within import pairs_within
from registry.models import StagedRow
from tests.registry.imports.conftest import compared, many, row


def twice():
    """People of two lists, which say another surname and year of birth of the last one."""
    vannarith = row(
        "z", relationship="head", household="Z", village="01020102",
        family_name="អ៊ុច", given_name="សុវណ្ណារិទ្ធ", born="1997-02-18",
    )  # fmt: skip
    first = [*many(20), vannarith]
    second = [
        {**one, "reference": f"{one['reference']}x", "household": f"{one['household']}x"} for one in first
    ]
    second[-1] |= {"family_name": "ញាត", "born": "1998-02-18"}
    return first + second


def test_a_file_is_compared_as_a_list(source, steward, monkeypatch):
    monkeypatch.setattr(background, "ENOUGH", 10)
    monkeypatch.setattr(within, "ENOUGH", 10)
    run = compared(source, twice(), steward)
    staged = StagedRow.objects.filter(run=run).order_by("number")
    features = comparing.features_of_those(run, (), {row.number for row in staged})
    records = [features[row.number].record for row in staged]
    found = [row.number for row in staged if row.same_row or any("row" in one for one in row.doubles)]
    pairs = pairs_within(records)
    assert found == sorted({staged[second].number for _first, second, _match in pairs})
    last = len(records) - 1
    assert last in {second for _first, second, _match in pairs}
    monkeypatch.setattr(within, "second_look", lambda *_arguments: None)
    assert last not in {second for _first, second, _match in pairs_within(records)}
