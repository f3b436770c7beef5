"""Passkeys of citizens: WebAuthn credentials on their phone or computer, in place of a code.

The WebAuthn ceremonies are done by fido2; see docs/adr for why not by allauth.mfa. Every failure raises the
same ``PasskeyRefused``, so that it does not reveal which passkeys exist.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dsp_platform.accounts.errors import PasskeyRefused
from dsp_platform.accounts.models import Passkey, User
from dsp_platform.audit import services as audit
from dsp_platform.encryption import crypto
from dsp_platform.notifications import services as notifications

ADDED = "passkey_added"
REMOVED = "passkey_removed"
ALL_REMOVED = "passkeys_removed"
MAX_PASSKEYS = 10
# Raised by fido2, or when a malformed answer of the browser is parsed.
_FAULTS = (ValueError, TypeError, KeyError, AttributeError, AssertionError, IndexError)


def server(*, origin: str, host: str, name: str) -> Fido2Server:
    """``origin`` is the only one accepted in an answer; a passkey is bound to its ``host``."""
    entity = PublicKeyCredentialRpEntity(id=host.partition(":")[0], name=name)
    return Fido2Server(entity, verify_origin=lambda sent: sent == origin)


def begin_adding(*, fido: Fido2Server, user: User) -> tuple[dict[str, Any], Any]:
    """The options for the browser, and the state to keep until it answers."""
    entity = PublicKeyCredentialUserEntity(
        id=crypto.digest("passkey of an account", str(user.pk)),
        name=user.phone or "",
        display_name=user.phone or "",
    )
    options, state = fido.register_begin(
        entity,
        credentials=[AttestedCredentialData(bytes(key.credential)) for key in user.passkeys.all()],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def add(*, fido: Fido2Server, user: User, state: Any, answer: Any, name: str) -> Passkey:
    """Raises PasskeyRefused."""
    try:
        data = fido.register_complete(state, answer)
        credential = data.credential_data
        if credential is None:
            raise PasskeyRefused
        with transaction.atomic():
            holder = User.objects.select_for_update(no_key=True).get(pk=user.pk)
            if not (holder.is_citizen and holder.is_active) or holder.passkeys.count() >= MAX_PASSKEYS:
                raise PasskeyRefused
            if holder.password != user.password:  # its sessions were ended by a concurrent request
                raise PasskeyRefused
            key = Passkey.objects.create(
                user=holder,
                name=name,
                credential_id=credential.credential_id,
                credential=bytes(credential),
                sign_count=data.counter,
            )
            _record_and_notify(holder, "add_passkey", ADDED)
            return key
    except (*_FAULTS, IntegrityError) as fault:
        raise PasskeyRefused from fault


def begin_proving(*, fido: Fido2Server, user: User | None = None) -> tuple[dict[str, Any], Any]:
    """Without a user the browser offers whatever passkeys it has for us."""
    known = list(user.passkeys.all()) if user else []
    options, state = fido.authenticate_begin(
        credentials=[AttestedCredentialData(bytes(key.credential)) for key in known] or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def prove(*, fido: Fido2Server, state: Any, answer: Any, user: User | None = None) -> User:
    """The citizen whose passkey this is; ``user`` if given, no other. Raises PasskeyRefused."""
    try:
        credential_id = AuthenticationResponse.from_dict(answer).raw_id
        with transaction.atomic():
            keys = Passkey.objects.select_for_update(of=("self",)).select_related("user")
            key = keys.filter(credential_id=credential_id).first()
            if key is None or not (key.user.is_citizen and key.user.is_active) or (user and key.user != user):
                raise PasskeyRefused
            if not key.is_bound():  # row was moved to another account in the database
                raise PasskeyRefused
            fido.authenticate_complete(state, [AttestedCredentialData(bytes(key.credential))], answer)
            count = AuthenticationResponse.from_dict(answer).response.authenticator_data.counter
            # A counter that does not grow means a cloned key. Most passkeys do not count: always 0.
            if (count or key.sign_count) and count <= key.sign_count:
                raise PasskeyRefused
            key.sign_count, key.used_at = count, timezone.now()
            key.save(update_fields=["sign_count", "used_at"])
            return key.user
    except _FAULTS as fault:
        raise PasskeyRefused from fault


@transaction.atomic
def remove(*, user: User, passkey_id: int) -> bool:
    """False when it was removed already, or belongs to another user."""
    removed, _models = Passkey.objects.filter(user=user, pk=passkey_id).delete()
    if removed:
        _record_and_notify(user, "remove_passkey", REMOVED)
    return bool(removed)


def remove_all(*, user: User, tell: bool = False) -> None:
    """After a change of phone or holder. ``tell``: send a text message, where no other message says so."""
    removed, _models = Passkey.objects.filter(user=user).delete()
    if removed:
        audit.record(actor=None, action="remove_passkeys", subject_kind="user", subject_id=user.pk)
    if removed and tell:
        notifications.send(phone=user.phone or "", language=user.language, template=ALL_REMOVED, params={})


def _record_and_notify(user: User, action: str, text: str) -> None:
    audit.record(actor=user, action=action, subject_kind="user", subject_id=user.pk)
    notifications.send(phone=user.phone or "", language=user.language, template=text, params={})
