"""What operators may be told of persons and households, and what they report back about them."""

from dsp_platform.exchange.contract import (
    register_handler,
    register_kind,
    register_rule_check,
    register_rule_reader,
)
from registry.records.entitled import check_rule, register_applicants
from registry.records.households import HouseholdKind
from registry.records.persons import PersonKind
from registry.records.reports import (
    handle_disability,
    handle_enrolment,
    handle_membership,
    handle_payment,
    handle_poverty_level,
)
from registry.records.rules import RuleReader

__all__ = [
    "HouseholdKind",
    "PersonKind",
    "handle_disability",
    "handle_enrolment",
    "handle_membership",
    "handle_payment",
    "handle_poverty_level",
    "register_applicants",
]

register_kind(PersonKind())
register_kind(HouseholdKind())
register_rule_check(check_rule)
register_rule_reader(RuleReader())
register_handler("poverty_level", handle_poverty_level)
register_handler("enrolment", handle_enrolment)
register_handler("membership", handle_membership)
register_handler("disability", handle_disability)
register_handler("payment", handle_payment)
