"""What a request carries behind the middleware and the decorators of this package, for the type checker."""

from django.http import HttpRequest, QueryDict

from dsp_platform.accounts.models import Case, User


class SignedInRequest(HttpRequest):
    """Behind ``citizen_required``, ``official_required``, ``actor_required`` or the admin's door."""

    user: User
    case: Case | None
    session_seconds: int | None
    unsent: QueryDict | None
