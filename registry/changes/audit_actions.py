from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions
from registry.changes.kinds import KINDS

# The reason of each is the kind of the change.
CHANGES = [
    Action("change_ask", _("asked for a change"), _("A change was asked for")),
    Action("change_apply", _("entered a change that held at once"), _("A change was entered")),
    Action(
        "change_agree", _("agreed to a change of the household"), _("A change of the household was agreed to")
    ),
    Action(
        "change_object",
        _("did not agree to a change of the household"),
        _("A change of the household was not agreed to"),
    ),
    Action("change_yes", _("confirmed a move"), _("A move to another household was confirmed")),
    Action("change_no", _("said no to a move"), _("A move to another household was not agreed to")),
    Action("change_ask_anew", _("found that a move was confirmed in older words")),
    Action("change_withdraw", _("withdrew a change"), _("A request for a change was taken back")),
    Action("change_ended", _("ended a request that cannot be done any more")),
    Action("change_member_left", _("ended a request that names somebody who is no member any more")),
    Action("change_other_members", _("ended a request of a household that has other members now")),
    Action("change_successor", _("recorded a death with another head of household than was told")),
    Action("change_moved", _("ended a request of a household that has moved")),
    Action("change_merged", _("ended a request about a record that was put together with another")),
    Action("change_parted", _("opened a request again, of a record that is one of its own again")),
    Action("change_asker_left", _("ended a request whose asker left the household")),
    Action("change_household_closed", _("ended a request of a household that was closed")),
    Action("change_asker_died", _("ended a request whose asker has died")),
    Action("change_follow", _("passed a request on to where the household lives now")),
    Action("change_approve", _("approved a change")),
    Action("change_refuse", _("refused a change")),
    Action("change_ask_more", _("asked for a document")),
    Action("change_document", _("sent the document asked for"), _("A document asked for was sent")),
]

register_actions(
    "registry.changes",
    *CHANGES,
    Action(
        "agree_to_move",
        _("confirmed a move to another household"),
        _("A move to another household was confirmed"),
    ),
    subjects={"changerequest": _("request for a change")},
    reasons={
        "view": {"change": _("To decide on a change")},
        **{action.code: {code: kind.title for code, kind in KINDS.items()} for action in CHANGES},
        "step_refused": {
            "ChangeError": _("the step was not possible"),
            "AlreadyAsked": _("it was asked for already"),
            "DocumentTaken": _("another person has this document"),
            "Outdated": _("something changed meanwhile"),
            "MergedMeanwhile": _("two records had become one meanwhile"),
            "NoMatchingPerson": _("the SPID and birth date are nobody's"),
            "ConfirmedByYou": _("they had said yes for the person who moves"),
            "ConfirmationMissing": _("the confirmation by who moves is missing"),
            "ReportedDead": _("a report of the death of who moves was to be decided first"),
            "TermsChanged": _("a move was confirmed in older words"),
        },
    },
    details={"change": _("change")},
)
