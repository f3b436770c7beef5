"""Reads of the registry, each limited to what the one who asks may see."""

from registry.registration.selectors import draft_of, unfinished_drafts
from registry.selectors.areas import children_of, search_areas, village
from registry.selectors.changes import (
    change_draft,
    change_of,
    change_to_decide,
    changes_of,
    changes_to_decide,
    drafts_of_changes,
    situation_of,
)
from registry.selectors.claims import claim_of
from registry.selectors.conflict import conflict_of_interest
from registry.selectors.households import consents_of, household_of, members_of
from registry.selectors.people import person_visible_to, persons_visible_to, search_persons, subject_of
from registry.selectors.phones import contact_phone, numbers_lost, numbers_of
from registry.selectors.programmes import (
    amounts_of,
    enrolments_of,
    name_programmes,
    programme,
    programmes,
    situations,
    supports_of,
)

__all__ = [
    "amounts_of",
    "change_draft",
    "change_of",
    "change_to_decide",
    "changes_of",
    "changes_to_decide",
    "children_of",
    "claim_of",
    "conflict_of_interest",
    "consents_of",
    "contact_phone",
    "draft_of",
    "drafts_of_changes",
    "enrolments_of",
    "household_of",
    "members_of",
    "name_programmes",
    "numbers_lost",
    "numbers_of",
    "person_visible_to",
    "persons_visible_to",
    "programme",
    "programmes",
    "search_areas",
    "search_persons",
    "situation_of",
    "situations",
    "subject_of",
    "supports_of",
    "unfinished_drafts",
    "village",
]
