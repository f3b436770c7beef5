from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "registry.officials",
    Action("ask_transfer", _("asked another district to take over an official")),
    Action("accept_transfer", _("took over an official of another district")),
    Action("report_lost_device", _("reported the lost device of an official")),
    Action("confirm_lost_device", _("confirmed the lost device of an official")),
    Action("ask_invitation", _("asked to invite an official")),
    Action("confirm_invitation", _("confirmed the invitation of an official")),
    Action("ask_return", _("asked to take an official back into service")),
    Action("confirm_return", _("confirmed that an official is back in service")),
    Action("refuse_request", _("refused what was asked about an official")),
    Action("withdraw_request", _("took back what was asked about an official")),
    reasons={
        "step_refused": {
            "RequestPending": _("something is asked about this official already"),
            "NoLongerWaiting": _("it was answered meanwhile"),
            "EndedByClosing": _("the account was closed meanwhile"),
            "NobodyInDistrict": _("nobody in the other district could answer"),
            "UnknownSpid": _("no living person has that SPID"),
            "OfficialMoved": _("the official works somewhere else by now"),
            "OfficialClosed": _("the account of the official was closed"),
            "OfficialWorks": _("the account of the official was not closed"),
            "TooManyInvitations": _("the district had invited too many officials that day"),
            "UserNameTaken": _("the user name was taken"),
            "UserNameClosed": _("the user name was of a closed account"),
        }
    },
)
