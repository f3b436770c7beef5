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
# With a function, only those rows of which it is true.
_traces: dict[type[Model], Callable[[Any], bool] | None] = dict.fromkeys(
    (sessions.MODEL, Passkey, PhoneChallenge, PhoneEvent, AuditEvent)
)


def register_trace(model: type[Model], only_if: Callable[[Any], bool] | None = None) -> None:
    """Rows of this model do not count as data of an account: all, or those with ``only_if(row)``."""
    _traces[model] = only_if


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
        is_trace = _traces.get(model)
        if not stored._meta.managed or (model in _traces and is_trace is None):
            continue
        rows = model._base_manager.filter(**{relation.field.name: account.pk})
        if any(not is_trace(row) for row in rows) if is_trace else rows.exists():
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
