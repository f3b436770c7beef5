"""Whether one can apply for a programme on a day: by its state, and by its dates in Phnom Penh.

``is_open`` and ``takes_applications`` judge one programme, ``takes_applications_on`` selects them in SQL by
the same conditions.
"""

from datetime import date

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import Programme

OPEN_STATES = (Programme.State.OPEN, Programme.State.SEASONAL)


class Availability(TextChoices):
    OPEN = "open", gettext_lazy("Open")
    SEASONAL = "seasonal", gettext_lazy("Seasonal")
    NOT_YET = "not_yet", gettext_lazy("Not open yet")
    OVER = "over", gettext_lazy("Closed")
    PAUSED = "paused", gettext_lazy("Paused")
    CLOSED = "closed", gettext_lazy("Closed")
    DRAFT = "draft", gettext_lazy("Draft")


def availability(programme: Programme, day: date | None = None) -> Availability:
    """Its state on that day; today where none is given."""
    state, day = programme.state, day or timezone.localdate()
    if state not in OPEN_STATES:
        return Availability(state)
    if programme.closes_on and programme.closes_on < day:
        return Availability.OVER
    if programme.opens_on and programme.opens_on > day:
        return Availability.NOT_YET
    # A season without dates is not known to have begun or to be over.
    has_dates = programme.opens_on or programme.closes_on
    return Availability.OPEN if has_dates else Availability(state)


def is_open(programme: Programme, day: date | None = None) -> bool:
    """Also where one applies elsewhere."""
    return availability(programme, day) in (Availability.OPEN, Availability.SEASONAL)


def takes_applications(programme: Programme, day: date | None = None) -> bool:
    return programme.takes_applications and is_open(programme, day)


def takes_applications_on(day: date) -> Q:
    return Q(
        Q(opens_on=None) | Q(opens_on__lte=day),
        Q(closes_on=None) | Q(closes_on__gte=day),
        state__in=OPEN_STATES,
        takes_applications=True,
    )


def dates_in_words(programme: Programme) -> str:
    """From when or until when one can apply; empty where its state, not a date, decides."""
    found = availability(programme)
    opens, closes = (
        date_format(day, "SHORT_DATE_FORMAT") if day else ""
        for day in (programme.opens_on, programme.closes_on)
    )
    is_past = programme.closes_on is not None and programme.closes_on < timezone.localdate()
    if is_past and found in (Availability.OVER, Availability.CLOSED):
        return _("It was open until %(date)s.") % {"date": closes}
    sentences = []
    if found is Availability.NOT_YET:
        sentences.append(_("Opens on %(date)s.") % {"date": opens})
    if closes and found in (Availability.NOT_YET, Availability.OPEN):
        sentences.append(_("Closes on %(date)s.") % {"date": closes})
    return " ".join(sentences)


def why_none_taken(programme: Programme) -> str:
    """Of a programme that takes no applications now."""
    return " ".join(
        filter(
            None, [_("This programme does not take applications at the moment."), dates_in_words(programme)]
        )
    )
