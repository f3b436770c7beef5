"""The type of a request behind the middleware and decorators of this package."""

from django.http import HttpRequest, QueryDict

from dsp_platform.accounts.models import AssistedSession, User


class SignedInRequest(HttpRequest):
    """In views with ``citizen_required``, ``official_required``, ``actor_required``, and in the admin."""

    user: User
    assisted_session: AssistedSession | None
    session_seconds: int | None
    desk_is_locked: bool
    unsent: QueryDict | None
