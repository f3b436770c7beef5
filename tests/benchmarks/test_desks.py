"""A figure that misses its aim is told, and ends the command with an error."""

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.desks import misses


@pytest.mark.parametrize(
    ("figure", "value", "told"),
    [
        ("queue_queries", 15, []),
        ("queue_queries", 16, ["queue_queries 16, not at most 15"]),
        ("queue_p95_ms", 149.9, []),
        ("queue_p95_ms", 150.0, ["queue_p95_ms 150, not under 150"]),
        ("queue_growth", 1.52, ["queue_growth 1.52, not under 1.5"]),
        ("grievances_lost", 1, ["grievances_lost 1, not at most 0"]),
        ("share_of_raw", 9.0, []),
    ],
)
def test_what_misses_its_aim_is_told(figure, value, told):
    assert misses({figure: value}) == told


@pytest.mark.parametrize("missed", [[], ["queue_queries 16, not at most 15"]])
def test_a_miss_ends_the_command_with_an_error(missed, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "desks", "--json"])
    monkeypatch.setattr("benchmarks.__main__.measure", lambda *_args: {"size": 1, "misses": missed})
    if missed:
        with pytest.raises(SystemExit, match="queue_queries 16"):
            main()
    else:
        main()
    assert json.loads(capsys.readouterr().out)["misses"] == missed
