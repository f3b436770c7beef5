"""The reference page shows the weights that the code has."""

import re
from pathlib import Path

from registry.matching.weights import CERTAIN, LIKELY, TABLE, UNKNOWN, Level

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "matching.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| `(\w+)` \| `(\w+)` \| [^|]+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|")


def test_the_table_is_that_of_the_code():
    shown = {(name, level): Level(*map(float, shares)) for name, level, *shares in ROW.findall(PAGE)}
    assert shown == {
        (name, level): share
        for name, levels in TABLE.items()
        for level, share in levels.items()
        if share != UNKNOWN
    }


def test_the_thresholds_are_those_of_the_code():
    assert f"at {LIKELY:g} or more it is *likely*" in PAGE
    assert f"At {CERTAIN:g} or more it is *certain*" in PAGE
