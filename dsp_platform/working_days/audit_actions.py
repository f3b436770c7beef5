from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions("working_days", Action("decree_day", _("entered what a decree says of a day")))
