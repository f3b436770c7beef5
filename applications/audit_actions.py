from django.utils.translation import gettext_lazy as _

from applications.workflow import CANCELLED, REASONS, STEPS, Source
from dsp_platform.audit.actions import Action, register_actions

# Where a step was taken: the reason of those that have no other.
SOURCES = dict(Source.choices)

register_actions(
    "applications",
    Action("submit", _("applied"), _("An application was made")),
    Action("ask_more", _("asked for more information")),
    Action("refer", _("referred to another programme")),
    Action("answer", _("answered"), _("A question about an application was answered")),
    Action("document", _("sent a document asked for"), _("A document asked for was sent")),
    Action("appeal", _("appealed"), _("An appeal was made")),
    Action("close", _("closed the application")),
    Action("close_consent", _("closed the application")),
    Action("close_double", _("closed the application")),
    Action("parted", _("opened the application again")),
    Action("hold_decision", _("decided, to leave later")),
    Action("undo_decision", _("took back a decision before it left")),
    Action("agree_decision", _("agreed to the decision of another reviewer")),
    Action("return_decision", _("sent the decision of another reviewer back")),
    Action("cancel_decision", _("a decision that was held did not leave")),
    # Of a grievance too.
    Action("take_up", _("took it up")),
    Action("uphold", _("let the decision stand")),
    Action("reopen", _("opened it again")),
    my_data_labels={"withdraw": _("An application was withdrawn")},
    reasons={
        "refuse": {**SOURCES, **REASONS},
        **dict.fromkeys(STEPS.keys() - {"refuse"}, SOURCES),
        "hold_decision": {name: step.title for name, step in STEPS.items()},
        "cancel_decision": CANCELLED,
        "view": {"review": _("To decide on an application")},
        "step_refused": {
            "NotOpen": _("the programme took no applications"),
            "AlreadyEnrolled": _("the person already receives it"),
            "NoHousehold": _("the person lived in no household"),
            "ConsentMissing": _("there was no consent"),
            "QuestionsUnanswered": _("a question of the programme was not answered"),
            "DecidedBefore": _("they had taken part in the decision"),
            "ApplicantDied": _("the person had died"),
            "PersonDied": _("the person had died"),
            "NoReferral": _("the programme was none to refer to"),
            "NotConfirmed": _("it was not confirmed"),
            "SecondTooNew": _("their account was less than 30 days old"),
            "SecondIsAnother": _("they had taken the decision themselves"),
        },
    },
)
