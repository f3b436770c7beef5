"""Reads of the registry, each limited to what the one who asks may see."""

from registry.selectors.areas import children_of, search_areas, village
from registry.selectors.households import consents_of, household_of, members_of
from registry.selectors.people import (
    draft_of,
    person_visible_to,
    persons_visible_to,
    search_persons,
    subject_of,
    unfinished_drafts,
)
from registry.selectors.programmes import enrolments_of, programme, programmes

__all__ = [
    "children_of",
    "consents_of",
    "draft_of",
    "enrolments_of",
    "household_of",
    "members_of",
    "person_visible_to",
    "persons_visible_to",
    "programme",
    "programmes",
    "search_areas",
    "search_persons",
    "subject_of",
    "unfinished_drafts",
    "village",
]
