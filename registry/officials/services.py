"""A district manages the officials of its communes: invite, move, leave, lost device.

What one official of a district could misuse alone takes a second person: new credentials of somebody who
has joined. A lost device stops at once; of the code for a new one the district's official who told it has one
half, and whoever confirms it the other.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import invitation_codes, invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.audit import services as audit
from dsp_platform.database.sqlstates import is_violation_of
from dsp_platform.encryption import crypto
from registry.models import Area, OfficialRequest
from registry.officials.errors import (
    NoLongerWaiting,
    OfficialMoved,
    RequestPending,
    TooManyInvitations,
    UserNameTaken,
)
from registry.officials.selectors import (
    communes_of,
    is_of_district,
    officials_of,
    request_about,
    waiting,
    waiting_for,
)

INVITATIONS_A_DAY = 20
Kind, State = OfficialRequest.Kind, OfficialRequest.State


@transaction.atomic
def invite_official(*, actor: User, username: str, full_name: str, commune: Area) -> tuple[User, str]:
    """The account and the code of its invitation, to be shown once. Raises PermissionDenied,
    TooManyInvitations, UserNameTaken."""
    _require_own(actor, commune)
    since = timezone.now() - timedelta(days=1)
    if officials_of(actor).filter(invitation__made_at__gte=since).count() >= INVITATIONS_A_DAY:
        raise TooManyInvitations
    try:
        with transaction.atomic():
            user = staff.create_account(
                actor=actor,
                username=username,
                role=Role.OFFICIAL,
                full_name=full_name,
                area_code=commune.code,
                operator_code="",
            )
    except IntegrityError as error:
        if not is_violation_of(error, "accounts_user_username_key"):
            raise
        raise UserNameTaken from error
    return user, invitations.invite(actor=actor, user=user)


@transaction.atomic
def invite_again(*, actor: User, official: User) -> str:
    """For whoever has not joined yet: the code of a new invitation. Raises PermissionDenied, and
    ``invitations.CannotInvite`` for somebody who has."""
    return invitations.invite(actor=actor, user=_lock(actor, official))


@transaction.atomic
def move_official(*, actor: User, official: User, commune: Area) -> None:
    """To another commune of the same district. Raises PermissionDenied, OfficialMoved."""
    _require_own(actor, commune)
    official = _lock(actor, official)
    if official.area_code != commune.code:
        official.area_code = commune.code
        staff.change_account(actor=actor, user=official, changed=["area_code"])


@transaction.atomic
def close_official(*, actor: User, official: User) -> None:
    """They have left: signed out, and their open work is nobody's. Raises PermissionDenied, OfficialMoved."""
    official = _lock(actor, official)
    OfficialRequest.objects.filter(official=official, state=State.WAITING).update(
        state=State.REFUSED, answered_at=timezone.now()
    )
    if official.is_active:
        official.is_active = False
        staff.change_account(actor=actor, user=official, changed=["is_active"])


@transaction.atomic
def ask_other_district(*, actor: User, official: User, district: Area) -> OfficialRequest:
    """The other district chooses their commune; until then they stay where they are. Raises PermissionDenied,
    OfficialMoved, RequestPending."""
    if district.level != Area.Level.DISTRICT or district.code == actor.area_code:
        raise PermissionDenied
    request = _ask(Kind.TRANSFER, actor, _lock(actor, official), district.code)
    audit.record(actor=actor, action="ask_transfer", subject_kind="user", subject_id=official.pk)
    return request


@transaction.atomic
def accept_transfer(*, actor: User, request: OfficialRequest, commune: Area) -> None:
    """Raises PermissionDenied, NoLongerWaiting."""
    _require_own(actor, commune)
    request = _lock_request(actor, request, Kind.TRANSFER)
    official = staff.lock(request.official)
    _answer(request, actor, State.ACCEPTED)
    audit.record(actor=actor, action="accept_transfer", subject_kind="user", subject_id=official.pk)
    official.area_code = commune.code
    staff.change_account(actor=actor, user=official, changed=["area_code"])


