"""Why a step was not taken, told in words that a page can show."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsp_platform.accounts.errors import wait_sentence
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.notifications.outlook import hour_of
from grievances import workflow
from grievances.models import GrievanceEvent


class GrievanceError(StepRefused):
    """``str()`` is a translated sentence."""


class StepNotAllowed(GrievanceError):
    def __init__(self) -> None:
        super().__init__(_("This step is not possible any more. Look at the report again."))


class NoteMissing(GrievanceError):
    def __init__(self) -> None:
        super().__init__(_("Write the answer: the person will read it."))


class OperatorMissing(GrievanceError):
    def __init__(self) -> None:
        super().__init__(_("Choose the operator that it is passed on to."))


class NotYours(GrievanceError):
    def __init__(self) -> None:
        super().__init__(_("You reported this yourself, so somebody else must handle it."))


class InConflict(GrievanceError):
    """``str()`` says what the member of staff has to do with who reported, or whose application it is."""


class DecidedByYou(GrievanceError):
    def __init__(self) -> None:
        super().__init__(_("You took the decision that is appealed, so somebody else must answer."))


class WordsMissing(GrievanceError):
    def __init__(self) -> None:
        super().__init__(_("Write why you do not agree."))


class NothingToAppeal(GrievanceError):
    def __init__(self) -> None:
        super().__init__(_("This application has no decision that can be appealed."))


class CannotReopen(GrievanceError):
    """``str()`` tells why, in the words of the applications."""


class AlreadyChanged(GrievanceError, Overtaken):
    """Somebody took a step since the page was shown."""

    def __init__(self, event: GrievanceEvent | None) -> None:
        super().__init__(self._words(event))

    @staticmethod
    def _words(event: GrievanceEvent | None) -> str:
        if event is None:
            return _("The report has changed. Look at it again.")
        who = event.actor if event.actor and event.actor.is_staff else _("the person who reported")
        return _("Nothing was saved: “%(step)s” by %(who)s on %(when)s came first.") % {
            "step": workflow.STEPS[event.step].title,
            "who": who,
            "when": date_format(localtime(event.at), "SHORT_DATETIME_FORMAT"),
        }


class TooManyReports(GrievanceError):
    """From one network or browser, or by one account."""

    def __init__(self, until: datetime, *, signed_in: bool) -> None:
        words = {"time": hour_of(until), "phone": settings.CONTACT_PHONE}
        sentences = [
            _("You sent many reports in a short time.")
            if signed_in
            else _("Very many reports come from your network or browser now."),
            _("What you typed stays on this page: send it after %(time)s.") % words,
            "" if signed_in else _("With an account you can sign in and report it there."),
            _("In a hurry? Call %(phone)s, or tell it at any commune or district office.") % words
            if settings.CONTACT_PHONE
            else _("In a hurry? Tell it at any commune or district office."),
        ]
        super().__init__(" ".join(filter(None, sentences)))


class TooManyWords(GrievanceError):
    """To one report."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(_("Much was added to this report already. %(wait)s") % {"wait": wait_sentence(wait)})


class PinWait(Exception):
    """Too many wrong PINs from here. ``str()`` is a translated sentence."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait

    def __str__(self) -> str:
        seconds = -int(-self.wait.total_seconds() // 1)
        if seconds > 60:
            return wait_sentence(self.wait)
        return ngettext(
            "Wait %(count)s second, then try again.", "Wait %(count)s seconds, then try again.", seconds
        ) % {"count": seconds}
