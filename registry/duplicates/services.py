"""What people decide about two records that are likely of one person."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.approval.models import Proposal
from dsp_platform.casework.assignment import Assignment
from dsp_platform.casework.errors import NoteMissing, Overtaken
from dsp_platform.web.errors import NotApproved
from registry.duplicates import workflow
from registry.duplicates.deciders import duplicate_deciders
from registry.duplicates.errors import AnswerMissing, CannotMerge, CommuneMissing, RecordMissing
from registry.duplicates.remaining import suggested_home
from registry.duplicates.workflow import duplicate_workflow
from registry.merging.approvals import propose_merge
from registry.merging.contract import Side
from registry.merging.homes import possible_homes
from registry.merging.rules import needs_second_person
from registry.merging.services import locked, merge
from registry.models import DuplicateCase, Household, Person
from registry.persons.scope import COMMUNE

assignment = Assignment(duplicate_deciders)
REASON = Proposal._meta.get_field("reason").max_length


def versions_of(case: DuplicateCase) -> str:
    """Of both records: a page that showed earlier ones decides nothing."""
    return f"{case.first.version}.{case.second.version}"


@transaction.atomic
def decide_case(
    *,
    case: DuplicateCase,
    step: str,
    actor: User,
    expected_version: int,
    versions: str,
    note: str = "",
    kept: int | None = None,
    chosen: Mapping[str, int] | None = None,
    home: int | None = None,
    commune: str = "",
) -> DuplicateCase:
    """``versions``: as ``versions_of``, of what the page showed. ``kept``: the record that remains;
    ``chosen``: by detail, whose value is taken; ``home``: the household that remains of two, else as
    ``remaining.suggested_home``. ``commune``: code of the one that is asked.

    The same form sent twice is one decision. A merge that takes two people (``why_second_person``) is
    proposed to a second steward, and the case waits. Raises as ``Deciders.begin``; ``RecordMissing``,
    ``CommuneMissing``; ``Overtaken`` when a record has changed since.
    """
    if step == workflow.SAME:
        locked(case.first, case.second)  # before the case, as whoever approves a merge does
    case, is_done = duplicate_deciders.begin(
        case, step, actor=actor, expected_version=expected_version, note=note
    )
    if is_done:
        return case
    if versions != versions_of(case):
        raise Overtaken(_("One of the records has changed since your page showed it. Look at it again."))
    match step:
        case workflow.SAME:
            _merge(case, actor, note, kept, chosen or {}, home)
        case workflow.DIFFERENT:
            _decide(case, step, actor, note)
        case workflow.ASK:
            _ask(case, actor, note, commune)
    return case


def _merge(
    case: DuplicateCase,
    actor: User,
    note: str,
    kept: int | None,
    chosen: Mapping[str, int],
    home: int | None,
) -> None:
    records = {case.first_id: case.first, case.second_id: case.second}
    if kept not in records:
        raise RecordMissing
    remaining = records.pop(kept)
    (other,) = records.values()
    sides = {detail: Side.KEPT if pk == kept else Side.MERGED for detail, pk in chosen.items()}
    household = _home(remaining, other, home)
    if needs_second_person(remaining, other, household):
        case.proposal = _propose(remaining, other, household, sides, actor, note)
        duplicate_workflow.take_step(case, workflow.PROPOSE, actor=actor, note=note, fields=["proposal"])
        return
    merge(kept=remaining, merged=other, actor=actor, home=household, values=sides, note=note)
    case.refresh_from_db()


def _home(kept: Person, merged: Person, chosen: int | None) -> Household | None:
    named = [one for one in possible_homes(kept, merged) if one.pk == chosen]
    return named[0] if named else suggested_home(kept, merged)


def _propose(
    kept: Person,
    merged: Person,
    home: Household | None,
    values: Mapping[str, Side],
    actor: User,
    note: str,
) -> Proposal:
    reason = duplicate_workflow.clean_note(note)[:REASON]
    if not reason:
        raise NoteMissing(_("Write why: whoever approves it reads it."))
    try:
        return propose_merge(kept=kept, merged=merged, actor=actor, home=home, values=values, reason=reason)
    except NotApproved as error:
        raise CannotMerge(str(error)) from None


def _decide(case: DuplicateCase, step: str, actor: User, note: str) -> None:
    case.decided_by, case.decided_at = actor, timezone.now()
    duplicate_workflow.take_step(case, step, actor=actor, note=note, fields=["decided_by", "decided_at"])


def communes_of(case: DuplicateCase) -> dict[str, Person]:
    """By the code of a commune: whose record is of it. One where both are."""
    return {str(one.village_id)[:COMMUNE]: one for one in (case.second, case.first)}


def _ask(case: DuplicateCase, actor: User, note: str, commune: str) -> None:
    person = communes_of(case).get(commune)
    if person is None:
        raise CommuneMissing
    case.village_id, case.answer, case.answered_by = person.village_id, "", None
    duplicate_workflow.take_step(
        case, workflow.ASK, actor=actor, note=note, fields=["village", "answer", "answered_by"]
    )


@transaction.atomic
def answer_case(
    *, case: DuplicateCase, answer: str, actor: User, expected_version: int, note: str = ""
) -> DuplicateCase:
    """For the commune that was asked; a steward still decides. Raises as ``Deciders.begin``;
    ``AnswerMissing``."""
    case, is_done = duplicate_deciders.begin(
        case, workflow.ANSWER, actor=actor, expected_version=expected_version, note=note, reason=answer
    )
    if is_done:
        return case
    if answer not in DuplicateCase.Answer.values:
        raise AnswerMissing
    case.answer, case.answered_by = answer, actor
    duplicate_workflow.take_step(
        case,
        workflow.ANSWER,
        actor=actor,
        note=note,
        reason=answer,
        fields=["answer", "answered_by"],
    )
    return case