@transaction.atomic
def report_lost_device(*, actor: User, official: User) -> OfficialRequest:
    """Password, authenticator app, passkeys and sessions end now. Raises PermissionDenied, OfficialMoved,
    RequestPending."""
    official = _lock(actor, official)
    request = _ask(Kind.LOST_DEVICE, actor, official, actor.area_code)
    audit.record(actor=actor, action="report_lost_device", subject_kind="user", subject_id=official.pk)
    invitations.revoke_credentials(actor=actor, user=official)
    return request


@transaction.atomic
def confirm_lost_device(*, actor: User, request: OfficialRequest) -> str:
    """By a second official of the district, who has spoken with the person: the second half of the code of an
    invitation. Raises PermissionDenied, NoLongerWaiting."""
    request = _lock_request(actor, request, Kind.LOST_DEVICE)
    _answer(request, actor, State.ACCEPTED)
    audit.record(
        actor=actor, action="confirm_lost_device", subject_kind="user", subject_id=request.official_id
    )
    return invitations.invite(actor=actor, user=request.official, first_half=first_half(request))


@transaction.atomic
def refuse_request(*, actor: User, request: OfficialRequest) -> None:
    """Raises PermissionDenied, NoLongerWaiting."""
    request = _lock_request(actor, request, request.kind)
    _answer(request, actor, State.REFUSED)
    audit.record(actor=actor, action="refuse_request", subject_kind="user", subject_id=request.official_id)


@transaction.atomic
def withdraw_request(*, actor: User, request: OfficialRequest) -> None:
    """By whoever asked. Password and app of a lost device stay ended. Idempotent. Raises PermissionDenied,
    NoLongerWaiting."""
    locked = OfficialRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if not is_of_district(actor) or locked.asked_by_id != actor.pk:
        raise PermissionDenied
    if locked.state == State.WITHDRAWN:
        return
    if not waiting().filter(pk=locked.pk).exists():
        raise NoLongerWaiting
    locked.state, locked.answered_at = State.WITHDRAWN, timezone.now()
    locked.save(update_fields=["state", "answered_at"])
    audit.record(actor=actor, action="withdraw_request", subject_kind="user", subject_id=locked.official_id)


def first_half(request: OfficialRequest) -> str:
    """Derived and not stored: whoever told that the device was lost can read it again."""
    return invitation_codes.derived_half(
        crypto.digest("first half after a lost device", str(request.pk), request.asked_at.isoformat())
    )


def _require_own(actor: User, commune: Area) -> None:
    if not communes_of(actor).filter(pk=commune.pk).exists():
        raise PermissionDenied


def _lock(actor: User, official: User) -> User:
    """As they are now. Raises PermissionDenied for a colleague, OfficialMoved."""
    if not is_of_district(actor) or official.pk == actor.pk:
        raise PermissionDenied
    locked = staff.lock(official)
    if not officials_of(actor).filter(pk=locked.pk).exists():
        raise OfficialMoved
    return locked


def _ask(kind: str, actor: User, official: User, district: str) -> OfficialRequest:
    """The caller has locked the official."""
    if request_about(official) is not None:
        raise RequestPending
    lapsed = OfficialRequest.objects.filter(official=official, state=State.WAITING)
    lapsed.update(state=State.LAPSED, answered_at=timezone.now())
    return OfficialRequest.objects.create(kind=kind, official=official, district_id=district, asked_by=actor)


def _lock_request(actor: User, request: OfficialRequest, kind: str) -> OfficialRequest:
    """Raises PermissionDenied for whoever asked and for other districts, NoLongerWaiting."""
    locked = OfficialRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if locked.kind != kind or locked.asked_by_id == actor.pk:
        raise PermissionDenied
    if not is_of_district(actor) or locked.district_id != actor.area_code:
        raise PermissionDenied
    if not waiting_for(actor).filter(pk=locked.pk).exists():
        raise NoLongerWaiting
    return locked


def _answer(request: OfficialRequest, actor: User, state: str) -> None:
    request.state, request.answered_by, request.answered_at = state, actor, timezone.now()
    request.save(update_fields=["state", "answered_by", "answered_at"])
