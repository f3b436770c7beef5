"""How likely each level of a comparison is: of two records of one person, of two strangers, and of two
members of one family. What the levels mean and how the shares were estimated: docs/reference/matching.md.

Estimated 2026-11-30.
"""

from math import log2
from typing import NamedTuple

POPULATION = 17_000_000
SHARE_OF_DOUBLES = 0.05
"""How many further records of a person are expected."""
RELATIVES = 6
"""How many others of the family are registered for each person, about."""

LIKELY = 3.0
CERTAIN = 9.0


class Level(NamedTuple):
    one: float
    strangers: float
    relatives: float


Levels = dict[str, Level]

# Of "same" and "sound" the share among strangers is that of the name itself, where it is known.
FAMILY_NAME: Levels = {
    "same": Level(0.84, 0.012, 0.62),
    "near": Level(0.04, 0.004, 0.006),
    "sound": Level(0.07, 0.012, 0.01),
    "similar": Level(0.02, 0.03, 0.03),
    "other": Level(0.03, 0.942, 0.334),
    "unknown": Level(1, 1, 1),
}
GIVEN_NAME: Levels = {
    "same": Level(0.78, 0.004, 0.003),
    "near": Level(0.07, 0.004, 0.012),
    "sound": Level(0.08, 0.004, 0.012),
    "similar": Level(0.03, 0.03, 0.06),
    "other": Level(0.04, 0.958, 0.91),
    "unknown": Level(1, 1, 1),
}
NAME_ORDER: Levels = {
    "as_written": Level(1, 1, 1),
    "swapped": Level(0.03, 0.5, 0.05),
    "one_field": Level(0.04, 0.2, 0.2),
}
BIRTH: Levels = {
    "day": Level(0.72, 0.00004, 0.0035),
    "usual_day": Level(0.06, 0.004, 0.01),
    "month": Level(0.02, 0.0013, 0.01),
    "year": Level(0.10, 0.015, 0.03),
    "day_and_month_changed": Level(0.02, 0.00004, 0.0002),
    "digit": Level(0.03, 0.0006, 0.006),
    "year_slip": Level(0.02, 0.00008, 0.0004),
    "same_day_of_year": Level(0.005, 0.0027, 0.004),
    "near_year": Level(0.015, 0.06, 0.2),
    "other": Level(0.01, 0.92, 0.74),
    "unknown": Level(1, 1, 1),
}
SEX: Levels = {
    "same": Level(0.99, 0.5, 0.5),
    "other": Level(0.01, 0.5, 0.5),
    "unknown": Level(1, 1, 1),
}
VILLAGE: Levels = {
    "village": Level(0.86, 0.00007, 0.9),
    "commune": Level(0.04, 0.0006, 0.02),
    "district": Level(0.03, 0.005, 0.02),
    "province": Level(0.02, 0.05, 0.02),
    "other": Level(0.05, 0.944, 0.04),
    "unknown": Level(1, 1, 1),
}
PHONE: Levels = {
    "same": Level(0.55, 0.000002, 0.5),
    "other": Level(0.45, 1, 0.5),
    "unknown": Level(1, 1, 1),
}
DOCUMENT: Levels = {
    "same": Level(0.95, 0.00000002, 0.0005),
    "same_shared": Level(0.9, 0.000002, 0.8),
    "other": Level(0.05, 1, 1),
    "unknown": Level(1, 1, 1),
}
HOUSEHOLD: Levels = {
    "several": Level(0.6, 0.0002, 0.7),
    "one": Level(0.2, 0.02, 0.2),
    "none": Level(0.2, 0.98, 0.1),
    "unknown": Level(1, 1, 1),
}
LIVES_WITH: Levels = {
    "no": Level(0.98, 0.9998, 0.3),
    "yes": Level(0.02, 0.0002, 0.7),
    "unknown": Level(1, 1, 1),
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

AGAINST_STRANGER = {
    name: {level: log2(share.one / share.strangers) for level, share in levels.items()}
    for name, levels in TABLE.items()
}
AGAINST_RELATIVE = {
    name: {level: log2(share.one / share.relatives) for level, share in levels.items()}
    for name, levels in TABLE.items()
}
