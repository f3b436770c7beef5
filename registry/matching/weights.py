"""How likely each level of a comparison is: of two records of one person, of two strangers, and of two
members of one family. What the levels mean and how the shares were estimated: docs/reference/matching.md.

Estimated 2026-11-30. A weight is the logarithm to base 2 of the first share by one of the others.
"""

from math import log2
from typing import NamedTuple

POPULATION = 17_000_000
DOUBLES = 0.15
"""How many further records of a person are expected in the registry, on average."""
DOUBLES_IN_LIST = 0.05
"""The same in one file, which is of one source."""
RELATIVES = 6.0
"""How many others of the family are registered for each person, on average."""

LIKELY = 1.0
CERTAIN = 10.0


class Level(NamedTuple):
    one: float
    strangers: float
    relatives: float


Levels = dict[str, Level]

UNKNOWN = Level(1, 1, 1)
# Of "same" and "sound" the share among strangers is that of the name itself, where it is known.
FAMILY_NAME: Levels = {
    "same": Level(0.85, 0.012, 0.60),
    "near": Level(0.06, 0.0015, 0.002),
    "sound": Level(0.04, 0.006, 0.008),
    "similar": Level(0.01, 0.02, 0.01),
    "other": Level(0.04, 0.95, 0.38),
    "unknown": UNKNOWN,
}
GIVEN_NAME: Levels = {
    "same": Level(0.82, 0.0012, 0.0015),
    "near": Level(0.085, 0.003, 0.006),
    "sound": Level(0.03, 0.0015, 0.003),
    "similar": Level(0.015, 0.022, 0.03),
    "other": Level(0.05, 0.972, 0.96),
    "unknown": UNKNOWN,
}
NAME_ORDER: Levels = {
    "as_written": UNKNOWN,
    "swapped": Level(0.04, 1, 0.5),
    "one_field": Level(0.04, 0.5, 0.5),
}
BIRTH: Levels = {
    "day": Level(0.78, 0.00004, 0.0033),
    "usual_day": Level(0.04, 0.0004, 0.0005),
    "month": Level(0.015, 0.0008, 0.003),
    "year": Level(0.08, 0.016, 0.024),
    "day_and_month_changed": Level(0.01, 0.00003, 0.0002),
    "digit": Level(0.02, 0.001, 0.003),
    "year_slip": Level(0.015, 0.00006, 0.0005),
    "same_day_of_year": Level(0.003, 0.002, 0.002),
    "near_year": Level(0.012, 0.066, 0.1),
    "other": Level(0.03, 0.914, 0.86),
    "unknown": UNKNOWN,
}
SEX: Levels = {
    "same": Level(0.99, 0.5, 0.5),
    "other": Level(0.01, 0.5, 0.5),
    "unknown": UNKNOWN,
}
VILLAGE: Levels = {
    "village": Level(0.80, 0.00007, 0.93),
    "commune": Level(0.05, 0.0006, 0.02),
    "district": Level(0.02, 0.0055, 0.01),
    "province": Level(0.04, 0.05, 0.01),
    "digit": Level(0.03, 0.002, 0.01),
    "other": Level(0.06, 0.942, 0.02),
    "unknown": UNKNOWN,
}
PHONE: Levels = {
    "same": Level(0.6, 0.000003, 0.45),
    "other": Level(0.4, 1, 0.55),
    "unknown": UNKNOWN,
}
DOCUMENT: Levels = {
    "same": Level(0.95, 0.00000002, 0.001),
    "same_shared": Level(0.9, 0.000003, 0.8),
    "other": Level(0.05, 1, 1),
    "unknown": UNKNOWN,
}
HOUSEHOLD: Levels = {
    "several": Level(0.7, 0.0002, 0.85),
    "one": Level(0.2, 0.001, 0.1),
    "none": Level(0.1, 0.9988, 0.05),
    "unknown": UNKNOWN,
}
LIVES_WITH: Levels = {
    "no": Level(0.99, 0.9999, 0.15),
    "yes": Level(0.01, 0.0001, 0.85),
    "unknown": UNKNOWN,
}

TABLE: dict[str, Levels] = {
    "family_name": FAMILY_NAME,
    "given_name": GIVEN_NAME,
    "name_order": NAME_ORDER,
    "birth": BIRTH,
    "sex": SEX,
    "village": VILLAGE,
    "phone": PHONE,
    "document": DOCUMENT,
    "household": HOUSEHOLD,
    "lives_with": LIVES_WITH,
}


def _weights(alternative: str) -> dict[str, dict[str, float]]:
    return {
        name: {level: log2(share.one / getattr(share, alternative)) for level, share in levels.items()}
        for name, levels in TABLE.items()
    }


BY_REFERENCE = "reference"
"""What is not compared of two records: that a source calls both by one number."""
REFERENCE = log2(0.95 / 0.05)
"""Of twenty such pairs one is of two persons."""

AGAINST_STRANGERS = _weights("strangers")
AGAINST_RELATIVES = _weights("relatives")
