"""Checks and explains the rule of an agreement for the exchange, which cannot read it."""

from collections.abc import Mapping
from typing import Any

from registry.eligibility.effects import who_gains
from registry.eligibility.preview import audit_details
from registry.eligibility.rule_words import rule_in_words
from registry.records.entitled import require_sound


class RuleReader:
    def check(self, rule: str) -> None:
        require_sound(rule)

    def in_words(self, rule: str) -> str:
        return rule_in_words(rule)

    def compare(self, kind: str, before: str, after: str) -> str:
        if kind == "household":  # the rule of a household is judged for its head
            before, after = (f"is_head && ({rule})" if rule.strip() else "" for rule in (before, after))
        return who_gains(before, after)

    def audit_details(self, rule: str) -> Mapping[str, Any]:
        return audit_details(rule)
