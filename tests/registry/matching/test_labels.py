from django.utils.translation import override

from registry.matching.labels import COMPARISONS, LEVELS, in_words
from registry.matching.records import Evidence
from registry.matching.weights import BY_REFERENCE, TABLE

SAYS_NOTHING = {"unknown", "as_written"}


def test_every_level_has_words():
    compared = {name: levels.keys() - SAYS_NOTHING for name, levels in TABLE.items()}
    assert compared | {BY_REFERENCE: {"same"}} == {name: set(levels) for name, levels in LEVELS.items()}
    assert COMPARISONS.keys() == TABLE.keys() | {BY_REFERENCE}


def test_the_strongest_evidence_comes_first():
    evidence = [Evidence("sex", "same", 1.0), Evidence("birth", "other", -5.0)]
    with override("en"):
        assert [tuple(map(str, one)) for one in in_words(evidence)] == [
            ("Date of birth", "another date", "-5.0"),
            ("Sex", "the same", "1.0"),
        ]
