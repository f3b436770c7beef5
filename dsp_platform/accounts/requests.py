"""The type of a request behind the middleware and decorators of this package."""

from django.http import HttpRequest, QueryDict

from dsp_platform.accounts.models import Case, User


class SignedInRequest(HttpRequest):
    """In views with ``citizen_required``, ``official_required``, ``actor_required``, and in the admin."""

    user: User
    case: Case | None
    session_seconds: int | None
    unsent: QueryDict | None
