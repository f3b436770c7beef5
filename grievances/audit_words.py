from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.words import register_words

register_words(
    actions={
        "report": _("reported it"),
        "resolve": _("answered it"),
        "dismiss": _("closed it without action"),
        "pass_on": _("passed it on to another operator"),
        "overturn": _("had the decision taken anew"),
        "add": _("added to it"),
    },
    reasons={
        "answer": _("to answer a grievance"),
        "OperatorMissing": _("no operator was chosen"),
        "DecidedByYou": _("they had taken the decision themselves"),
        "WordsMissing": _("no words were written"),
        "NothingToAppeal": _("there was no decision to appeal"),
        "TooManyReports": _("too many reports came from there"),
        "TooManyWords": _("too many words were added to it"),
        "CannotReopen": _("it could not be opened again"),
    },
)
