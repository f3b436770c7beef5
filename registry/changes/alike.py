"""Whether somebody new, whom a change brings in, or whose name, sex or date of birth is corrected, is like
somebody registered: asked at the counter before it is sent. What is said of it stands on the case of a
steward once the change is applied. Who is found by a document is asked to confirm the move instead
(``moves``).

A citizen is asked nothing: who is alike is found after it was applied.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from registry.changes.apply.newcomer import entered_spid, entry_of
from registry.changes.context import Answers, HouseholdContext
from registry.changes.kinds import Kind
from registry.duplicates.said import note_said, said_different
from registry.errors import ChangeError
from registry.matching.features import companion_key
from registry.matching.records import Match, MatchRecord
from registry.matching.search import matches_of
from registry.matching.stored import records_of
from registry.models import ChangeRequest, DuplicateCase, Person
from registry.persons.alike import MOST, records_of_entries
from registry.persons.validation import NAME_VALIDATORS

Answer = DuplicateCase.Answer


def close_to(kind: Kind, answers: Answers, context: HouseholdContext, person: Person | None) -> list[int]:
    """Keys of the best, who fit on a page; ``answers`` are those that are sent. ``person``: whom it is
    about."""
    if kind.corrects:
        record = _corrected(answers, person) if person else None
    else:
        record = _newcomer(kind, answers, context)
    if record is None:
        return []
    (found,) = matches_of([record])
    close = [one.person_id for one in found if one.is_close and not _is_asked_to_move(kind, one)]
    said = said_different(person.pk, close) if kind.corrects and person else set()
    return [pk for pk in close if pk not in said][:MOST]


def _newcomer(kind: Kind, answers: Answers, context: HouseholdContext) -> MatchRecord | None:
    is_new = kind.may_bring_newcomer and not entered_spid(answers)
    if not is_new or not {"name", "sex", "birth"} <= answers.keys():
        return None
    (record,) = records_of_entries([entry_of(answers, context.village_id, None)])
    beside = [one.person for one in context.members]
    household = frozenset(
        companion_key(one.family_name, one.given_name, one.latin_family_name, one.latin_given_name)
        for one in beside
    )
    return replace(record, household=household)


def _corrected(answers: Answers, person: Person) -> MatchRecord | None:
    told: dict[str, Any] = {}
    if "name" in answers:
        told |= {field: validate(answers["name"][field]) for field, validate in NAME_VALIDATORS.items()}
    if "sex" in answers:
        told["sex"] = answers["sex"]["sex"]
    if "birth" in answers:
        told["born"] = PartialDate.parse(answers["birth"]["born"])
    return replace(records_of([person.pk])[person.pk], **told) if told else None


def _is_asked_to_move(kind: Kind, found: Match) -> bool:
    return found.has_document and not kind.corrects


def said_of(
    kind: Kind, found: Sequence[int], apart: Collection[str], same: Collection[str]
) -> dict[str, str]:
    """By key of each of ``found``, what the official said, as ``ChangeRequest.said_alike``. ``apart``,
    ``same``: SPIDs.

    Who is corrected is corrected also where they are one of these: a steward merges the two. But nobody comes
    in who is registered. Raises ChangeError where nothing is said, or that.
    """
    persons = Person.objects.in_bulk(found)
    said = {}
    for pk in found:
        if persons[pk].spid in apart:
            said[str(pk)] = Answer.DIFFERENT.value
        elif persons[pk].spid in same and kind.corrects:
            said[str(pk)] = Answer.SAME.value
        else:
            raise ChangeError(_("Say first whether it is one of those who are registered already."))
    # Of several nobody said which one it is.
    return {} if len(said) > 1 and Answer.SAME.value in said.values() else said


def note_what_was_said(request: ChangeRequest) -> None:
    """Of those who are still alike, now that the change is applied."""
    changed = request.registered_id or (request.person_id if "who" in request.answers else None)
    if not request.said_alike or changed is None:
        return
    (found,) = matches_of(list(records_of([changed]).values()))
    for one in found:
        if said := request.said_alike.get(str(one.person_id)):
            note_said(person=changed, alike=one, answer=Answer(said), official=request.asked_by)
