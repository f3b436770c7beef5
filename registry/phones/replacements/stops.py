"""Stopping a replacement that waits: by the person, at an office, or by the official who asked for it.

Only the person's own objection keeps that official from asking again. Another official stops one for a person
at the counter, with a document, and never with a conflict of interest: otherwise whoever put a wrong phone on
record could stop the request that corrects it.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import Overtaken
from dsp_platform.database.history_context import history_context
from registry.models import PhoneReplacement
from registry.phones.replacements.selectors import Relation, may_object, relation_of, why_not_stop
from registry.phones.replacements.steps import end, lock_replacement, note, overtaken

State, Cause = PhoneReplacement.State, PhoneReplacement.Cause


def object_to_replacement(*, replacement: PhoneReplacement, actor: User) -> PhoneReplacement:
    """By the person, in the account or with the number on record. Final.

    Raises PermissionDenied, Overtaken.
    """
    with (
        transaction.atomic(),
        history_context("object_to_replacement", actor=actor, request=replacement.reference),
    ):
        locked = lock_replacement(replacement)
        if not (actor.is_active and may_object(actor, locked)):
            raise PermissionDenied
        return (
            locked if locked.state == State.OBJECTED else _stop(locked, State.OBJECTED, Cause.OBJECTED, actor)
        )


def stop_at_office(*, replacement: PhoneReplacement, document: str, actor: User) -> PhoneReplacement:
    """By an official of any office, who has seen the person and this type of document. Final.

    The next request needs a second official.

    Raises PermissionDenied, as ``why_not_stop``, Overtaken.
    """
    with transaction.atomic(), history_context("stop_at_office", actor=actor, request=replacement.reference):
        locked = lock_replacement(replacement)
        if not (actor.is_active and actor.is_official):
            raise PermissionDenied
        if locked.state == State.STOPPED and locked.ended_by_id == actor.pk:
            return locked
        if refused := why_not_stop(actor, locked):
            raise refused
        return _stop(locked, State.STOPPED, Cause.STOPPED, actor, document)


def withdraw_replacement(*, replacement: PhoneReplacement, actor: User) -> PhoneReplacement:
    """By the official who asked; no objection. Raises PermissionDenied, Overtaken."""
    with (
        transaction.atomic(),
        history_context("withdraw_replacement", actor=actor, request=replacement.reference),
    ):
        locked = lock_replacement(replacement)
        if not (actor.is_active and locked.asked_by_id == actor.pk):
            raise PermissionDenied
        if locked.state == State.WITHDRAWN:
            return locked
        return _stop(locked, State.WITHDRAWN, Cause.WITHDRAWN, actor)


def doubt_replacement(*, replacement: PhoneReplacement, actor: User) -> PhoneReplacement:
    """By a member of the household: it does not end, but needs a second official from now on.

    Raises PermissionDenied, Overtaken.
    """
    with (
        transaction.atomic(),
        history_context("doubt_replacement", actor=actor, request=replacement.reference),
    ):
        locked = lock_replacement(replacement)
        if not (actor.is_active and relation_of(actor, locked) == Relation.HOUSEHOLD):
            raise PermissionDenied
        if not locked.is_waiting:
            raise Overtaken(overtaken(locked))
        if not locked.second_only:
            locked.second_only = True
            locked.save(update_fields=["second_only"])
            note(locked, "replacement_doubted", actor)
        return locked


def _stop(
    locked: PhoneReplacement,
    state: PhoneReplacement.State,
    cause: PhoneReplacement.Cause,
    actor: User,
    document: str = "",
) -> PhoneReplacement:
    if not locked.is_waiting:
        raise Overtaken(overtaken(locked))
    return end(locked, state, actor, document, cause)
