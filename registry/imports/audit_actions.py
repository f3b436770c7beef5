from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "registry.imports",
    Action("stop", _("stopped it")),
    subjects={"import_source": _("import source")},
)
