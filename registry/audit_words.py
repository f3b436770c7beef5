from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.words import register_words
from registry.changes.kinds import KINDS
from registry.models import IdentityDocument
from registry.persons.audit_actions import REASONS as CASE_REASONS
from registry.persons.audit_actions import STAFF_REASONS
from registry.phones.replacements.forms import REASONS as PHONE_REASONS
from registry.phones.replacements.selectors import FIRST
from registry.phones.selectors import FIRST_LOST
from registry.unusual.rules import RULES

# What is noted of a request for a change, as it is called in the audit.
CHANGES = {
    "change_ask": _("asked for a change"),
    "change_apply": _("entered a change that held at once"),
    "change_agree": _("agreed to a change of the household"),
    "change_object": _("did not agree to a change of the household"),
    "change_yes": _("said yes to a move"),
    "change_no": _("said no to a move"),
    "change_ask_anew": _("found that a yes to a move was to older words"),
    "change_withdraw": _("withdrew a change"),
    "change_ended": _("ended a request that cannot be done any more"),
    "change_asker_left": _("ended a request whose asker left the household"),
    "change_approve": _("approved a change"),
    "change_refuse": _("refused a change"),
}
REPLACEMENTS = {
    "ask_replacement": _("asked for another phone"),
    "replacement_applied": _("another phone holds"),
    "replacement_objected": _("another phone was stopped by an objection"),
    "replacement_stopped": _("another phone was stopped at an office"),
    "replacement_doubted": _("somebody of the household had a doubt about another phone"),
    "replacement_withdrawn": _("another phone was taken back"),
    "replacement_overtaken": _("another phone was given up: something changed meanwhile"),
}

register_words(
    actions={
        **CHANGES,
        **REPLACEMENTS,
        "register": _("registered it"),
        "lost_number": _("said that a number is theirs no more"),
        "claim": _("joined a record to an account"),
        "agree_to_move": _("gave a yes to another household"),
        "give_consent": _("noted a consent"),
        "withdraw_consent": _("noted that a consent was taken back"),
        "print": _("printed it"),
        "export": _("downloaded it as a file"),
        "own_print": _("printed their own data"),
        "own_export": _("downloaded their own data"),
        "document_lookup": _("looked for a document number"),
        "preview": _("tried a rule"),
    },
    subjects={
        "change_request": _("request for a change"),
        "life_situation": _("life situation"),
        "unusual_acts": _("unusual acts"),
    },
    reasons={
        **dict(CASE_REASONS),
        **{f"view:{code}": words for code, words in STAFF_REASONS.items()},
        **{f"{act}:{code}": kind.title for act in CHANGES for code, kind in KINDS.items()},
        **{f"{act}:{code}": words for act in REPLACEMENTS for code, words in PHONE_REASONS},
        **{f"{act}:{code}": _("first account") for act in REPLACEMENTS for code in (FIRST, FIRST_LOST)},
        **{f"replace_phone:{code}": words for code, words in PHONE_REASONS},
        FIRST: _("a first account, told to the phone on record"),
        FIRST_LOST: _("a first account, without the phone on record"),
        **{rule.code: rule.name for rule in RULES},
        "ChangeError": _("the step was not possible"),
        "AlreadyAsked": _("it was asked for already"),
        "DocumentTaken": _("another person has this document"),
        "Outdated": _("something changed meanwhile"),
        "NobodyFits": _("the SPID and birth date are nobody's"),
        "YesMissing": _("the yes of who moves is missing"),
        "TermsChanged": _("a yes to a move was to older words"),
        "Conflict": _("it was of their own household or kin"),
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
