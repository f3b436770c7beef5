"""Why an application was not made or decided, in words that a page can show."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.errors import InConflict, NotYours, Overtaken, StepRefused


class NotOpen(StepRefused):
    """The programme takes no applications on this day."""


class AlreadyEnrolled(StepRefused):
    words = _("You already receive this support.")


class NoHousehold(StepRefused):
    words = _(
        "To apply, you must live in a registered household. Register one of your own, or let the household "
        "that you live with take you in by your SPID."
    )


class ConsentMissing(StepRefused):
    words = _("Tick the box if you agree. Without it the application cannot be sent.")


class QuestionsUnanswered(StepRefused):
    words = _("The programme asks something that is not answered yet. Answer it, then apply.")


class ApplicantDied(StepRefused):
    words = _("The person has died, so the application can only be refused.")


class PersonDied(StepRefused):
    words = _("The person has died. Nothing can be applied for in their name.")


class DecidedBefore(StepRefused):
    words = _("You took part in the decision that was appealed, so somebody else must decide now.")


class NoReferral(StepRefused):
    words = _("Choose a programme of another operator that takes applications now.")


class AppliedAgain(StepRefused):
    """Only one application for a programme can be open."""


class HeldAlready(Overtaken):
    """``str()`` says which decision of whom is held."""


class HoldEnded(Overtaken):
    """A held decision that has left, was undone, or was sent back meanwhile."""

    words = _("This decision is not held any more: it has left, or was taken back. Look at it again.")


class NotConfirmed(StepRefused):
    words = _("Read what will happen, then confirm it.")


class SecondTooNew(InConflict):
    """Otherwise whoever invites reviewers could be both."""

    words = _("Your account is less than 30 days old, so another reviewer must be the second one.")


class SecondIsAnother(NotYours):
    words = _("You took this decision, so another reviewer must agree to it.")
