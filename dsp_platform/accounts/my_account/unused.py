"""Unused accounts: made by signing in with a new SIM, without any data. Their number can be taken over."""

from collections.abc import Callable
from typing import Any

from django.db.models import ManyToOneRel, Model

from dsp_platform.accounts.errors import NumberNotFree
from dsp_platform.accounts.models import Passkey, PhoneChallenge, PhoneEvent, User
from dsp_platform.accounts.my_account.selectors import phone_changes
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.audit import services as audit
from dsp_platform.audit.models import AuditEvent

# Rows that only show that somebody signed in. Any other row that references the account counts as data.
_traces: set[type[Model]] = {sessions.MODEL, Passkey, PhoneChallenge, PhoneEvent, AuditEvent}
# Rows that are traces only while nothing was written into them.
_empty: dict[type[Model], Callable[[Any], bool]] = {}


def register_traces(*models: type[Model]) -> None:
    """Of a domain: rows that may be left behind with an account that holds nothing else."""
    _traces.update(models)


def register_empty(model: type[Model], is_empty: Callable[[Any], bool]) -> None:
    """Of a domain: rows that are traces where ``is_empty`` says so of each."""
    _empty[model] = is_empty


def is_unused(account: User) -> bool:
    """Whether no row but traces names this account, in any domain: what is not known to be one holds it.

    Who took another phone for it means to keep it.
    """
    if not (account.is_citizen and account.is_active):
        return False
    if phone_changes().filter(subject_id=account.pk).exists():
        return False
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):  # of one to one it is a kind
            continue
        model = relation.related_model
        stored = model._meta.concrete_model or model
        if not stored._meta.managed or model in _traces:
            continue
        rows = model._base_manager.filter(**{relation.field.name: account.pk})
        is_empty = _empty.get(model)
        if any(not is_empty(row) for row in rows) if is_empty else rows.exists():
            return False
    return True


def release_number(phone: str) -> None:
    """Free the number: close the unused account that has it, if one has.

    The caller has locked the number and verified it. Raises NumberNotFree.
    """
    # FOR UPDATE, not FOR NO KEY UPDATE: it also blocks inserts of rows that reference the account.
    held = User.objects.select_for_update().filter(phone=phone).first()
    if held is None:
        return
    if not is_unused(held):
        raise NumberNotFree
    held.phone, held.is_active = None, False
    held.save(update_fields=["phone", "is_active"])
    sessions.end_all(user=held, keep=None)
    passkeys.remove_all(user=held)
    audit.record(actor=None, action="close_unused_account", subject_kind="user", subject_id=held.pk)


def is_free(phone: str) -> bool:
    held = User.objects.filter(phone=phone).first()
    return held is None or is_unused(held)
