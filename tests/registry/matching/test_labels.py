from registry.matching.labels import COMPARISONS, LEVELS
from registry.matching.weights import BY_REFERENCE, TABLE

SAYS_NOTHING = {"unknown", "as_written"}


def test_every_level_has_words():
    compared = {name: levels.keys() - SAYS_NOTHING for name, levels in TABLE.items()}
    assert compared | {BY_REFERENCE: {"same"}} == {name: set(levels) for name, levels in LEVELS.items()}
    assert COMPARISONS.keys() == TABLE.keys() | {BY_REFERENCE}
