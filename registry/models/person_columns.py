"""What each column of ``Person`` is: told of somebody, following from what is told, or kept by the registry.

Whoever compares, copies, fills or shows columns takes them from here. A new column gets its place here, and
``tests/structure/test_columns.py`` names all else that has to know it.
"""

from collections.abc import Iterable

KHMER_NAME = ("family_name", "given_name")
LATIN_NAME = ("latin_family_name", "latin_given_name")
NAMES = (*KHMER_NAME, *LATIN_NAME)

DATES = {"born": ("date_of_birth", "birth_precision"), "died": ("died_on", "death_precision")}
"""By its name as one value (``PartialDate``), the columns of a date that may be known to the month or the
year only. ``PersonWriter`` takes these names."""

CIRCUMSTANCES = (
    "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying",
    "working",
)  # fmt: skip
"""Answers of the person: ``registry.facts.circumstances``."""

DETAILS: dict[str, tuple[str, ...]] = {
    "name": KHMER_NAME,
    "latin_name": LATIN_NAME,
    "sex": ("sex",),
    "born": ("born",),
    "died": ("died",),
    "phone": ("phone",),
    **{name: (name,) for name in CIRCUMSTANCES},
    "disability_level": ("disability_level",),
}
"""What is told of somebody, as ``PersonWriter`` takes it, by what is chosen together: half of it from each of
two records would be nobody's."""

COMPARED = (*NAMES, "sex", *DATES["born"], "village_id", "phone")
"""By which somebody is found to be somebody's double: ``MatchRecord``."""

FROM_SOURCES = (*NAMES, "sex", "born", "disability_level")
"""What an import source may say of somebody, and no more follows from it than that it is written."""

NAME_KEYS = ("name_key", "given_key", "latin_key", "latin_given_key")
FOLLOWING = (*NAME_KEYS, "match_keys")
"""Set with what they follow from: ``set_values`` in ``registry.persons.writer``."""

KEPT = (
    "id", "spid", "origins", "village_id", "language", "verification", "account_id", "merged_into_id",
    "version", "created_at", "registered_by_id",
)  # fmt: skip
"""What is no detail of the person: written by the registry as it registers, checks, moves and merges."""


def columns_of(values: Iterable[str]) -> tuple[str, ...]:
    """Of values named as ``PersonWriter`` takes them."""
    return tuple(column for value in values for column in DATES.get(value, (value,)))
