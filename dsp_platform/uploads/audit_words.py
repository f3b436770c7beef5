from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.words import register_words

register_words(
    actions={"infected_upload": _("sent a file in which the virus check found something")},
    reasons={"document": _("to look at a document")},
    details={"upload": _("document")},
)
