from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions

register_actions("jobs", Action("reconcile", _("had an operator compared"), effect=Effect.NONE))
