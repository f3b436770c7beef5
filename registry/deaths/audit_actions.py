from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "registry.deaths",
    Action(
        "undo_death", _("undid a death that was recorded wrongly"), _("A wrong record of a death was undone")
    ),
)
