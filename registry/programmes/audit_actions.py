from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions

register_actions(
    "registry.programmes",
    Action("preview", _("tried a rule"), effect=Effect.NONE),
    subjects={"life_situation": _("life situation")},
    details={
        "fields": _("fields"),
        "rule": _("rule"),
        "benefits": _("amounts"),
        "programme": _("programme"),
    },
)
