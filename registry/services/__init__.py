"""The only door for writes to the registry."""

from registry.services.accounts import claim_person
from registry.services.areas import load_areas
from registry.services.catalogue import keep_programme, load_catalogue
from registry.services.consent import give_consent, withdraw_consent
from registry.services.drafts import discard_draft, purge_drafts, save_draft, take_up_draft
from registry.services.enrolment import end_enrolment, enrol
from registry.services.households import announce_household, register_follower, set_poverty_level
from registry.services.registration import register_household

__all__ = [
    "announce_household",
    "claim_person",
    "discard_draft",
    "end_enrolment",
    "enrol",
    "give_consent",
    "keep_programme",
    "load_areas",
    "load_catalogue",
    "purge_drafts",
    "register_follower",
    "register_household",
    "save_draft",
    "set_poverty_level",
    "take_up_draft",
    "withdraw_consent",
]
