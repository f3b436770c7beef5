"""Reports arrive in any order: one about an earlier moment than a handled one changes nothing."""

from collections.abc import Collection
from typing import Any

from dsp_platform.exchange.models import StatusReport


def later_one_handled(report: StatusReport, *, also: Collection[str] = (), **values: Any) -> bool:
    """Whether a later report about the same subject, with these ``values``, was handled already.

    ``also``: other numbers of the same subject.

    The caller has locked the subject; otherwise two reports handled at once would not see each other.
    """
    later = StatusReport.objects.filter(
        operator=report.operator_id,
        kind=report.kind,
        subject__in={report.subject, *also},
        state=StatusReport.State.HANDLED,
        occurred_at__gt=report.occurred_at,
        **{f"values__{name}": value for name, value in values.items()},
    )
    return later.exclude(pk=report.pk).exists()
