"""What the session tells about the user of a request."""

from django.http import HttpRequest

from dsp_platform.accounts.models import AssistedSession, User


def is_citizen(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_citizen


def is_verified_official(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.is_official and user.is_verified()


def assisted_session_of(request: HttpRequest) -> AssistedSession | None:
    """The official's open assisted session. None also where no middleware has run, as on the page of a server
    error.
    """
    return getattr(request, "assisted_session", None)
