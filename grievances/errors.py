"""Why a grievance was not reported, appealed or handled, in words that a page can show."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.accounts.errors import wait_sentence
from dsp_platform.casework.errors import StepRefused
from dsp_platform.notifications.code_delays import time_of_day


class OperatorMissing(StepRefused):
    words = gettext_lazy("Choose the operator that it is passed on to.")


class NotConfirmed(StepRefused):
    """Others would answer what only the few who are named for sensitive reports have read."""

    words = gettext_lazy("Others would read it. Look at what will happen, then confirm.")


class CircleOfTeams(ValidationError):
    """Of the form of a team."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy(
                "What is late would go round in a circle of teams. Choose another level above, or another "
                "area."
            )
        )


class NoOriginal(StepRefused):
    words = gettext_lazy(
        "Write the reference of another open report that you may answer, that is no repeat itself and has "
        "none. Sensitive reports and appeals are not joined."
    )


class AnsweredWithAnother(StepRefused):
    words = gettext_lazy("This is marked as a repeat: it is answered with the report that it repeats.")


class DecidedByYou(StepRefused):
    words = gettext_lazy("You took part in the decision that this is about, so somebody else must answer.")


class WordsMissing(StepRefused):
    words = gettext_lazy("Write why you do not agree.")


class NothingToAppeal(StepRefused):
    words = gettext_lazy("This application has no decision that can be appealed.")


class CannotReopen(StepRefused):
    """``str()`` says why, in the words of the applications."""


class TooManyReports(StepRefused):
    """From one network, browser or account."""

    def __init__(self, until: datetime, *, signed_in: bool) -> None:
        words = {"time": time_of_day(until), "phone": settings.CONTACT_PHONE}
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


class TooManyWords(StepRefused):
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
