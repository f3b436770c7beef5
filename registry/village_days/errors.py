from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.errors import Overtaken, StepRefused
from registry.models import HouseholdVisit


class DayNotOpen(StepRefused):
    words = _("Visits are begun on the day itself, and can be written down for a week after it.")


class NobodyToVisit(StepRefused):
    words = _("No household is left that nobody visits.")


class NothingRegistered(NobodyToVisit):
    words = _("No household is registered in this village.")


class NoneChosen(NobodyToVisit):
    words = _("No household of this village is one of those that you chose. Choose others.")


class TakenByColleague(Overtaken):
    """Until the time that is said."""

    def __init__(self, visit: HouseholdVisit) -> None:
        words = _gettext(
            "%(official)s visits this household, until %(time)s at the latest. Take another one."
        )
        until = timezone.localtime(visit.taken_until)
        name = visit.taken_by.staff_name if visit.taken_by else ""
        super().__init__(words % {"official": name, "time": date_format(until, "H:i")})


class VisitedByColleague(Overtaken):
    def __init__(self, visit: HouseholdVisit) -> None:
        words = _gettext("%(official)s has visited this household already. Nothing was changed.")
        super().__init__(words % {"official": visit.visited_by.staff_name if visit.visited_by else ""})
