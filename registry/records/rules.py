"""What the exchange is told of the rule of an agreement, which it cannot read itself."""

from collections.abc import Mapping
from typing import Any

from registry.eligibility.effects import who_gains
from registry.eligibility.preview import noted
from registry.eligibility.rule_words import rule_in_words
from registry.records.entitled import check_rule


class RuleReader:
    def check(self, rule: str) -> None:
        check_rule(rule)

    def in_words(self, rule: str) -> str:
        return rule_in_words(rule)

    def compared(self, kind: str, before: str, after: str) -> str:
        if kind == "household":  # its head is whom the rule judges
            before, after = (f"is_head && ({rule})" if rule.strip() else "" for rule in (before, after))
        return who_gains(before, after)

    def noted(self, rule: str) -> Mapping[str, Any]:
        return noted(rule)
