from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.words import register_words

register_words(
    actions={
        "propose": _("proposed it"),
        "overtake": _("gave it up: something changed meanwhile"),
        "lapse": _("let it lapse: nobody approved it in time"),
        "carry_out": _("carried it out"),
    },
    details={"act": _("what")},
)
