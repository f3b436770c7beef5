from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions

register_actions(
    "registry.my_data",
    Action("print", _("printed it"), _("printed it"), Effect.ACCESS),
    Action("export", _("downloaded it as a file"), _("took a copy"), Effect.ACCESS),
    Action("own_print", _("printed their own data"), effect=Effect.NONE),
    Action("own_export", _("downloaded their own data"), effect=Effect.NONE),
)
