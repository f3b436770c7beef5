from django.utils.translation import gettext_lazy as _

from applications.workflow import REASONS
from dsp_platform.audit.words import register_words

register_words(
    actions={
        "submit": _("applied"),
        "ask_more": _("asked for more information"),
        "answer": _("answered"),
        "appeal": _("appealed"),
        "close": _("closed the application"),
    },
    reasons={
        **{f"refuse:{code}": words for code, words in REASONS.items()},
        "review": _("to decide on an application"),
        # Where a step was taken.
        "portal": _("on the person's own phone"),
        "counter": _("at the counter"),
        "admin": _("in the admin"),
        "operator": _("in the operator's own system"),
        "steward": _("by a steward"),
        "registry": _("in the registry"),
        "NotOpen": _("the programme took no applications"),
        "AlreadyEnrolled": _("the person already receives it"),
        "ConsentMissing": _("there was no consent"),
        "ReasonMissing": _("no reason was chosen"),
        "DecidedBefore": _("they had taken the decision themselves"),
        "ApplicantDied": _("the person had died"),
        "PersonDied": _("the person had died"),
        "AppliedAgain": _("the person has applied again"),
        "AlreadyDecided": _("the operator had decided already"),
    },
)
