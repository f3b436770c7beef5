from django.utils.translation import gettext_lazy as _

from applications.workflow import Source
from dsp_platform.audit.actions import Action, Labels, register_actions
from grievances.categories import CHOSEN

SOURCES: Labels = {Source.OPERATOR: Source.OPERATOR.label}

register_actions(
    "grievances",
    Action("report", _("reported it"), _("A grievance was reported")),
    Action("resolve", _("answered it")),
    Action("dismiss", _("closed it without action")),
    Action("change_routing", _("changed a team or a rule of routing")),
    Action("recategorise", _("changed what it is about")),
    Action("escalate", _("passed it to the level above")),
    Action("pass_up", _("passed it to the level above")),
    Action("inform", _("told the person how far it is")),
    Action("pass_on", _("passed it on to another operator")),
    Action("mark_repeat", _("marked it as a repeat of another one")),
    Action("unmark_repeat", _("marked it as no repeat any more")),
    Action("part", _("parted it from the report that it was joined with")),
    Action("inherit", _("passed it to the head of the household of somebody who has died")),
    Action("overturn", _("had the decision taken anew")),
    Action("attach", _("added a file to it"), _("A file was added to a grievance")),
    Action("rate", _("said what they think of the answer")),
    Action("add", _("added to it"), _("Something was added to a grievance")),
    Action("renew_pin", _("gave its reporter a new PIN")),
    my_data_labels={"reopen": _("A grievance was opened again")},
    reasons={
        "recategorise": dict(CHOSEN),
        # Those that applications have too are declared there.
        **dict.fromkeys(("inform", "resolve", "dismiss"), SOURCES),
        "view": {"answer": _("To answer a grievance")},
        "step_refused": {
            "OperatorMissing": _("no operator was chosen"),
            "NoOriginal": _("it repeats no other report that they answer"),
            "AnsweredWithAnother": _("it is answered with the report that it repeats"),
            "DecidedByYou": _("they had taken part in the decision"),
            "WordsMissing": _("no words were written"),
            "NothingToAppeal": _("there was no decision to appeal"),
            "TooManyReports": _("too many reports came from there"),
            "TooManyWords": _("too many words were added to it"),
            "CannotReopen": _("it could not be opened again"),
        },
    },
)
