"""The only door for writes to the registry."""

from registry.phones.accounts import give_account
from registry.services.accounts import begin_claim, confirm_claim, purge_claims
from registry.services.areas import load_areas
from registry.services.catalogue import keep_programme, keep_situation, load_catalogue
from registry.services.change_drafts import purge_change_drafts, save_change_draft
from registry.services.changes import ask_change, decide_change, withdraw_change
from registry.services.consent import give_consent, withdraw_consent
from registry.services.drafts import discard_draft, purge_drafts, save_draft, take_up_draft
from registry.services.enrolment import (
    end_enrolment,
    enrol,
    note_payment,
    set_suspended,
    take_back_payment,
)
from registry.services.households import (
    announce_household,
    register_follower,
    register_person_follower,
    set_poverty_level,
    touch_merged,
)
from registry.services.issued import NumberTaken, hold, keep_card, set_disability_level
from registry.services.keys import say_lost
from registry.services.moves import (
    agree_by_code,
    agree_to_registration,
    answer_for_mover,
    refuse_to_move,
)
from registry.services.programme_changes import propose_programme_change
from registry.services.programme_words import register_waiting
from registry.services.registration import register_household
from registry.services.replacement_stops import (
    doubt_replacement,
    object_to_replacement,
    stop_at_office,
    withdraw_replacement,
)
from registry.services.replacements import apply_due, ask_replacement, confirm_replacement, open_account

__all__ = [
    "NumberTaken",
    "agree_by_code",
    "agree_to_registration",
    "announce_household",
    "answer_for_mover",
    "apply_due",
    "ask_change",
    "ask_replacement",
    "begin_claim",
    "confirm_claim",
    "confirm_replacement",
    "decide_change",
    "discard_draft",
    "doubt_replacement",
    "end_enrolment",
    "enrol",
    "give_account",
    "give_consent",
    "hold",
    "keep_card",
    "keep_programme",
    "keep_situation",
    "load_areas",
    "load_catalogue",
    "note_payment",
    "object_to_replacement",
    "open_account",
    "propose_programme_change",
    "purge_change_drafts",
    "purge_claims",
    "purge_drafts",
    "refuse_to_move",
    "register_follower",
    "register_household",
    "register_person_follower",
    "register_waiting",
    "save_change_draft",
    "save_draft",
    "say_lost",
    "set_disability_level",
    "set_poverty_level",
    "set_suspended",
    "stop_at_office",
    "take_back_payment",
    "take_up_draft",
    "touch_merged",
    "withdraw_change",
    "withdraw_consent",
    "withdraw_replacement",
]
