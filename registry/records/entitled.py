"""Whom a sharing agreement concerns: by its rule, by applications, and by consent."""

from collections.abc import Collection
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import connection

from dsp_platform.database.arrays import array
from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import StatementPart, as_part, today_values
from registry.rules.check import check_rule
from registry.rules.nodes import Node
from registry.rules.parse import RuleError, parse_rule

_applicants: list[str] = []
NOBODY = "SELECT NULL::bigint WHERE FALSE"


def register_applicants(query: str) -> None:
    """Called by the applications, which the registry may not import.

    ``query``: SQL over ``applied``, with a condition, of ``applied.person_id`` of those who applied to one of
    the programmes of ``%(operator)s``.
    """
    if query not in _applicants:
        _applicants.append(query)


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


def applicants_part(agreement: Agreement, persons: str = "") -> str:
    """A query of those who applied to one of the programmes of ``%(operator)s``, as part of a statement.

    ``persons``: what is behind ``person_id`` in a condition that keeps it from reading all of them.
    """
    if not asks_applicants(agreement):
        return NOBODY
    among = f" AND applied.person_id {persons}" if persons else ""
    return " UNION ALL ".join(f"{query}{among}" for query in _applicants) or NOBODY


def applied(agreement: Agreement, persons: Collection[int]) -> set[int]:
    """Those of the persons who applied to one of the operator's programmes."""
    query = applicants_part(agreement, "= ANY (%(persons)s::bigint[])")
    with connection.cursor() as cursor:
        cursor.execute(query, {"operator": agreement.operator_id, "persons": array(persons)})
        return {pk for (pk,) in cursor.fetchall()}


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
