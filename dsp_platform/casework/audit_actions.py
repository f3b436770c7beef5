from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions
from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.casework.queue.export import REASONS

register_actions(
    "casework",
    Action("assign", _("assigned it to themselves")),
    Action("unassign", _("handed it back, assigned to nobody")),
    Action("reassign", _("handed it over to a colleague")),
    Action("add_note", _("wrote an internal note")),
    Action("step_refused", _("was refused a step"), effect=Effect.NONE),
    Action("overdue", _("let a deadline pass")),
    Action("export_list", _("downloaded a list as a file"), effect=Effect.NONE),
    # Each row of it, for the access log of whom it is about.
    Action("exported", _("took it in a file"), _("took it in a file of a list"), Effect.ACCESS),
    details={"colleague": _("colleague"), "colleague_before": _("who had it before")},
    reasons={
        "overdue": dict(DueFor.choices),
        "export_list": REASONS,
        # Class names of the errors.
        "step_refused": {
            "StepNotAllowed": _("the step was not possible any more"),
            "NoteMissing": _("no note was written"),
            "ReasonMissing": _("no reason was chosen"),
            "NotYours": _("it was their own"),
            "ColleagueMissing": _("no colleague was chosen"),
            "CannotTakeOver": _("the colleague may not decide it"),
            "ReadsOnly": _("the account reads only"),
            "MayBeOnePerson": _("one of the two had invited the other, or the same person both"),
            "InConflict": _("it was of their own household or kin"),
        },
    },
)
