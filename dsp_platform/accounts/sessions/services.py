"""The sessions of a user: when each began, when it was last used, and ending them.

``UserSession`` of allauth stores the digest of a session key, like Django's own table. Its method ``end()``
expects the key itself and would not end the session, so only this module uses the model.
"""

from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.accounts.sessions import desk_lock
from dsp_platform.accounts.sessions.store import digest_of
from dsp_platform.web.request_time import began_at

MODEL = UserSession
BEGAN = "signed_in_at"
SEEN = "seen_at"
WRITE_INTERVAL = timedelta(minutes=1)


def begin(request: HttpRequest, user: User) -> None:
    """Record the session of a user who has just signed in."""
    now = timezone.now()
    request.session[BEGAN] = request.session[SEEN] = int(now.timestamp())
    UserSession.objects.update_or_create(
        session_key=_digest(request),
        defaults={
            "user": user,
            # May be the address of a proxy. Required by the model, not used.
            "ip": request.META.get("REMOTE_ADDR") or "0.0.0.0",  # noqa: S104
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
            "created_at": now,
            "last_seen_at": now,
        },
    )


def time_left(request: HttpRequest, user: User, *, now: datetime) -> timedelta:
    """Until the session expires; zero or less when it has. Records the use, at most once a minute.

    The idle time is counted to the start of the request, so that a slow upload does not expire its session;
    the absolute lifetime is counted to now.
    """
    idle, absolute = settings.SESSION_LIFE.get(user.role, settings.SESSION_LIFE["staff"])
    signed_in = began(request)
    seen = _moment(request, SEEN)
    if desk_lock.is_locked(request):
        idle = desk_lock.LOCKED_LIFE
    left = min(seen + idle - began_at(request), signed_in + absolute - now)
    if left <= timedelta(0) or desk_lock.is_locked(request):  # looking at the lock is no use of it
        return left
    if now - seen >= WRITE_INTERVAL:
        request.session[SEEN] = int(now.timestamp())
        UserSession.objects.filter(session_key=_digest(request)).update(last_seen_at=now)
        return min(idle, signed_in + absolute - now)
    return left


def began(request: HttpRequest) -> datetime:
    """When the user signed in."""
    return _moment(request, BEGAN)


def note_use(request: HttpRequest) -> None:
    request.session[SEEN] = int(timezone.now().timestamp())


def _moment(request: HttpRequest, name: str) -> datetime:
    # A session without the time has expired.
    return datetime.fromtimestamp(request.session.get(name, 0), tz=UTC)


def sessions_of(user: User) -> list[UserSession]:
    """Sessions that have not expired, last used first."""
    known = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    alive = set(
        Session.objects.filter(
            session_key__in=[session.session_key for session in known],
            expire_date__gt=timezone.now(),
        ).values_list("session_key", flat=True)
    )
    idle = settings.SESSION_LIFE.get(user.role, settings.SESSION_LIFE["staff"])[0]
    since = timezone.now() - idle - WRITE_INTERVAL
    return [s for s in known if s.session_key in alive and s.last_seen_at > since]


def end_session(*, user: User, session_id: int) -> None:
    """Does nothing for another user's session or one that has ended."""
    _end(UserSession.objects.filter(user=user, pk=session_id))


def end_other_sessions(*, user: User, keep: str | None) -> None:
    """``keep`` is the session key of the one that continues."""
    _end(UserSession.objects.filter(user=user).exclude(session_key=digest_of(keep) if keep else None))


def end_all(*, user: User, keep: str | None) -> None:
    """End every session but ``keep``, also one that a concurrent sign-in is about to create.

    Django's sessions carry a digest of the password. A citizen has no usable one; replacing it invalidates
    all sessions. The session that is kept needs ``renew`` afterwards.
    """
    if user.is_citizen:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    end_other_sessions(user=user, keep=keep)


def renew(request: HttpRequest, user: User) -> None:
    """Continue this session after ``end_all``, under a new key (against session fixation)."""
    before = _digest(request)
    update_session_auth_hash(request, user)
    UserSession.objects.filter(session_key=before).update(session_key=_digest(request))


def is_this_one(request: HttpRequest, session: UserSession) -> bool:
    return session.session_key == _digest(request)


def _digest(request: HttpRequest) -> str:
    return digest_of(request.session.session_key or "")


def _end(ended: QuerySet[UserSession]) -> None:
    Session.objects.filter(session_key__in=ended.values("session_key")).delete()
    ended.delete()


def delete_expired() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
