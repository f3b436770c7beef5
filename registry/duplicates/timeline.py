"""What happened to a case, as staff read it."""

from django.utils.translation import gettext as _

from dsp_platform.casework.timeline import Entry
from dsp_platform.templatetags.site_tags import runs
from registry.duplicates.workflow import ANSWER, STEPS
from registry.models import DuplicateCase, DuplicateCaseEvent


def timeline(case: DuplicateCase) -> list[Entry]:
    """Newest first."""
    return [
        Entry(
            _title(one),
            one.at,
            one.note or "",
            runs(one.actor.staff_name) if one.actor else "",
        )
        for one in case.events.select_related("actor").order_by("-at", "-pk")
    ]


def _title(event: DuplicateCaseEvent) -> str:
    title = str(STEPS[event.step].title)
    if event.step != ANSWER or event.reason not in DuplicateCase.Answer.values:
        return title
    return _("%(step)s: %(answer)s") % {"step": title, "answer": DuplicateCase.Answer(event.reason).label}


def question_of(case: DuplicateCase) -> str:
    """What the steward asked the commune last."""
    asked = case.events.filter(step="ask").last()
    return (asked.note or "") if asked else ""
