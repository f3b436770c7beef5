"""What happened to a case, as staff read it."""

from dsp_platform.casework.timeline import Entry
from dsp_platform.templatetags.site_tags import runs
from registry.duplicates.workflow import STEPS
from registry.models import DuplicateCase


def timeline(case: DuplicateCase) -> list[Entry]:
    """Newest first."""
    return [
        Entry(
            str(STEPS[one.step].title),
            one.at,
            one.note or "",
            runs(one.actor.staff_name) if one.actor else "",
        )
        for one in case.events.select_related("actor").order_by("-at", "-pk")
    ]


def question_of(case: DuplicateCase) -> str:
    """What the steward asked the commune last."""
    asked = case.events.filter(step="ask").last()
    return (asked.note or "") if asked else ""
