"""What happened to a request for a change, as the one who asked reads it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.casework.timeline import Entry, naming
from registry.changes.hearings.selectors import concerned_by, leaves_commune
from registry.changes.moves.movers import comes_in
from registry.changes.selectors import AGREE, ASKER_LEFT, ENDED, OBJECT
from registry.models import ChangeEvent, ChangeRequest

TITLES = {
    "ask": gettext_lazy("Request received"),
    "apply": gettext_lazy("The change was made"),
    "approve": gettext_lazy("The change was made"),
    "yes": gettext_lazy("The person who moves agreed"),
    "ask_anew": gettext_lazy("What the move would do changed: the person is asked anew"),
    "no": gettext_lazy("The person who moves did not agree"),
    AGREE: gettext_lazy("Somebody whom it concerns agreed"),
    OBJECT: gettext_lazy("Somebody whom it concerns does not agree"),
    "ask_more": gettext_lazy("A document is asked for"),
    "refuse": gettext_lazy("The change was not made"),
    "withdraw": gettext_lazy("Taken back"),
    ENDED: gettext_lazy("Ended: it cannot be done any more"),
    ASKER_LEFT: gettext_lazy("Ended: whoever asked is no member of the household any more"),
}


def timeline(request: ChangeRequest, *, decides: bool = False) -> list[Entry]:
    """Newest first. Officials are named: the person knows who decides in their commune.

    What others of the household answered is read by who decides, never by who asked: they may live together.
    """
    steps = request.steps.select_related("actor").order_by("-at", "-pk")
    return [_entry(event) for event in (steps if decides else steps.exclude(step__in=(AGREE, OBJECT)))]


def _entry(event: ChangeEvent) -> Entry:
    by = "" if event.actor.is_citizen else naming(_("by %(official)s"), event.actor)
    return Entry(str(TITLES.get(event.step, "")), event.at, str(event.note or ""), by)


def what_next(request: ChangeRequest) -> str:
    match request.state:
        case ChangeRequest.State.WAITING if comes_in(request) and not request.yes:
            return _(
                "If the person is registered already, they are asked first: they get a text message and say "
                "yes by a code, at home or at the office. For who has no phone the old commune answers. "
                "Then the commune decides, and you get a text message."
            )
        case ChangeRequest.State.WAITING if request.mover_id and not request.yes:
            return _(
                "Whoever moves must say yes first: by a code to their phone, at home or at the office. "
                "Then the commune decides, and you get a text message."
            )
        case ChangeRequest.State.WAITING if _is_heard(request):
            return _(
                "Members whom it concerns are told where they have a phone, and can answer for three days. "
                "Then the commune decides, or the district where they are not of one mind. If a paper proves "
                "it, bring it to the office. You get a text message when it is decided."
            )
        case ChangeRequest.State.WAITING:
            return _(
                "The commune looks at the request. If a paper proves it, bring it to the office. "
                "You get a text message when it is decided."
            )
        case ChangeRequest.State.MORE_ASKED:
            return _("Show the document at the commune office, or send a photo of it here.")
        case ChangeRequest.State.APPLIED:
            return _("Operators who have your consent get the new details by themselves.")
        case ChangeRequest.State.REFUSED:
            return _("If you think this is wrong, ask again or report a grievance.")
        case _:
            return _("You can ask again at any time.")


def _is_heard(request: ChangeRequest) -> bool:
    """Whether it waits for anybody but the commune: a corrected date of birth seldom does."""
    return leaves_commune(request) or bool(concerned_by(request))
