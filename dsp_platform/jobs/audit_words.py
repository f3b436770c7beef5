from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.words import register_words

register_words(actions={"reconcile": _("had an operator compared")})
