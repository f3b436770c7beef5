"""What speaks for one person and what against, as a steward reads it."""

import pytest
from django.utils.translation import override

from registry.duplicates.evidence import all_lines, lines_of
from registry.models import DuplicateCase

pytestmark = pytest.mark.django_db


def test_the_weights_add_up_to_that_of_the_case(case):
    """Of 14.0 the evidence is 17.5."""
    assert [line.weight for line in lines_of(case)] == [14.1, 7.6, -4.2]
    before, *others = all_lines(case)
    assert (before.weight, before.speaks_for) == (-3.5, False)
    assert [line.weight for line in others] == [14.1, 7.6, -4.2]


def test_they_add_up_as_they_are_shown(case):
    """Each is rounded: 0.04 three times is nothing."""
    case.evidence = [
        {"comparison": name, "level": "same", "weight": 5.04} for name in ("sex", "phone", "document")
    ]
    case.weight = 3.14
    assert round(sum(line.weight for line in all_lines(case)), 1) == 3.1


def test_of_a_case_without_evidence_nothing_is_assumed():
    assert all_lines(DuplicateCase(weight=0.0)) == []


def test_the_strongest_evidence_comes_first_and_what_weighs_nothing_is_left_out():
    evidence = [
        {"comparison": "sex", "level": "same", "weight": 1.0},
        {"comparison": "phone", "level": "unknown", "weight": 0.0},
        {"comparison": "birth", "level": "other", "weight": -5.0},
    ]
    with override("en"):
        lines = lines_of(DuplicateCase(evidence=evidence))
        found = [(one.comparison, one.level, one.weight) for one in lines]
    assert found == [("Date of birth", "another date", -5.0), ("Sex", "the same", 1.0)]


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        (7.6, "It speaks strongly for one person."),
        (2.0, "It speaks for one person."),
        (-0.2, "It says almost nothing."),
        (-2.0, "It speaks for two persons."),
        (-5.0, "It speaks strongly for two persons."),
    ],
)
def test_each_line_says_what_follows_from_it(weight, says):
    evidence = [{"comparison": "sex", "level": "same", "weight": weight}]
    with override("en"):
        (line,) = lines_of(DuplicateCase(evidence=evidence))
        assert (line.sentence, line.says) == ("Sex: the same.", says)
