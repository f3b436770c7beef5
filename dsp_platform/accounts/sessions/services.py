"""The sessions a person has: when each began, when it was last used, and ending them.

allauth's list of sessions holds the digest of a session's key, as the table of the sessions does; its own
``UserSession.end()`` takes it for the key, and would leave the session alive. Only this module touches it.
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
from dsp_platform.accounts.sessions.store import digest_of
from dsp_platform.request_time import began_at

MODEL = UserSession
BEGAN = "signed_in_at"
SEEN = "seen_at"
WRITE_EVERY = timedelta(minutes=1)


def begin(request: HttpRequest, user: User) -> None:
    """Note the session of somebody who has just signed in."""
    now = timezone.now()
    request.session[BEGAN] = request.session[SEEN] = int(now.timestamp())
    UserSession.objects.update_or_create(
        session_key=_digest(request),
        defaults={
            "user": user,
            # Behind a proxy this is the proxy; it is shown to nobody and nothing is decided by it.
            "ip": request.META.get("REMOTE_ADDR") or "0.0.0.0",  # noqa: S104
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
            "created_at": now,
            "last_seen_at": now,
        },
    )


def time_left(request: HttpRequest, user: User, *, now: datetime) -> timedelta:
    """Until the session ends by itself; zero or less when it is over. Notes the use, once a minute.

    While a request comes in, its session is not idle. It does not last the longer for it.
    """
    idle, absolute = settings.SESSION_LIFE.get(user.role, settings.SESSION_LIFE["staff"])
    began = _moment(request, BEGAN)
    seen = _moment(request, SEEN)
    left = min(seen + idle - began_at(request), began + absolute - now)
    if left <= timedelta(0):
        return left
    if now - seen >= WRITE_EVERY:
        request.session[SEEN] = int(now.timestamp())
        UserSession.objects.filter(session_key=_digest(request)).update(last_seen_at=now)
        return min(idle, began + absolute - now)
    return left


def _moment(request: HttpRequest, name: str) -> datetime:
    # A session that does not say when it began is as old as can be.
    return datetime.fromtimestamp(request.session.get(name, 0), tz=UTC)


def sessions_of(user: User) -> list[UserSession]:
    """Live sessions, last used first."""
    known = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    alive = set(
        Session.objects.filter(
            session_key__in=[session.session_key for session in known],
            expire_date__gt=timezone.now(),
        ).values_list("session_key", flat=True)
    )
    idle = settings.SESSION_LIFE.get(user.role, settings.SESSION_LIFE["staff"])[0]
    since = timezone.now() - idle - WRITE_EVERY
    return [s for s in known if s.session_key in alive and s.last_seen_at > since]


def end_session(*, user: User, session_id: int) -> None:
    """Somebody else's session, or one already gone, is left as it is."""
    _end(UserSession.objects.filter(user=user, pk=session_id))


def end_other_sessions(*, user: User, keep: str | None) -> None:
    """``keep`` is the key in the cookie of the one that goes on."""
    _end(UserSession.objects.filter(user=user).exclude(session_key=digest_of(keep) if keep else None))


def end_all(*, user: User, keep: str | None) -> None:
    """Every session but ``keep``, also one that is beginning at this moment by what was right before.

    Django's sessions carry a digest of the password: a citizen's, which nobody knows, is made anew. The one
    that is kept needs ``renew`` afterwards.
    """
    if user.is_citizen:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    end_other_sessions(user=user, keep=keep)


def renew(request: HttpRequest, user: User) -> None:
    """Let this session go on after ``end_all``, under a new key."""
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


def forget_ended() -> None:
    """Drop what is left of sessions whose time is over."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
