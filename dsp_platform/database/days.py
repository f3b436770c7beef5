from datetime import date, datetime, time

from django.utils import timezone


def start_of(day: date) -> datetime:
    """Its midnight, in the time zone of the platform."""
    return timezone.make_aware(datetime.combine(day, time.min))
