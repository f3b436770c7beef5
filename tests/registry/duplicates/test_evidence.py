from django.utils.translation import override

from registry.duplicates.evidence import lines_of
from registry.models import DuplicateCase


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
