"""Operators know a person by the SPID: what two records that became one, or two again, mean for them."""

from django.db.models.functions import Now

from dsp_platform.exchange.ledger import services as exchange
from dsp_platform.exchange.models import StatusReport
from registry.models import Person

# A report that was held because the other record had what it is about, or because there was no such person.
_HELD = ("not_enrolled", "number_of_another", "unknown_subject")


def touch_merged(*persons: Person) -> None:
    """Every operator that holds an alias is told to delete it, and sent the record that remains; what they
    reported by either number, and was held, is handled again. The caller has written the persons."""
    rows = Person.objects.filter(pk__in=[one.pk for one in persons])
    exchange.announce(kind="person", subjects=list(rows.values_list("pk", "version")))
    numbers = Person.objects.filter(merged_into__in=rows).values_list("spid", flat=True)
    held = StatusReport.objects.filter(
        subject__in=[*numbers, *(one.spid for one in persons)],
        state=StatusReport.State.HELD,
        reason__in=_HELD,
    )
    held.update(state=StatusReport.State.RECEIVED, reason="", not_before=Now())
