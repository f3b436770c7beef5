"""A district manages the officials of its communes: invite, move, leave, lost device, back into service.

What one official of a district could misuse alone takes a second person: an invitation, new credentials
after a lost device, which stops at once, and an account that was closed. Of the code the official who asked
has one half, and whoever confirms it the other. Where a district has one official only, a steward invites,
who has no counter.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import invitation_codes, invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff.inviters import may_be_one_person
from dsp_platform.accounts.staff.spid import clean_staff_spid
from dsp_platform.audit import services as audit
from dsp_platform.database.sqlstates import is_violation_of
from dsp_platform.encryption import crypto
from registry.models import Area, OfficialRequest
from registry.officials.errors import (
    EndedByClosing,
    NobodyInDistrict,
    NoLongerWaiting,
    OfficialClosed,
    OfficialMoved,
    OfficialWorks,
    RequestPending,
    TooManyInvitations,
    UnknownSpid,
    UserNameClosed,
    UserNameTaken,
)
from registry.officials.selectors import (
    communes_of,
    halves_about,
    is_of_district,
    officials_of,
    request_about,
    waiting,
    waiting_for,
    who_may_answer,
)

INVITATIONS_A_DAY = 20
Kind, State = OfficialRequest.Kind, OfficialRequest.State


@transaction.atomic
def invite_official(
    *, actor: User, username: str, full_name: str, commune: Area, spid: str = ""
) -> OfficialRequest:
    """An account that nobody signs in with until a second official confirms the invitation, and with it the
    ``spid``. Raises PermissionDenied, UnknownSpid, TooManyInvitations, UserNameTaken, UserNameClosed."""
    _require_own(actor, commune)
    try:
        spid = clean_staff_spid(spid)
    except ValidationError as error:
        raise UnknownSpid from error
    try:
        with transaction.atomic():
            user = staff.create_account(
                actor=actor,
                username=username,
                role=Role.OFFICIAL,
                full_name=full_name,
                area_code=commune.code,
                operator_code="",
                spid=spid,
            )
    except IntegrityError as error:
        if not is_violation_of(error, "accounts_user_username_key"):
            raise
        if officials_of(actor).filter(username=username, is_active=False).exists():
            raise UserNameClosed from error
        raise UserNameTaken from error
    return _ask_to_invite(actor, user)


@transaction.atomic
def invite_again(*, actor: User, official: User) -> OfficialRequest:
    """For whoever has not joined yet; the code of before works no more. Raises PermissionDenied,
    OfficialMoved, OfficialClosed, RequestPending, TooManyInvitations, and ``invitations.CannotInvite`` for
    who has joined."""
    official = _lock_working(actor, official)
    if staff.ever_joined(official):
        raise invitations.CannotInvite
    return _ask_to_invite(actor, official)


@transaction.atomic
def move_official(*, actor: User, official: User, commune: Area) -> None:
    """To another commune of the same district. Raises PermissionDenied, OfficialMoved, OfficialClosed."""
    _require_own(actor, commune)
    official = _lock_working(actor, official)
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
    NobodyInDistrict, OfficialMoved, OfficialClosed, RequestPending."""
    if district.level != Area.Level.DISTRICT or district.code == actor.area_code:
        raise PermissionDenied
    official = _lock_working(actor, official)
    if not who_may_answer(actor, district.code):
        raise NobodyInDistrict
    request = _ask(Kind.TRANSFER, actor, official, district.code)
    audit.record(actor=actor, action="ask_transfer", subject_kind="user", subject_id=official.pk)
    return request


@transaction.atomic
def accept_transfer(*, actor: User, request: OfficialRequest, commune: Area) -> None:
    """Raises PermissionDenied, NoLongerWaiting, OfficialMoved."""
    _require_own(actor, commune)
    request = _lock_request(actor, request, Kind.TRANSFER)
    official = _lock_still_theirs(request)
    _answer(request, actor, State.ACCEPTED)
    audit.record(actor=actor, action="accept_transfer", subject_kind="user", subject_id=official.pk)
    official.area_code = commune.code
    staff.change_account(actor=actor, user=official, changed=["area_code"])


@transaction.atomic
def report_lost_device(*, actor: User, official: User) -> OfficialRequest:
    """Password, authenticator app, passkeys and sessions end now. Raises PermissionDenied, OfficialMoved,
    OfficialClosed, RequestPending."""
    official = _lock_working(actor, official)
    request = _ask(Kind.LOST_DEVICE, actor, official, actor.area_code)
    audit.record(actor=actor, action="report_lost_device", subject_kind="user", subject_id=official.pk)
    invitations.revoke_credentials(actor=actor, user=official)
    return request


@transaction.atomic
def confirm_lost_device(*, actor: User, request: OfficialRequest) -> str:
    """By a second official of the district, who has spoken with the person: the second half of the code of an
    invitation. Raises PermissionDenied, NoLongerWaiting, OfficialMoved."""
    request = _lock_request(actor, request, Kind.LOST_DEVICE)
    audit.record(
        actor=actor, action="confirm_lost_device", subject_kind="user", subject_id=request.official_id
    )
    return _second_half(request, actor)


@transaction.atomic
def confirm_invitation(*, actor: User, request: OfficialRequest) -> str:
    """As ``confirm_lost_device``, of somebody new; also raises ``invitations.CannotInvite``."""
    request = _lock_request(actor, request, Kind.INVITATION)
    audit.record(
        actor=actor, action="confirm_invitation", subject_kind="user", subject_id=request.official_id
    )
    return _second_half(request, actor)


