"""Why a step was not taken, told in words that a page can show."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from applications import workflow
from applications.models import ApplicationEvent
from dsp_platform.casework.errors import Overtaken, StepRefused


class ApplicationError(StepRefused):
    """``str()`` is a translated sentence."""


class NotOpen(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("This programme does not take applications at the moment."))


class AlreadyEnrolled(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("You already receive this support."))


class ConsentMissing(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("Tick the box if you agree. Without it the application cannot be sent."))


class StepNotAllowed(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("This step is not possible any more. Look at the application again."))


class ReasonMissing(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("Choose the reason for the refusal."))


class NoteMissing(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("Write a note: the applicant will read it."))


class NotYours(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("You filed this application yourself, so somebody else must decide it."))


class InConflict(ApplicationError):
    """``str()`` says what the reviewer has to do with the applicant."""


class ApplicantDied(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("The person has died, so the application can only be refused."))


class PersonDied(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("The person has died. Nothing can be applied for in their name."))


class DecidedBefore(ApplicationError):
    def __init__(self) -> None:
        super().__init__(_("You took the decision that was appealed, so somebody else must decide now."))


class AppliedAgain(ApplicationError):
    def __init__(self, reference: str) -> None:
        super().__init__(
            _("The person has applied again: %(reference)s. Only one of the two can be open.")
            % {"reference": reference}
        )


class AlreadyChanged(ApplicationError, Overtaken):
    """Somebody took a step since the page was shown."""

    def __init__(self, event: ApplicationEvent | None) -> None:
        self.event = event
        super().__init__(self._words(event))

    @staticmethod
    def _words(event: ApplicationEvent | None) -> str:
        if event is None:
            return _("The application has changed. Look at it again.")
        return _("Nothing was saved: “%(step)s” by %(who)s on %(when)s came first.") % {
            "step": workflow.STEPS[event.step].title,
            "who": who_took(event),
            "when": date_format(localtime(event.at), "SHORT_DATETIME_FORMAT"),
        }


class AlreadyDecided(AlreadyChanged):
    """Somebody decided before."""


def who_took(event: ApplicationEvent) -> str:
    if event.source == "operator":
        return _("the operator's own system")
    if event.source == "registry":
        return _("the registry")
    if event.actor is None or event.actor.is_citizen:
        return _("the applicant")
    return str(event.actor)
