"""Whom a sharing agreement concerns: by its rule, by applications, and by consent."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from django.core.exceptions import ValidationError

from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import StatementPart, as_part, today_values
from registry.rules.check import check_rule
from registry.rules.nodes import Node
from registry.rules.parse import RuleError, parse_rule

Applicants = Callable[[str, Sequence[int] | None], set[int]]
"""Given an operator's code and persons (None: anybody): those who applied to one of its programmes."""

_providers: list[Applicants] = []


def register_applicants(provider: Applicants) -> None:
    """Called by the applications, which the registry may not import."""
    if provider not in _providers:
        _providers.append(provider)


def require_sound(text: str) -> None:
    """Raises ValidationError with the place of the mistake."""
    try:
        check_rule(text)
    except RuleError as error:
        raise ValidationError(str(error)) from None


# Cached apart from other rules: a delivery of millions parses its rule once, not for every batch.
_parsed = lru_cache(maxsize=256)(parse_rule)


def rule_of(agreement: Agreement) -> Node | None:
    """None where the agreement has no rule, or an invalid one; then it concerns nobody by rule."""
    if agreement.concerns == Agreement.Concerns.APPLICANTS or not agreement.rule.strip():
        return None
    try:
        return _parsed(agreement.rule)
    except RuleError:
        return None


def rule_part(agreement: Agreement, only: str = "") -> StatementPart:
    """The agreement's rule as a condition of a statement. "Not known" counts as no."""
    rule = rule_of(agreement)
    return as_part(rule, only) if rule else StatementPart("FALSE", "", today_values())


def asks_applicants(agreement: Agreement) -> bool:
    return agreement.concerns != Agreement.Concerns.RULE


def applied(agreement: Agreement, persons: Collection[int] | None) -> set[int]:
    """Those of the persons (None: of all) who applied to one of the operator's programmes."""
    if not asks_applicants(agreement):
        return set()
    asked = None if persons is None else sorted(persons)
    return {pk for provider in _providers for pk in provider(agreement.operator_id, asked)}


_CONSENT = """
LEFT JOIN registry_consent consent ON consent.household_id = {household}
    AND consent.operator_code = %(operator)s AND consent.withdrawn_at IS NULL"""


def consent_part(agreement: Agreement, household: str) -> tuple[str, str, str]:
    """(tables, condition, column) of the household's open consent, where the agreement rests on it.

    There is one at most, so the join repeats no row.
    """
    if agreement.basis == Agreement.Basis.LAW:
        return "", "TRUE", "NULL::bigint"
    return _CONSENT.format(household=household), "consent.id IS NOT NULL", "consent.id"
