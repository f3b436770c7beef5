"""Stopping a replacement that waits: by the person, at an office, or by the official who asked for it.

Only the person's own objection keeps that official from asking again. Another official stops one for a person
at the counter, with a document, and never with a conflict of interest: otherwise whoever put a wrong phone on
record could stop the request that corrects it.
"""

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from registry.errors import ChangeError, Conflict, Overtaken
from registry.models import PhoneReplacement
from registry.phones.replacements.selectors import Relation, may_object, relation_of, why_not_stop
from registry.phones.replacements.steps import end, locked, note, overtaken

State, Cause = PhoneReplacement.State, PhoneReplacement.Cause


def object_to_replacement(*, replacement: PhoneReplacement, actor: User) -> PhoneReplacement:
    """By the person, in the account or with the number on record. Final.

    Raises PermissionDenied, Overtaken.
    """
    with transaction.atomic(), pghistory.context(why="object_to_replacement"):
        held = locked(replacement)
        if not (actor.is_active and may_object(actor, held)):
            raise PermissionDenied
        return held if held.state == State.OBJECTED else _stop(held, State.OBJECTED, Cause.OBJECTED, actor)


def stop_at_office(*, replacement: PhoneReplacement, document: str, actor: User) -> PhoneReplacement:
    """By an official of any office, who has seen the person and this type of document. Final.

    The next request needs a second official.

    Raises PermissionDenied, Conflict, ChangeError for who asked, Overtaken.
    """
    with transaction.atomic(), pghistory.context(why="stop_at_office"):
        held = locked(replacement)
        if not (actor.is_active and actor.is_official):
            raise PermissionDenied
        if held.state == State.STOPPED and held.ended_by_id == actor.pk:
            return held
        if held.asked_by_id == actor.pk:
            raise ChangeError(_("You asked for this yourself, so you can only take it back."))
        if words := why_not_stop(actor, held):
            raise Conflict(words)
        return _stop(held, State.STOPPED, Cause.STOPPED, actor, document)


def withdraw_replacement(*, replacement: PhoneReplacement, actor: User) -> PhoneReplacement:
    """By the official who asked; no objection. Raises PermissionDenied, Overtaken."""
    with transaction.atomic(), pghistory.context(why="withdraw_replacement"):
        held = locked(replacement)
        if not (actor.is_active and held.asked_by_id == actor.pk):
            raise PermissionDenied
        if held.state == State.WITHDRAWN:
            return held
        return _stop(held, State.WITHDRAWN, Cause.WITHDRAWN, actor)


def doubt_replacement(*, replacement: PhoneReplacement, actor: User) -> PhoneReplacement:
    """By a member of the household: it does not end, but needs a second official from now on.

    Raises PermissionDenied, Overtaken.
    """
    with transaction.atomic(), pghistory.context(why="doubt_replacement"):
        held = locked(replacement)
        if not (actor.is_active and relation_of(actor, held) == Relation.HOUSEHOLD):
            raise PermissionDenied
        if not held.is_waiting:
            raise Overtaken(overtaken(held))
        if not held.second_only:
            held.second_only = True
            held.save(update_fields=["second_only"])
            note(held, "replacement_doubted", actor)
        return held


def _stop(
    held: PhoneReplacement,
    state: PhoneReplacement.State,
    cause: PhoneReplacement.Cause,
    actor: User,
    document: str = "",
) -> PhoneReplacement:
    if not held.is_waiting:
        raise Overtaken(overtaken(held))
    return end(held, state, actor, document, cause)
