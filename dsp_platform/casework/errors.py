"""Why a step was not taken. One base, so that pages of every kind of casework catch one error."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User


class StepRefused(Exception):
    """``str()`` is a translated sentence that a page can show: the one given, or that of the class."""

    words: ClassVar[str | Promise] = ""

    def __init__(self, words: str | Promise = "") -> None:
        super().__init__(words or self.words)


class StepNotAllowed(StepRefused):
    """The state of the item does not allow the step, or no longer does."""

    words = _("This step is not possible any more.")


class NoteMissing(StepRefused):
    """The step needs a note."""


class ReasonMissing(StepRefused):
    """The step needs one of its reasons."""


class NotYours(StepRefused):
    """Whoever entered the item takes no step of its reviewers."""


class ReadsOnly(StepRefused):
    words = _("Your account reads this and changes nothing. A steward can give you another duty.")


class InConflict(StepRefused):
    """``str()`` says how the actor is related to somebody whom the item is about."""


class MayBeOnePerson(InConflict):
    """By their invitations, the actor could be whoever entered the item, or took the step before."""

    words = _(
        "One of you invited the other, or one person has lately invited both of you. "
        "So somebody else must decide it."
    )


class Overtaken(StepRefused):
    """Somebody else took a step since the page was shown."""


class AlreadyDecided(Overtaken, StepNotAllowed):
    """That step ended it."""


class AlreadyAssigned(Overtaken):
    """To somebody else, who may decide it."""

    def __init__(self, assignee: User) -> None:
        words = _("This is assigned to %(official)s already. Nothing was changed.")
        super().__init__(words % {"official": assignee.staff_name})


class ColleagueMissing(StepRefused):
    words = _("Choose the colleague to whom you hand it over.")


class CannotTakeOver(StepRefused):
    words = _("This colleague may not decide it. Choose another one.")
