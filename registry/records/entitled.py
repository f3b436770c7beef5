"""Whom a sharing agreement concerns: by its rule, by applications, and by consent."""

from collections.abc import Callable, Collection, Sequence

from django.core.exceptions import ValidationError

from dsp_platform.exchange.models import Agreement
from registry.eligibility import facts_of
from registry.models import Consent
from registry.rules import RuleError, judge_rule, parse_rule

Applicants = Callable[[str, Sequence[int]], set[int]]
"""Given an operator's code and persons: those of them who applied to one of its programmes."""

_providers: list[Applicants] = []


def register_applicants(provider: Applicants) -> None:
    """Applications know who applied; the registry may not know them."""
    if provider not in _providers:
        _providers.append(provider)


def check_rule(text: str) -> None:
    """Raises ValidationError that says where the mistake is."""
    try:
        parse_rule(text)
    except RuleError as error:
        raise ValidationError(str(error)) from None


def by_rule(agreement: Agreement, persons: Collection[int]) -> set[int]:
    """Those who surely meet the agreement's rule. Not known, or a rule that cannot be read, is no."""
    if agreement.concerns == Agreement.Concerns.APPLICANTS or not agreement.rule.strip():
        return set()
    try:
        rule = parse_rule(agreement.rule)
    except RuleError:
        return set()
    return {pk for pk, facts in facts_of(persons).items() if judge_rule(rule, facts) is True}


def by_application(agreement: Agreement, persons: Collection[int]) -> set[int]:
    if agreement.concerns == Agreement.Concerns.RULE:
        return set()
    asked = sorted(persons)
    return {pk for provider in _providers for pk in provider(agreement.operator_id, asked)}


def consents(agreement: Agreement, households: Collection[int]) -> dict[int, int]:
    """Open consents for this operator: household to consent."""
    given = Consent.objects.filter(
        household__in=households, operator_code=agreement.operator_id, withdrawn_at=None
    )
    return dict(given.values_list("household_id", "pk"))
