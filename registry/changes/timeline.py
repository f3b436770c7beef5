"""What happened to a request for a change, as the one who asked reads it."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.casework.timeline import Entry, naming
from dsp_platform.uploads.selectors import is_reading
from registry.changes.evidence import CHANGE
from registry.changes.hearings.selectors import (
    hearing_of,
    is_told_at_office,
    leaves_commune,
    who_is_asked,
)
from registry.changes.kinds import KINDS
from registry.changes.moves.movers import may_bring_registered
from registry.changes.selectors import OLD_COMMUNE, waits_for
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
    came = request.state == ChangeRequest.State.WAITING and change_workflow.document_came(request)
    match request.state:
        case ChangeRequest.State.WAITING if may_bring_registered(request) and not request.confirmation:
            words = _(
                "If the person is registered already, they are asked first: they get a text message and say "
                "yes by a code, at home or at the office. For who has no phone the old commune answers. "
                "Whoever leads a household in which others stay can say yes when it has a new head. "
                "Then the commune decides."
            )
        case ChangeRequest.State.WAITING if waits_for(request) == OLD_COMMUNE:
            words = _(
                "Whoever moves must say yes first. There is no phone of theirs for a code, so the commune "
                "where they lived asks them. Then the commune decides."
            )
        case ChangeRequest.State.WAITING if request.mover_id and not request.confirmation:
            words = _(
                "Whoever moves must say yes first: by a code to their phone, at home or at the office. "
                "Then the commune decides."
            )
        case ChangeRequest.State.WAITING if KINDS[request.kind].person_dies and not who_is_asked(request):
            words = " ".join(
                [_until_the_dead_answer(request), _("If a paper proves it, bring it to the office.")]
            )
        # Whether it waits for anybody but the commune; a corrected date of birth seldom does.
        case ChangeRequest.State.WAITING if leaves_commune(request) or who_is_asked(request):
            words = _(
                "Members whom it concerns are told where they have a phone, and can answer for three days. "
                "Then the commune decides, or the district where they are not of one mind. If a paper proves "
                "it, bring it to the office."
            )
        case ChangeRequest.State.WAITING if came:
            words = _("The commune looks at the request again.")
        case ChangeRequest.State.WAITING:
            words = _("The commune looks at the request. If a paper proves it, bring it to the office.")
        case ChangeRequest.State.MORE_ASKED if is_reading(CHANGE, str(request.pk)):
            return _("Your photo came and is being read. Then the commune looks at it.")
        case ChangeRequest.State.MORE_ASKED:
            return _("Show the document at the commune office, or send a photo of it here.")
        case ChangeRequest.State.APPLIED if KINDS[request.kind].ends_household:
            return _("Operators are told to delete the details. Whoever registers again keeps the SPID.")
        case ChangeRequest.State.APPLIED:
            return _("Operators who have your consent get the new details by themselves.")
        case ChangeRequest.State.REFUSED:
            return _("If you think this is wrong, ask again or report a grievance.")
        case ChangeRequest.State.ENDED:
            last = request.events.order_by("at", "pk").last()
            why = _("%(sentence)s.") % {"sentence": STEPS[last.step].title} if last else ""
            return f"{why} {_('If it is still needed, ask for it anew.')}".strip()
        case _:
            return _("You can ask again at any time.")
    received = [_("Your document was received.")] if came else []
    return " ".join([*received, words, _how_told(request)])


def _until_the_dead_answer(request: ChangeRequest) -> str:
    until = hearing_of(request).until
    if until is None:
        return _("Nobody else has to be asked: another official of the commune can decide now.")
    words = _(
        "The phone on record of the person got a text message, in case it is not true. "
        "If nobody answers until %(day)s, the commune decides."
    )
    return words % {"day": date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")}


def _how_told(request: ChangeRequest) -> str:
    """How whoever asked learns of the decision."""
    if change_workflow.phones_of(request) and not is_told_at_office(request):
        return _("You get a text message when it is decided.")
    return _(
        "There is no phone for a text message: look at this page, or ask at the office with the reference."
    )
