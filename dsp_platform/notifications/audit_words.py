from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.words import register_words

register_words(
    actions={
        "retry_message": _("had a text message sent again"),
        "allow_messages": _("allowed more text messages"),
    },
    subjects={"message_budget": _("message budget")},
    details={"more": _("more")},
)
