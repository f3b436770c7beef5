from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.errors import StepRefused


class OfficialMoved(StepRefused):
    words = _("This official works somewhere else by now. Look at the list again.")


class OfficialClosed(StepRefused):
    words = _("This account is closed. Only its page says what can be done.")


class OfficialWorks(StepRefused):
    words = _("This account is not closed.")


class RequestPending(StepRefused):
    words = _("Something is asked about this official already and waits for an answer.")


class NoLongerWaiting(StepRefused):
    words = _("This was answered meanwhile.")


class EndedByClosing(NoLongerWaiting):
    words = _("The account was closed meanwhile, so nothing is asked about this official any more.")


class NobodyInDistrict(StepRefused):
    words = _(
        "No official works at that district now who could take them over. Ask the secretariat: it moves them."
    )


class UnknownSpid(StepRefused):
    words = _("No living person has this SPID. Check it, or leave it empty.")


class TooManyInvitations(StepRefused):
    words = _("Your district has invited as many officials as it may in one day. Go on tomorrow.")


class UserNameTaken(StepRefused):
    words = _("This user name is taken. Choose another one.")


class UserNameClosed(UserNameTaken):
    words = _(
        "This user name is of an account of your district that was closed. Open it in the list of officials "
        "and take it back into service, or choose another name."
    )
