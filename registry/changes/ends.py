"""Requests that cannot be done any more, once another change was applied, end with it."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from django.db.models import Exists, OuterRef

from dsp_platform.accounts.models import User
from registry.changes.selectors import ASKER_LEFT, ENDED
from registry.changes.transitions import note_step
from registry.models import ChangeRequest, Membership

NAMING = ("who", "head", "payee")
"""The answers that name a member to whom something is to be done. A mother may have left, or died."""


def end_impossible(request: ChangeRequest, households: Collection[int], actor: User) -> list[ChangeRequest]:
    """What somebody asked who left one of ``households`` by this, what names somebody who left, and what
    would move somebody who has died by it. Those whose asker is still a member are returned, to be told.

    One that somebody decides at this moment is passed over, for they wait for the household and then find it
    so themselves.
    """
    rows = ChangeRequest.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    opened = rows.filter(state__in=ChangeRequest.OPEN_STATES).exclude(pk=request.pk)
    lives = Membership.objects.filter(
        person=OuterRef("asked_for"), household=OuterRef("household"), ended_on=None
    )
    here = opened.filter(household__in=households).select_related("asked_for__account", "asked_by")
    _end(here.filter(~Exists(lives)), ASKER_LEFT, actor)
    names_gone = [one.pk for one in here if _named(one) - _members(one)]
    ended = _end(here.filter(pk__in=names_gone), ENDED, actor)
    if request.kind == "death":
        ended += _end(opened.filter(mover=request.person_id).select_related("asked_by"), ENDED, actor)
    return ended


def _named(request: ChangeRequest) -> set[str]:
    answers = cast(dict[str, Any], request.answers)
    return {answers[step]["person"] for step in NAMING if step in answers}


def _members(request: ChangeRequest) -> set[str]:
    members = Membership.objects.filter(household=request.household_id, ended_on=None)
    return set(members.values_list("person__spid", flat=True))


def _end(requests: Iterable[ChangeRequest], step: str, actor: User) -> list[ChangeRequest]:
    ended = list(requests)
    for one in ended:
        one.state, one.version = ChangeRequest.State.WITHDRAWN, one.version + 1
        one.save(update_fields=["state", "version"])
        note_step(one, step, actor)
    return ended
