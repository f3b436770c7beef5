"""The signed fields that the forms of a page carry for this browser (``acting_for``)."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.test import Client

from dsp_platform.accounts.acting import form_token
from dsp_platform.accounts.models import AssistedSession, User
from registry.counter.chosen import CHOSEN


def shown_now(client: Client) -> dict[str, str]:
    """Empty for a browser without a session."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie is None or not cookie.value:
        return {}
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    user = User.objects.filter(pk=session.get(SESSION_KEY, 0)).first()
    if user is None or user.is_staff:
        return {}
    assisted_session = (
        None if user.is_citizen else AssistedSession.objects.filter(official=user, ended_at=None).first()
    )
    subject = (
        form_token.registered.subject(user, assisted_session) if user.is_citizen or assisted_session else ""
    )
    fields = {
        form_token.FIELD: form_token.Acting(
            str(user.pk), str(assisted_session.pk) if assisted_session else "", subject
        ).signed()
    }
    chosen = session.get(CHOSEN)
    return fields | ({"chosen": signing.dumps(chosen, salt=CHOSEN)} if chosen is not None else {})
