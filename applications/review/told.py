"""What staff are told of a held decision, in words."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.models import HeldDecision
from applications.workflow import CANCELLED, STEPS

State = HeldDecision.State


def time_of(held: HeldDecision) -> str:
    """When it leaves: the hour, with the day where that is another one."""
    at = timezone.localtime(held.carry_out_at)
    is_today = timezone.localdate(at) == timezone.localdate()
    return date_format(at, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")


def in_short(held: HeldDecision) -> str:
    """In the queue."""
    words = {"step": STEPS[held.decision].title, "who": held.decided_by.staff_name}
    if held.state == State.UNDONE and held.ended_by:
        words["by"] = held.ended_by.staff_name
        return _("“%(step)s” by %(who)s was drawn for a second reviewer and undone by %(by)s") % words
    if held.carry_out_at is None:
        return _("“%(step)s” by %(who)s waits for a second reviewer") % words
    return _("“%(step)s” by %(who)s leaves at %(time)s") % {**words, "time": time_of(held)}


def after_holding(held: HeldDecision) -> str:
    words = {"reference": held.application.reference, "step": STEPS[held.decision].title}
    if held.state == State.DONE:
        return _("Saved: %(reference)s is now “%(state)s”.") % {
            **words,
            "state": held.application.get_state_display(),
        }
    if held.state == State.CANCELLED:
        return not_left(held)
    if held.carry_out_at is None:
        return _("%(reference)s: “%(step)s” waits for a second reviewer. Nobody is told before.") % words
    return _("%(reference)s: “%(step)s” leaves at %(time)s. Until then it can be undone.") % {
        **words,
        "time": time_of(held),
    }


def not_left(held: HeldDecision) -> str:
    """Why it was sent back or cancelled, for whoever decided."""
    words = {"reference": held.application.reference, "step": STEPS[held.decision].title}
    if held.state == State.RETURNED:
        return _("%(reference)s: “%(step)s” was sent back by the second reviewer. Read the note.") % words
    said = _("%(reference)s: “%(step)s” did not leave.") % words
    return f"{said} {CANCELLED.get(held.end_reason, '')}".strip()
