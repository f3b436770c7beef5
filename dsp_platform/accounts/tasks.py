from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import end_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.background.faults import apart
from dsp_platform.webserver.large_bodies import time_limit

# A slow upload may still be running in an assisted session that is otherwise idle.
LONGEST_UPLOAD = timedelta(seconds=time_limit(settings.UPLOAD_MEGABYTES * 1024 * 1024))


@shared_task(name="accounts.end_abandoned")
def end_abandoned() -> None:
    """End assisted sessions that nobody came back to."""
    before = timezone.now() - settings.ASSISTED_SESSION_LIFE - LONGEST_UPLOAD
    for assisted_session in AssistedSession.objects.filter(ended_at=None, seen_at__lt=before):
        with apart("accounts.end_abandoned"):
            end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.IDLE)
