"""A mapping as the steward reads it who approves it."""

import pytest
from django.utils.translation import override

from registry.imports.sources.labels import mapping_lines, trust_lines
from registry.imports.sources.mapping_words import column_in_words


@pytest.mark.parametrize(
    ("field", "spec", "words"),
    [
        ("phone", "TEL", "TEL"),
        (
            "relationship",
            {"column": "REL", "values": {"1": "head", "2": "spouse"}},
            "REL; 1 → Head of household, 2 → Husband or wife",
        ),
        ("name", {"column": "NAME", "order": "given_first"}, "NAME; given name first"),
        ("born", {"column": "DOB", "order": "month_first"}, "DOB; month before day"),
        ("born", {"year": "Y", "month": "M"}, "year: Y; month: M"),
        ("village", {"code": "V", "commune": "C"}, "code: V; commune or sangkat: C"),
        (
            "documents",
            [{"type": "identity_card", "column": "NID"}, {"type": "passport", "column": "PP"}],
            "Khmer identity card: NID, Passport: PP",
        ),
    ],
)
def test_a_column_is_named_without_codes(field, spec, words):
    with override("en"):
        assert column_in_words(field, spec) == words


def test_a_first_of_january_that_is_no_day_is_told():
    with override("en"):
        told = column_in_words("born", {"column": "DOB", "january_first_is_year": True})
        untold = column_in_words("born", {"column": "DOB", "january_first_is_year": False})
    assert told == "DOB; 1 January stands for a day and a month that are not known"
    assert untold == "DOB"


def test_what_is_the_same_in_every_row_is_named():
    with override("en"):
        lines = [words for _label, words in mapping_lines({"constants": {"sex": "female", "level": "B"}})]
    assert [words for words in lines if words] == ["sex: Female; level: B"]


@pytest.mark.parametrize(
    "spec", [7, None, True, {"values": 3}, {"order": ["x"]}, {"type": 1, "column": {}}, [[]]]
)
def test_a_draft_that_cannot_be_read_still_has_words(spec):
    assert isinstance(column_in_words("sex", spec), str)


@pytest.mark.parametrize(("trust", "words"), [({}, "20%"), ({"stop_above": 90}, "90%")])
def test_whoever_approves_reads_when_an_import_stops(trust, words):
    assert [line for _label, line in trust_lines(trust) if line] == [words]
