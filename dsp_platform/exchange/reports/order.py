"""Reports arrive in any order: a later one that was handled already makes an earlier one old news."""

from typing import Any

from dsp_platform.exchange.models import StatusReport


def later_one_handled(report: StatusReport, **values: Any) -> bool:
    """Did a later report about the same subject, with these of its ``values``, take effect already?

    The caller holds a lock on the subject, or two reports handled at once would not see each other.
    """
    later = StatusReport.objects.filter(
        operator=report.operator_id,
        kind=report.kind,
        subject=report.subject,
        state=StatusReport.State.HANDLED,
        occurred_at__gt=report.occurred_at,
        **{f"values__{name}": value for name, value in values.items()},
    )
    return later.exclude(pk=report.pk).exists()
