from datetime import timedelta

from django.utils import timezone

from dsp_platform.accounts.models import PhoneChallenge, PhoneEvent

# Longer than the longest window of a rate limit.
RETENTION = timedelta(days=2)


def purge() -> None:
    """Delete expired codes, and the events that rate limits count."""
    before = timezone.now() - RETENTION
    PhoneChallenge.objects.filter(expires_at__lt=before).delete()
    PhoneEvent.objects.filter(at__lt=before).delete()
