"""The facts that a rule may name, and what they are."""

Value = str | int | bool

TYPES: dict[str, type[Value]] = {
    "age": int,
    "sex": str,
    "pregnant": bool,
    "disability": bool,
    "studying": bool,
    "working": bool,
    "poverty_level": str,
    "is_head": bool,
    "household_size": int,
    "children_under_2": int,
    "children_under_18": int,
    "elders_60": int,
    "disabled_in_household": int,
    "province_code": str,
}
