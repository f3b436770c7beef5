"""Unused accounts: created by signing in with a new SIM, without any data. Their number can be reused."""

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

# Models whose rows only show that somebody signed in. Any other row that references the account is data.
_traces: set[type[Model]] = {sessions.MODEL, Passkey, PhoneChallenge, PhoneEvent, AuditEvent}
# Models whose rows count as data only if they are not empty.
_empty: dict[type[Model], Callable[[Any], bool]] = {}


def register_traces(*models: type[Model]) -> None:
    """Models of a domain whose rows do not count as data of an account."""
    _traces.update(models)


def register_empty(model: type[Model], is_empty: Callable[[Any], bool]) -> None:
    """A model of a domain whose rows do not count as data if ``is_empty(row)``."""
    _empty[model] = is_empty


def is_unused(account: User) -> bool:
    """Whether no row of any domain references this account, except traces. Unregistered models count as data.

    An account whose phone was changed is in use.
    """
    if not (account.is_citizen and account.is_active):
        return False
    if phone_changes().filter(subject_id=account.pk).exists():
        return False
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):  # includes one-to-one relations
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
    """Free the number by closing the unused account that has it, if there is one.

    The caller has locked and verified the number. Raises NumberNotFree.
    """
    # FOR UPDATE, not FOR NO KEY UPDATE: it also blocks inserts of rows that reference the account.
    account = User.objects.select_for_update().filter(phone=phone).first()
    if account is None:
        return
    if not is_unused(account):
        raise NumberNotFree
    account.phone, account.is_active = None, False
    account.save(update_fields=["phone", "is_active"])
    sessions.end_all(user=account, keep=None)
    passkeys.remove_all(user=account)
    audit.record(actor=None, action="close_unused_account", subject_kind="user", subject_id=account.pk)


def is_free(phone: str) -> bool:
    account = User.objects.filter(phone=phone).first()
    return account is None or is_unused(account)
