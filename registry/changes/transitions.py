"""What every step with a request for a change has in common: the row held, the step noted."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.khmer.text import clean_lines
from dsp_platform.templatetags.site_tags import runs
from registry.models import ChangeEvent, ChangeRequest
from registry.models.change import NOTE_LENGTH


def cleaned_note(note: str) -> str:
    return clean_lines(note)[:NOTE_LENGTH].strip()


def locked_request(request: ChangeRequest) -> ChangeRequest:
    rows = ChangeRequest.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("person", "asked_by", "asked_for", "mover").get(pk=request.pk)


def note_step(request: ChangeRequest, step: str, actor: User, note: str = "") -> None:
    ChangeEvent.objects.create(request=request, step=step, actor=actor, note=note)
    audit.record(
        actor=actor,
        action=f"change_{step}",
        subject_kind="person",
        subject_id=request.person_id or request.asked_for_id,
        reason=request.kind,
        case_id=request.case_id if step in ("ask", "apply") else None,
        details={"change": request.reference},
    )


def overtaken(request: ChangeRequest) -> str:
    if request.is_open:
        return _("Nothing was saved: something was added meanwhile. Read it, then decide.")
    last = request.steps.select_related("actor").last()
    who = runs(last.actor) if last and not last.actor.is_citizen else _("the person who asked")
    words = _("Nothing was saved: %(who)s was first. The request is now “%(state)s”.")
    return format_html(words % {"who": "{}", "state": "{}"}, who, request.get_state_display())
