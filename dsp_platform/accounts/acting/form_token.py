"""For whom a form acts: a signed hidden field in every form, compared when the form is submitted.

Prevents that an official with two tabs open, or the next person at a shared phone, submits a page that was
shown for somebody else. The registry names the person and household (``register_subjects``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.safestring import SafeString

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.visitors import assisted_session_of, is_citizen, is_verified_official

FIELD = "acting_for"
_SALT = "accounts.acting"
_SEPARATOR = "~"
_MARK = "acting_checks"


@dataclass(frozen=True, slots=True)
class Acting:
    """``subject`` identifies person and household in the registry's own format; empty before registration."""

    user: str
    assisted_session: str = ""
    subject: str = ""

    def signed(self) -> str:
        return Signer(salt=_SALT).sign(_SEPARATOR.join((self.user, self.assisted_session, self.subject)))


@dataclass(slots=True)
class Subjects:
    subject: Callable[[User, AssistedSession | None], str] = lambda user, assisted_session: ""
    describe: Callable[[User, str], dict[str, Any]] = lambda user, subject: {}
    """What this user may see of a subject: ``name`` and ``number``; empty where they may see nothing."""
    elsewhere: Callable[[HttpRequest, AssistedSession], str] = lambda request, assisted_session: ""
    """The address to go to from a page that this assisted session was not opened for; "" where it was."""
    why_gone: Callable[[AssistedSession], str] = lambda assisted_session: ""
    """Why there is no record of this session's person any more, for the official; "" where there is one."""


registered = Subjects()


def register_subjects(
    *,
    subject: Callable[[User, AssistedSession | None], str],
    describe: Callable[[User, str], dict[str, Any]],
    elsewhere: Callable[[HttpRequest, AssistedSession], str],
    why_gone: Callable[[AssistedSession], str],
) -> None:
    registered.subject, registered.describe = subject, describe
    registered.elsewhere, registered.why_gone = elsewhere, why_gone


_fields: list[Callable[[HttpRequest], str]] = []


def register_fields(fields: Callable[[HttpRequest], str]) -> None:
    """``fields(request)``: further hidden fields of every form that is posted, as safe HTML."""
    _fields.append(fields)


def further_fields(request: HttpRequest) -> SafeString:
    return SafeString("".join(fields(request) for fields in _fields))


def acting_exempt(view: Any) -> Any:
    """Exempt a view whose POST concerns no person, like signing in and out."""
    setattr(view, _MARK, "nothing")
    return view


def account_only(view: Any) -> Any:
    """A view in which an account acts for itself, whatever assisted session is open: only the account is
    compared.
    """
    setattr(view, _MARK, "account")
    return view


def is_checked(view: Any) -> bool:
    # Views that are exempt from the CSRF token serve machines, or write nothing.
    return getattr(view, _MARK, "") != "nothing" and not getattr(view, "csrf_exempt", False)


def read(signed: str) -> Acting | None:
    try:
        user, assisted_session, subject = Signer(salt=_SALT).unsign(signed).split(_SEPARATOR)
    except (BadSignature, ValueError):
        return None
    return Acting(user, assisted_session, subject)


def account_of(request: HttpRequest) -> User | None:
    """The account of a citizen, or of an official who has proved both factors."""
    return cast(User, request.user) if is_citizen(request) or is_verified_official(request) else None


def shown(request: HttpRequest) -> Acting | None:
    """For whom the page was shown from which this request was submitted."""
    return read(request.POST.get(FIELD, ""))


def acting(request: HttpRequest) -> Acting | None:
    """For whom this request acts; None for visitors and for staff in the admin.

    ``subject`` is not looked up for views in which only the account will be compared.
    """
    user = account_of(request) if request.session.session_key else None
    if user is None:
        return None
    assisted_session = assisted_session_of(request)
    match = request.resolver_match
    own = match is not None and getattr(match.func, _MARK, "") == "account"
    subject = (
        registered.subject(user, assisted_session)
        if (user.is_citizen or assisted_session) and not own
        else ""
    )
    return Acting(str(user.pk), str(assisted_session.pk) if assisted_session else "", subject)


def matches_page(request: HttpRequest, view: Any) -> bool:
    """Whether the page was shown to this account, for this assisted session and person.

    A page that was shown before the person was registered stays valid within the same assisted session.
    """
    sent, user = shown(request), account_of(request)
    if user is None:
        # Views that need an account redirect to the sign-in page themselves.
        return sent is None or getattr(view, "needs_account", False)
    assisted_session = assisted_session_of(request)
    if sent is None or sent.user != str(user.pk):
        return False
    if getattr(view, _MARK, "") == "account":
        return True
    if sent.assisted_session != (str(assisted_session.pk) if assisted_session else ""):
        return False
    return not sent.subject or sent.subject == registered.subject(user, assisted_session)


def concerns_same_person(request: HttpRequest, signed: str) -> bool:
    """Whether form data saved before signing in again belongs to the person this page is about."""
    then, now = read(signed), acting(request)
    if then is None or now is None or then.user != now.user:
        return then is now
    return then.subject == now.subject if then.subject else then.assisted_session == now.assisted_session
