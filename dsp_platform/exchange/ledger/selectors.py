from collections.abc import Collection

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from dsp_platform.exchange.ledger import availability
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.web.request_cache import cached_per_request


def agreements_in_force(*kinds: str) -> QuerySet[Agreement]:
    today = timezone.localdate()
    agreements = Agreement.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=today),
        state=Agreement.State.APPROVED,
        valid_from__lte=today,
        operator__active=True,
    )
    return agreements.filter(kind__in=kinds) if kinds else agreements


@cached_per_request
def _agreements_with(operator: str) -> list[Agreement]:
    return list(agreements_in_force().filter(operator=operator))


def agreement_with(operator: str | None, kind: str) -> Agreement | None:
    """The one in force about this kind of record. A page that asks for several reads them all at once."""
    if not operator:
        return None
    return next((one for one in _agreements_with(operator) if one.kind == kind), None)


def operators_to_consent() -> list[Operator]:
    """Operators that receive data only with consent: those a person is asked about."""
    asking = agreements_in_force().filter(basis=Agreement.Basis.CONSENT)
    return list(Operator.objects.filter(pk__in=asking.values("operator")).order_by("code"))


# An expired lease is work too: the next claim takes its entries over.
_WITH_WORK = f"""
SELECT code FROM exchange_operator AS operator
WHERE {availability.READY} AND (rate_per_minute IS NULL OR {availability.ALLOWANCE} > 0)
    AND (%(codes)s::text[] IS NULL OR code = ANY (%(codes)s::text[]))
    AND (
        EXISTS (
            SELECT FROM exchange_outstanding
            WHERE operator_id = operator.code AND NOT held AND not_before <= statement_timestamp()
        )
        OR EXISTS (
            SELECT FROM exchange_lease
            WHERE operator_id = operator.code AND until < statement_timestamp()
        )
    )
ORDER BY code
"""  # noqa: S608


def operators_with_work(codes: Collection[str] | None = None) -> list[str]:
    """Operators that may be contacted now and have an entry due that is not in flight."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_WORK, {"codes": None if codes is None else list(codes), "at": None})
        return [code for (code,) in cursor.fetchall()]


def is_operator(code: str) -> bool:
    return Operator.objects.filter(code=code).exists()


def operator_names(codes: Collection[str]) -> dict[str, str]:
    """Also of those that are not active any more."""
    return {one.code: str(one) for one in Operator.objects.filter(code__in=codes)}


def operators_found_by(words: str) -> list[tuple[str, str]]:
    """Code and name of the active ones; without words all of them."""
    rows = Operator.objects.filter(active=True)
    return [(one.code, str(one)) for one in rows if words.casefold() in str(one).casefold()]
