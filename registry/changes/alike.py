"""Whether somebody new, whom a change brings in, is registered already: asked at the counter before
it is sent. Who is found by a document is asked to confirm the move instead (``moves``)."""

from dataclasses import replace

from registry.changes.apply.newcomer import entered_spid, entry_of
from registry.changes.context import Answers, HouseholdContext
from registry.changes.kinds import Kind
from registry.matching.features import companion_key
from registry.matching.records import Match
from registry.matching.search import matches_of
from registry.persons.alike import MOST, records_of_entries


def newcomer_alike(kind: Kind, answers: Answers, context: HouseholdContext) -> list[int]:
    """Keys of the best, who fit on a page; ``answers`` are those that are sent."""
    is_new = kind.may_bring_newcomer and not entered_spid(answers)
    if not is_new or not {"name", "sex", "birth"} <= answers.keys():
        return []
    (record,) = records_of_entries([entry_of(answers, context.village_id, None)])
    beside = [one.person for one in context.members]
    household = frozenset(
        companion_key(one.family_name, one.given_name, one.latin_family_name, one.latin_given_name)
        for one in beside
    )
    (found,) = matches_of([replace(record, household=household)])
    return [one.person_id for one in found if one.is_close and not _by_document(one)][:MOST]


def _by_document(found: Match) -> bool:
    return any(one.comparison == "document" and one.level == "same" for one in found.evidence)