@transaction.atomic
def ask_return(*, actor: User, official: User) -> OfficialRequest:
    """Of a closed account. Raises PermissionDenied, OfficialMoved, OfficialWorks, RequestPending."""
    official = _lock(actor, official)
    if official.is_active:
        raise OfficialWorks
    request = _ask(Kind.RETURN, actor, official, actor.area_code)
    audit.record(actor=actor, action="ask_return", subject_kind="user", subject_id=official.pk)
    return request


@transaction.atomic
def confirm_return(*, actor: User, request: OfficialRequest) -> str:
    """As ``confirm_lost_device``: the account is open again, by a new password and app only."""
    request = _lock_request(actor, request, Kind.RETURN)
    official = staff.lock(request.official)
    if not officials_of(request.asked_by).filter(pk=official.pk).exists():
        raise OfficialMoved
    if official.is_active:
        raise NoLongerWaiting
    audit.record(actor=actor, action="confirm_return", subject_kind="user", subject_id=official.pk)
    invitations.revoke_credentials(actor=actor, user=official)
    official.is_active = True
    staff.change_account(actor=actor, user=official, changed=["is_active"])
    return _second_half(request, actor)


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
    _answer(locked, None, State.WITHDRAWN)
    audit.record(actor=actor, action="withdraw_request", subject_kind="user", subject_id=locked.official_id)


def first_half(request: OfficialRequest) -> str:
    """Derived and not stored: whoever told that the device was lost can read it again."""
    return invitation_codes.derived_half(
        crypto.digest("first half after a lost device", str(request.pk), request.asked_at.isoformat())
    )


def end_where_moved(*, user: User, actor: User) -> None:
    """Of an official whom a district has no more, it asks nothing, and a code that it gave out is no more."""
    requests = OfficialRequest.objects.filter(official=user, state=State.WAITING)
    for request in requests.select_related("asked_by"):
        if not _has(request.asked_by, user):
            _answer(request, None, State.REFUSED)
    given = halves_about(user)
    if given is not None and not _has(given.asked_by, user):
        invitations.withdraw(user=user)


def _has(district: User, official: User) -> bool:
    return officials_of(district).filter(pk=official.pk, is_active=True).exists()


def _ask_to_invite(actor: User, user: User) -> OfficialRequest:
    since = timezone.now() - timedelta(days=1)
    invited = OfficialRequest.objects.filter(kind=Kind.INVITATION, asked_at__gte=since)
    if invited.filter(district=actor.area_code).count() >= INVITATIONS_A_DAY:
        raise TooManyInvitations
    request = _ask(Kind.INVITATION, actor, user, actor.area_code)
    invitations.withdraw(user=user)
    audit.record(actor=actor, action="ask_invitation", subject_kind="user", subject_id=user.pk)
    return request


def _second_half(request: OfficialRequest, actor: User) -> str:
    _answer(request, actor, State.ACCEPTED)
    half, official = first_half(request), _lock_still_theirs(request)
    return invitations.invite(actor=actor, user=official, first_half=half, passed_on_by=request.asked_by)


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


def _lock_working(actor: User, official: User) -> User:
    """As ``_lock``. Also raises OfficialClosed."""
    locked = _lock(actor, official)
    if not locked.is_active:
        raise OfficialClosed
    return locked


def _ask(kind: str, actor: User, official: User, district: str) -> OfficialRequest:
    """The caller has locked the official."""
    asked = request_about(official)
    if asked is not None and asked.kind == Kind.INVITATION and staff.ever_joined(official):
        _answer(asked, None, State.REFUSED)  # a steward invited them meanwhile
    elif asked is not None:
        raise RequestPending
    lapsed = OfficialRequest.objects.filter(official=official, state=State.WAITING)
    lapsed.update(state=State.LAPSED, answered_at=timezone.now())
    return OfficialRequest.objects.create(kind=kind, official=official, district_id=district, asked_by=actor)


def _lock_request(actor: User, request: OfficialRequest, kind: str) -> OfficialRequest:
    """Raises PermissionDenied for whoever asked, who may be one person with them, and other districts;
    NoLongerWaiting."""
    locked = OfficialRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if locked.kind != kind or may_be_one_person(actor, locked.asked_by):
        raise PermissionDenied
    if not is_of_district(actor) or locked.district_id != actor.area_code:
        raise PermissionDenied
    if not waiting_for(actor).filter(pk=locked.pk).exists():
        raise why_not_waiting(locked)
    return locked


def why_not_waiting(request: OfficialRequest) -> NoLongerWaiting:
    ended = request.state == State.REFUSED and request.answered_by_id is None
    return EndedByClosing() if ended and not request.official.is_active else NoLongerWaiting()


def _lock_still_theirs(request: OfficialRequest) -> User:
    """Raises OfficialMoved where the district that asked has them no more."""
    official = staff.lock(request.official)
    if not _has(request.asked_by, official):
        raise OfficialMoved
    return official


def _answer(request: OfficialRequest, actor: User | None, state: str) -> None:
    request.state, request.answered_by, request.answered_at = state, actor, timezone.now()
    request.save(update_fields=["state", "answered_by", "answered_at"])
