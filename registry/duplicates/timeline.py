"""What happened to a case, as staff read it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.approval.models import Proposal
from dsp_platform.casework.timeline import Entry
from dsp_platform.templatetags.site_tags import runs
from registry.duplicates.workflow import ANSWER, STEPS
from registry.merging.approvals import MERGE, merge_subjects
from registry.models import DuplicateCase, DuplicateCaseEvent

GIVEN_UP = {
    Proposal.State.REFUSED: gettext_lazy("A second steward refused the merge"),
    Proposal.State.WITHDRAWN: gettext_lazy("The proposed merge was withdrawn"),
    Proposal.State.OVERTAKEN: gettext_lazy("The proposed merge was overtaken by another change"),
    Proposal.State.LAPSED: gettext_lazy("The proposed merge waited too long for a second person"),
}


def timeline(case: DuplicateCase) -> list[Entry]:
    """Newest first. With what became of a merge that was proposed and not made, of which the case is told
    nothing: a proposal is decided elsewhere."""
    steps = [
        Entry(_title(one), one.at, one.note or "", runs(one.actor.staff_name) if one.actor else "")
        for one in case.events.select_related("actor").order_by("-at", "-pk")
    ]
    return sorted([*_given_up(case), *steps], key=lambda one: one.at, reverse=True)


def _given_up(case: DuplicateCase) -> list[Entry]:
    subjects = merge_subjects(case.first_id, case.second_id)
    rows = Proposal.objects.filter(kind=MERGE, subject__in=subjects, state__in=GIVEN_UP)
    return [
        Entry(
            str(GIVEN_UP[Proposal.State(one.state)]),
            one.decided_at or one.closed_at or one.proposed_at,
            one.note,
            runs(one.decided_by.staff_name) if one.decided_by else "",
        )
        for one in rows.select_related("decided_by")
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
