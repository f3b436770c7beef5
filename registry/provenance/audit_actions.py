from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions

register_actions(
    "registry.provenance",
    Action("take_source_value", _("took the value of a source")),
    Action("ask_for_source_value", _("asked the commune for the change that a source tells")),
    Action("keep_value_on_record", _("kept the value on record"), effect=Effect.NONE),
    Action("decide_conflicts", _("decided all conflicts of a source"), effect=Effect.NONE),
    details={"conflict": _("conflict of two sources")},
)
