from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import end_case
from dsp_platform.accounts.models import Case, PhoneChallenge, PhoneEvent
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.webserver.large_bodies import longest

# A file may still be coming in for a case that nobody came back to otherwise.
FILE_ON_ITS_WAY = timedelta(seconds=longest(settings.UPLOAD_MEGABYTES * 1024 * 1024))
# Longer than the longest limit that is counted from them.
KEPT = timedelta(days=2)


@shared_task(name="accounts.purge")
def purge() -> None:
    """Delete expired codes and counts, and end cases that were abandoned."""
    now = timezone.now()
    PhoneChallenge.objects.filter(expires_at__lt=now - KEPT).delete()
    PhoneEvent.objects.filter(at__lt=now - KEPT).delete()
    throttle.purge()
    for case in Case.objects.filter(ended_at=None, seen_at__lt=now - settings.CASE_LIFE - FILE_ON_ITS_WAY):
        end_case(case=case, end=Case.End.IDLE)
    sessions.forget_ended()
