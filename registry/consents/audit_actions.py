from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "registry.consents",
    Action("give_consent", _("noted a consent"), _("A consent was given")),
    Action("withdraw_consent", _("noted that a consent was taken back"), _("A consent was taken back")),
)
