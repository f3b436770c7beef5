from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import end_assisted_session
from dsp_platform.accounts.models import AssistedSession, PhoneChallenge, PhoneEvent
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.webserver.large_bodies import time_limit

# A slow upload may still be running in an assisted session that is otherwise idle.
LONGEST_UPLOAD = timedelta(seconds=time_limit(settings.UPLOAD_MEGABYTES * 1024 * 1024))
# Longer than the longest window of a rate limit.
RETENTION = timedelta(days=2)


@shared_task(name="accounts.purge")
def purge() -> None:
    """Delete expired codes, rate limit events and sessions, and end abandoned assisted sessions."""
    now = timezone.now()
    PhoneChallenge.objects.filter(expires_at__lt=now - RETENTION).delete()
    PhoneEvent.objects.filter(at__lt=now - RETENTION).delete()
    throttle.purge()
    for assisted_session in AssistedSession.objects.filter(
        ended_at=None, seen_at__lt=now - settings.ASSISTED_SESSION_LIFE - LONGEST_UPLOAD
    ):
        end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.IDLE)
    sessions.delete_expired()
