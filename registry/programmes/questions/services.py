"""Writing the questions of a programme: one steward drafts, two publish."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.approval.errors import NothingChanges
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.validity import plain
from dsp_platform.audit import services as audit
from registry.models import Programme, ProgrammeQuestion
from registry.programmes.drafting import drafts_questions
from registry.programmes.questions import conditions
from registry.programmes.questions.changes import KIND, PUBLISH
from registry.programmes.questions.definition import Asked, asked_of, described, draft_of, version_of
from registry.rules.parse import RuleError

WRITTEN = (
    "shared", "kind", "title_km", "title_en", "hint_km", "hint_en", "choices", "least", "most", "dates",
    "is_required", "condition", "may_leave",
)  # fmt: skip
"""The columns of a question that its form writes."""
Choices = Sequence[Mapping[str, str]]


@transaction.atomic
def save_question(*, question: ProgrammeQuestion, actor: User) -> ProgrammeQuestion:
    """Of a programme's draft, or of the bank. A new one comes last.

    Raises ``PermissionDenied``; ``ValidationError`` where another question would be asked by an answer that
    is none any more.
    """
    programme = _locked(question.programme_id, actor)
    if question.pk is None and programme is not None:
        last = programme.questions.order_by("position", "pk").last()
        question.position = last.position + 1 if last else 1
    if question.pk is None:
        question.save(force_insert=True)
    else:
        question.save(update_fields=WRITTEN)
    of = [programme] if programme else [*_asking(question)]
    for one in of:
        _require_in_order(draft_of(one))
    _record(actor, programme)
    return question


@transaction.atomic
def move_question(*, question: ProgrammeQuestion, up: bool, actor: User) -> None:
    """Before the one above it, or after the one below. Raises ``ValidationError`` as ``save_question``."""
    programme = _locked(question.programme_id, actor)
    if programme is None:
        return
    rows = list(programme.questions.order_by("position", "pk"))
    place = next((place for place, row in enumerate(rows) if row.pk == question.pk), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        row.position = number
    ProgrammeQuestion.objects.bulk_update(rows, ["position"])
    _require_in_order(draft_of(programme))
    _record(actor, programme)


@transaction.atomic
def remove_question(*, question: ProgrammeQuestion, actor: User) -> None:
    """From the draft; versions that were published keep it. Raises ``ValidationError`` where another one is
    asked by its answer, or where it stands in the bank and a programme asks it."""
    programme = _locked(question.programme_id, actor)
    if question.asked_in.exists():
        raise ValidationError(_("A programme asks this question. Remove it there first."))
    question.delete()
    if programme is not None:
        _require_in_order(draft_of(programme))
    _record(actor, programme)


@transaction.atomic
def propose_questions(*, programme: Programme, actor: User, reason: str = "") -> Proposal:
    """What the draft asks is to be published. Raises as ``approval.propose``; ``NothingChanges``;
    ``ValidationError``."""
    locked = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    rows = locked.questions.select_related("shared")
    questions = [described(row) for row in rows]
    _require_in_order(asked_of(questions))
    held = version_of(locked)
    if plain({"of": questions}) == plain({"of": held.questions if held else []}):
        raise NothingChanges
    return approval.propose(
        kind=KIND,
        act=PUBLISH,
        subject=str(programme.pk),
        payload={"questions": questions},
        actor=actor,
        reason=reason,
    )


def with_codes(khmer: Sequence[str], english: Sequence[str], before: Choices) -> list[dict[str, str]]:
    """The choices of these lines. One that was there keeps its code: rules and answers name it by that."""
    last = max((int(one["code"][1:]) for one in before), default=0)
    left, found = list(before), []
    pairs = list(zip(khmer, english, strict=True))
    for pair in pairs:
        same = next((one for one in left if pair == (one["km"], one["en"])), None)
        found.append(same)
        if same is not None:
            left.remove(same)
    for place, (km, en) in enumerate(pairs):
        if found[place] is None:  # a word of one language was corrected
            alike = next((one for one in left if one["km"] == km or one["en"] == en), None)
            if alike is not None:
                left.remove(alike)
            last += alike is None
            found[place] = {"code": alike["code"] if alike else f"c{last}", "km": km, "en": en}
    return [dict(one) for one in found if one is not None]


def _asking(question: ProgrammeQuestion) -> list[Programme]:
    """The programmes that ask this question of the bank."""
    return list(Programme.objects.filter(questions__shared=question).distinct())


def _locked(programme: int | None, actor: User) -> Programme | None:
    """Raises ``PermissionDenied`` for who does not draft its questions."""
    rows = Programme.objects.select_for_update(no_key=True)
    found = None if programme is None else rows.get(pk=programme)
    if not drafts_questions(actor, found):
        raise PermissionDenied
    return found


def _require_in_order(questions: Sequence[Asked]) -> None:
    """Raises ``ValidationError`` for a question that is asked by what does not stand before it."""
    for number, one in enumerate(questions):
        if not one.condition:
            continue
        try:
            conditions.check(one.condition, questions[:number])
        except RuleError as error:
            words = _(
                "“%(question)s” is asked only after certain answers, and that would not be right: %(why)s"
            )
            raise ValidationError(words % {"question": one.title, "why": error.message}) from None


def _record(actor: User, programme: Programme | None) -> None:
    details: dict[str, Any] = {"fields": ["questions"]}
    audit.record(
        actor=actor,
        action="change",
        subject_kind="programme",
        subject_id=programme.pk if programme else None,
        details=details,
    )
