"""Ends requests that have become impossible because another change was applied."""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef

from dsp_platform.accounts.models import User
from registry.changes.kinds import KINDS
from registry.changes.workflow import ASKER_LEFT, ENDED, change_workflow
from registry.models import ChangeRequest, Membership

NAMING = ("who", "head", "payee")
"""The answers that name a member whom the change affects. The mother of a newborn may have left or died."""


def end_impossible(request: ChangeRequest, households: Collection[int], actor: User) -> None:
    """What somebody asked who left one of ``households`` by this, what names somebody who left, and what
    would move somebody who has died by it.

    One that is decided at this moment is skipped: that transaction waits for the household's lock, and then
    finds out by itself.
    """
    rows = ChangeRequest.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    opened = rows.filter(state__in=ChangeRequest.OPEN_STATES).exclude(pk=request.pk)
    lives = Membership.objects.filter(
        person=OuterRef("asked_for"), household=OuterRef("household"), ended_on=None
    )
    here = opened.filter(household__in=households).select_related("asked_for__account", "asked_by")
    _end(here.filter(~Exists(lives)), ASKER_LEFT, actor)
    names_gone = []
    for one in here:
        named = {one.answers[step]["person"] for step in NAMING if step in one.answers}
        members = Membership.objects.filter(household=one.household_id, ended_on=None)
        if named - set(members.values_list("person__spid", flat=True)):
            names_gone.append(one.pk)
    _end(here.filter(pk__in=names_gone), ENDED, actor)
    if KINDS[request.kind].person_dies:
        _end(opened.filter(mover=request.person_id).select_related("asked_by"), ENDED, actor)


def _end(requests: Iterable[ChangeRequest], step: str, actor: User) -> None:
    for one in requests:
        change_workflow.take_step(one, step, actor=actor)
