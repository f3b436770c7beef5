"""What happened to a request for a change, as the one who asked reads it."""

from django.utils.translation import gettext as _

from dsp_platform.casework.timeline import Entry, naming
from registry.changes.hearings.selectors import leaves_commune, who_is_asked
from registry.changes.moves.movers import may_bring_registered
from registry.changes.workflow import AGREE, OBJECT, STEPS, change_workflow
from registry.models import ChangeRequest


def timeline(request: ChangeRequest, *, decides: bool = False) -> list[Entry]:
    """Newest first. Officials are named: the person knows who decides in their commune.

    The answers of other members are shown to who decides, never to who asked: they may live together.
    """
    rows = request.events.select_related("actor").order_by("-at", "-pk")
    entries = []
    for event in rows if decides else rows.exclude(step__in=(AGREE, OBJECT)):
        is_official = event.actor is not None and not event.actor.is_citizen
        by = naming(_("by %(official)s"), event.actor) if is_official else ""
        entries.append(Entry(str(STEPS[event.step].title), event.at, event.note or "", by))
    return entries


def what_next(request: ChangeRequest) -> str:
    match request.state:
        case ChangeRequest.State.WAITING if may_bring_registered(request) and not request.confirmation:
            words = _(
                "If the person is registered already, they are asked first: they get a text message and say "
                "yes by a code, at home or at the office. For who has no phone the old commune answers. "
                "Whoever leads a household in which others stay can say yes when it has a new head. "
                "Then the commune decides."
            )
        case ChangeRequest.State.WAITING if request.mover_id and not request.confirmation:
            words = _(
                "Whoever moves must say yes first: by a code to their phone, at home or at the office. "
                "Then the commune decides."
            )
        # Whether it waits for anybody but the commune; a corrected date of birth seldom does.
        case ChangeRequest.State.WAITING if leaves_commune(request) or who_is_asked(request):
            words = _(
                "Members whom it concerns are told where they have a phone, and can answer for three days. "
                "Then the commune decides, or the district where they are not of one mind. If a paper proves "
                "it, bring it to the office."
            )
        case ChangeRequest.State.WAITING:
            words = _("The commune looks at the request. If a paper proves it, bring it to the office.")
        case ChangeRequest.State.MORE_ASKED:
            return _("Show the document at the commune office, or send a photo of it here.")
        case ChangeRequest.State.APPLIED:
            return _("Operators who have your consent get the new details by themselves.")
        case ChangeRequest.State.REFUSED:
            return _("If you think this is wrong, ask again or report a grievance.")
        case ChangeRequest.State.ENDED:
            last = request.events.order_by("at", "pk").last()
            why = f"{STEPS[last.step].title}." if last else ""
            return f"{why} {_('If it is still needed, ask for it anew.')}".strip()
        case _:
            return _("You can ask again at any time.")
    return f"{words} {_how_told(request)}"


def _how_told(request: ChangeRequest) -> str:
    """How whoever asked learns of the decision."""
    if change_workflow.phones_of(request):
        return _("You get a text message when it is decided.")
    return _(
        "There is no phone for a text message: look at this page, or ask at the office with the reference."
    )
