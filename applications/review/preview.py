"""What a decision would do, for the page on which the reviewer confirms it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.letter import letter_if
from applications.models import Application, HeldDecision
from applications.records import LABELS, ApplicationKind
from applications.review.second import second_foreseen
from applications.workflow import DECIDED, STEPS, application_workflow
from dsp_platform.exchange.ledger.selectors import agreement_with
from dsp_platform.notifications import sms_templates

LETTER = "applications/letter_body.html"


@dataclass(frozen=True, slots=True)
class Written:
    """What the applicant reads, in one language."""

    language: str
    html: SafeString
    is_own: bool
    """The language of the applicant."""
    carries_other: bool
    """The reviewer's words stand in it in the language of the applicant: nobody wrote them in this one."""


def when(foreseen: str) -> str:
    """When it leaves, by what ``second_foreseen`` says."""
    if foreseen == HeldDecision.Second.AMOUNT:
        return str(HeldDecision.Second.AMOUNT.label)
    minutes = int(settings.DECISION_HOLD.total_seconds() // 60)
    if not minutes:
        words = _("It leaves at once and cannot be undone.")
    else:
        words = ngettext(
            "It leaves in %(number)s minute. Until then you or a colleague can undo it, and nobody is told.",
            "It leaves in %(number)s minutes. Until then you or a colleague can undo it, and nobody is told.",
            minutes,
        ) % {"number": minutes}
    if foreseen == HeldDecision.Second.SHARE:
        drawn = _("Some decisions are drawn: a second reviewer looks at them first, and they leave later.")
        return f"{words} {drawn}"
    return words


def preview(request: HttpRequest, application: Application, sent: dict[str, Any]) -> dict[str, Any]:
    """For ``confirm.html``. ``sent``: what was typed into the decision form."""
    decision, step = sent["decision"], STEPS[sent["decision"]]
    languages = [application.language, *({"km", "en"} - {application.language})]
    return {
        "step": step,
        "when": when(second_foreseen(application, decision)),
        "sms": sms_templates.render(step.sms, {"reference": application.reference}, application.language),
        "sms_language": application.language,
        "has_phone": bool(application_workflow.phones_of(application)),
        "written": [_written(request, application, sent, language) for language in languages],
        "is_letter": step.after in DECIDED,
        "enrols": decision == "approve",
        "operator_gets": _operator_gets(application),
        "state_after": Application.State(step.after).label,
    }


def _written(request: HttpRequest, application: Application, sent: dict[str, Any], language: str) -> Written:
    is_own = language == application.language
    translated = sent.get("note_translated")
    note = sent["note"] if is_own else translated or sent["note"]
    carries_other = not is_own and bool(note) and not translated
    reason = sent["reason"]
    with translation.override(language):
        context = {
            "application": application,
            "letter": letter_if(application, sent["decision"], reason, note, sent["referred_to"]),
            "is_preview": True,
            "question": note,
        }
        name = LETTER if STEPS[sent["decision"]].after in DECIDED else "applications/question_body.html"
        html = SafeString(render_to_string(name, context, request))
    return Written(language, html, is_own, carries_other)


def _operator_gets(application: Application) -> list[str]:
    """The details of the application's record that the operator's own system is sent; empty for nothing."""
    agreement = agreement_with(application.programme.operator_id, "application")
    if agreement is None or application.pk not in ApplicationKind().concerned(agreement, [application.pk]):
        return []
    return [str(LABELS[name]) for name in agreement.fields if name in LABELS]
