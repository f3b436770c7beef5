from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "registry.claims",
    Action("claim", _("joined a record to an account"), _("The record was joined to an account")),
)
