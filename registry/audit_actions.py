from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import ASSISTED_SESSION, Action, Effect, register_actions
from registry.changes.kinds import KINDS
from registry.counter.forms import SESSION_REASONS
from registry.models import IdentityDocument
from registry.phones.replacements.forms import REASONS as PHONE_REASONS
from registry.phones.replacements.selectors import FIRST
from registry.phones.selectors import FIRST_LOST
from registry.unusual.rules import RULES

# The reason of each is the kind of the change, or why another phone is asked for.
CHANGES = [
    Action("change_ask", _("asked for a change"), _("A change was asked for")),
    Action("change_apply", _("entered a change that held at once"), _("A change was entered")),
    Action("change_agree", _("agreed to a change of the household")),
    Action("change_object", _("did not agree to a change of the household")),
    Action("change_yes", _("confirmed a move")),
    Action("change_no", _("said no to a move")),
    Action("change_ask_anew", _("found that a move was confirmed in older words")),
    Action("change_withdraw", _("withdrew a change")),
    Action("change_ended", _("ended a request that cannot be done any more")),
    Action("change_asker_left", _("ended a request whose asker left the household")),
    Action("change_approve", _("approved a change")),
    Action("change_refuse", _("refused a change")),
    Action("change_ask_more", _("asked for a document")),
]
REPLACEMENTS = [
    Action("ask_replacement", _("asked for another phone"), _("Another phone was asked for")),
    Action("replacement_applied", _("another phone holds")),
    Action("replacement_objected", _("another phone was stopped by an objection")),
    Action("replacement_stopped", _("another phone was stopped at an office")),
    Action("replacement_doubted", _("somebody of the household had a doubt about another phone")),
    Action("replacement_withdrawn", _("another phone was taken back")),
    Action("replacement_overtaken", _("another phone was given up: something changed meanwhile")),
]
REPLACEMENT_REASONS = {**dict(PHONE_REASONS), FIRST: _("first account"), FIRST_LOST: _("first account")}
# Why staff looked at a record. Each domain adds the reasons of its own pages.
ACCESS_REASONS = {
    "change": _("To decide on a change"),
    "account": _("To decide on a phone or an account"),
    "question": _("The person asked a question"),
    "correction": _("Something must be corrected"),
    "duplicate": _("The person may be registered twice"),
    "grievance": _("A complaint is being looked into"),
}

register_actions(
    "registry",
    *CHANGES,
    *REPLACEMENTS,
    Action("register", _("registered it"), _("The household was registered")),
    Action("lost_number", _("said that a number is theirs no more")),
    Action("claim", _("joined a record to an account"), _("The record was joined to an account")),
    Action(
        "agree_to_move",
        _("confirmed a move to another household"),
        _("A move to another household was confirmed"),
    ),
    Action("give_consent", _("noted a consent"), _("A consent was given")),
    Action("withdraw_consent", _("noted that a consent was taken back"), _("A consent was taken back")),
    Action("print", _("printed it"), _("printed it"), Effect.ACCESS),
    Action("export", _("downloaded it as a file"), _("took a copy"), Effect.ACCESS),
    Action("own_print", _("printed their own data"), effect=Effect.NONE),
    Action("own_export", _("downloaded their own data"), effect=Effect.NONE),
    Action("document_lookup", _("looked for a document number"), effect=Effect.NONE),
    Action("preview", _("tried a rule"), effect=Effect.NONE),
    subjects={
        "change_request": _("request for a change"),
        "life_situation": _("life situation"),
        "unusual_acts": _("unusual acts"),
    },
    reasons={
        **{action: dict(SESSION_REASONS) for action in (ASSISTED_SESSION, "print", "export")},
        "view": {**ACCESS_REASONS, **{rule.code: rule.name for rule in RULES}},
        "replace_phone": dict(PHONE_REASONS),
        **{action.code: {code: kind.title for code, kind in KINDS.items()} for action in CHANGES},
        **{action.code: REPLACEMENT_REASONS for action in REPLACEMENTS},
        "step_refused": {
            "ChangeError": _("the step was not possible"),
            "AlreadyAsked": _("it was asked for already"),
            "DocumentTaken": _("another person has this document"),
            "Outdated": _("something changed meanwhile"),
            "NoMatchingPerson": _("the SPID and birth date are nobody's"),
            "ConfirmationMissing": _("the confirmation by who moves is missing"),
            "TermsChanged": _("a move was confirmed in older words"),
            "Conflict": _("it was of their own household or kin"),
        },
    },
    details={
        **dict(IdentityDocument.Type.choices),
        "known": _("the village chief knows the person"),
        "replacement": _("phone asked for"),
        "change": _("change"),
        "fields": _("fields"),
        "rule": _("rule"),
        "benefits": _("amounts"),
        "programme": _("programme"),
    },
)
