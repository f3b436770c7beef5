from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

_REFUSED = {
    "MergeRefused": _("two records could not be made one, or not two again"),
    "SecondPersonNeeded": _("it takes a second person"),
    "NotAssigned": _("it was not said of everything whose it is"),
}
register_actions(
    "registry.merging",
    Action("merge", _("made two records of one person one"), _("Two records of you were made one")),
    Action("unmerge", _("made a record two again"), _("A record was made two again")),
    subjects={"merge": _("merge of two records")},
    reasons={"step_refused": _REFUSED},
    details={"merge": _("merge of two records"), "approved_by": _("approved by")},
)
