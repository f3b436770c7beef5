"""Why a phone could not be verified, as sentences for the person who tries."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class CodeProblem(Exception):
    """``str()`` gives the sentence in the active language."""

    def __str__(self) -> str:
        raise NotImplementedError


class Expired(CodeProblem):
    def __str__(self) -> str:
        return _("This code can no longer be used. Ask for a new code.")


class NoMoreTries(CodeProblem):
    def __str__(self) -> str:
        return _("The code was wrong too many times. Ask for a new code.")


class NotAccepted(CodeProblem):
    def __str__(self) -> str:
        return _("You cannot sign in with this number. Call us or ask at your commune office.")


class NumberNotFree(CodeProblem):
    """Shown only to somebody who has entered the code of that number."""

    def __str__(self) -> str:
        return _("This number cannot be used for this account. Use another number.")


class PasskeyRefused(Exception):
    """One sentence for every failure, so that it does not reveal which passkeys exist."""

    def __str__(self) -> str:
        return _("This passkey could not be used. Try again, or use a code by text message.")


class WrongCode(CodeProblem):
    def __init__(self, *, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left

    def __str__(self) -> str:
        return ngettext(
            "The code is not right. You can try %(count)s more time.",
            "The code is not right. You can try %(count)s more times.",
            self.tries_left,
        ) % {"count": self.tries_left}


class Wait(CodeProblem):
    def __init__(self, *, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class TooManySent(Wait):
    def __str__(self) -> str:
        seconds = -int(-self.wait.total_seconds() // 1)
        if seconds <= 90:
            return ngettext(
                "A code was sent to this number a moment ago. Wait %(count)s second, then ask again.",
                "A code was sent to this number a moment ago. Wait %(count)s seconds, then ask again.",
                seconds,
            ) % {"count": seconds}
        return _("Too many codes were sent to this number, or to its account. %(wait)s") % {
            "wait": wait_sentence(self.wait)
        }


class TooManyWrong(Wait):
    def __str__(self) -> str:
        return _("Too many wrong codes were typed for this number. %(wait)s") % {
            "wait": wait_sentence(self.wait)
        }


def wait_sentence(wait: timedelta) -> str:
    minutes = -int(-wait.total_seconds() // 60)
    if minutes <= 90:
        return ngettext(
            "Wait %(count)s minute, then try again.", "Wait %(count)s minutes, then try again.", minutes
        ) % {"count": minutes}
    hours = -(-minutes // 60)
    return ngettext(
        "Wait %(count)s hour, then try again.", "Wait %(count)s hours, then try again.", hours
    ) % {"count": hours}
