"""What matching finds is not lost unnoticed: one seed, so that it is the same each time."""

from benchmarks.matching import run


def test_doubles_of_a_made_up_population_are_found():
    figures = run(3000)
    assert figures["likely_recall"] >= 0.97
    assert figures["likely_precision"] >= 0.99
    assert figures["certain_precision"] == 1
