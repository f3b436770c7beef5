from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "registry.imports",
    Action("stop", _("stopped it")),
    Action("upload_import", _("uploaded a file to be imported")),
    Action("continue_import", _("let an import go on that was stopped")),
    Action("give_up_import", _("gave up an import")),
    Action("apply_import", _("approved that an import is written")),
    Action("undo_import", _("approved that an import is undone")),
    Action("export_refused", _("took the refused rows of an import as a file")),
    subjects={"import_source": _("import source"), "import": _("import")},
    details={"source": _("source")},
)
