from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.errors import StepRefused


class WaitsForSecond(StepRefused):
    """The merge is proposed already."""

    words = _("The merge is proposed: a second steward approves or refuses it first.")


class CommuneMissing(StepRefused):
    """None of the two records is of the commune that is to be asked."""

    words = _("Choose which commune is asked.")


class RecordMissing(StepRefused):
    """The record that remains is none of the two."""

    words = _("Choose which record remains.")


class AnswerMissing(StepRefused):
    words = _("Choose an answer.")


class CannotMerge(StepRefused):
    """``str()`` says why."""
