"""How long applications are kept."""

from django.utils.translation import gettext_lazy as _

from applications.answers import drafts
from dsp_platform.background.retention import Rule, register_rules

register_rules(
    Rule(
        code="applications",
        models=(
            "applications.Application",
            "applications.ApplicationEvent",
            "applications.ApplicationDeadline",
            "applications.Answers",
            "applications.HeldDecision",
        ),
        what=_("applications and what was answered with them, also refused ones"),
        why=_("people see what became of them and can appeal"),
    ),
    Rule(
        code="answer-drafts",
        models=("applications.AnswerDraft",),
        what=_("answers to a programme's questions that were not sent"),
        after=drafts.KEPT,
        since=_("after the last answer"),
        why=_("people can go on later"),
        purge=drafts.purge,
        clock={"applications.AnswerDraft": "saved_at"},
    ),
)
