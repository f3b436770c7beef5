"""An institution may run several systems: an operator is shown as ``str(operator)`` does it, not by its name
alone."""

import re

from tests.structure.test_house_rules import BASE, tracked

HOME = BASE / "dsp_platform" / "exchange"
"""Where both columns are written, translated and edited."""
ALONE = re.compile(
    r"(?:\b|_)operators?(?:_id)?(?:\.|__)(?:name|system)(?:_km|_en)?\b"
    r"|\bOperator\.objects\b.*[\"'](?:name|system)(?:_km|_en)?[\"']"
)


def test_no_page_text_or_record_names_an_operator_without_its_system():
    found = [
        f"{path.relative_to(BASE)}:{number}"
        for path in tracked(".py", ".html")
        if not path.is_relative_to(HOME) and "tests" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if ALONE.search(line)
    ]
    assert found == []


def test_the_rule_meets_every_way_to_name_one():
    for line in (
        "{{ application.programme.operator.name }}",
        "{{ operator.system }}",
        'values_list("programme__operator__name_km")',
        'Operator.objects.values_list("code", "name")',
    ):
        assert ALONE.search(line)
    assert not ALONE.search("{{ operator }} {{ operator.code }}")
