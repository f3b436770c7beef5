from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import AssistedSession, Duty, Role, User
from dsp_platform.accounts.staff.services import SCOPE
from dsp_platform.audit.actions import Action, Effect, register_actions

# Fields whose changes are recorded.
RECORDED = ("role", *SCOPE)

# Why a sign-in or an invitation was refused.
PROOF_FAILURES = {
    "unknown_name": _("nobody has this user name"),
    "closed": _("the account is closed"),
    "joined": _("the person has joined already"),
    "moved": _("the invitation was changed in the database, past the platform"),
    "password": _("wrong password"),
    "not_joined": _("the invitation was not followed yet"),
    "code": _("wrong code of the app"),
    "wrong_door": _("on the page of others"),
    "unknown": _("there is no such invitation"),
    "used": _("the invitation was used"),
    "expired": _("the invitation is too old"),
}

register_actions(
    "accounts",
    Action("sign_in", _("signed in"), effect=Effect.NONE),
    Action("name_sensitive", _("let somebody answer sensitive grievances")),
    Action("end_sensitive", _("let somebody no longer answer sensitive grievances")),
    Action("sign_out", _("signed out"), effect=Effect.NONE),
    Action("lock_desk", _("the desk was locked"), effect=Effect.NONE),
    Action("unlock_desk", _("unlocked the desk"), effect=Effect.NONE),
    Action("unlock_failed", _("a locked desk was not opened: wrong code"), effect=Effect.NONE),
    Action("sign_in_failed", _("a sign-in failed"), effect=Effect.NONE),
    Action(
        "sign_in_budget_spent",
        _("too many sign-ins failed: no password was looked at any more"),
        effect=Effect.NONE,
    ),
    Action("end_all_sessions", _("ended all sessions")),
    Action("add_passkey", _("added a passkey")),
    Action("remove_passkey", _("removed a passkey")),
    Action("remove_passkeys", _("all passkeys of an account were removed")),
    Action("change_phone", _("changed the own phone number")),
    Action(
        "replace_phone",
        _("replaced the phone number of an account"),
        _("The phone number of the account was replaced"),
    ),
    Action("hand_over", _("an account became a person's, or is theirs no more")),
    Action("close_unused_account", _("closed an account that held nothing: its number has another use")),
    Action("create_account", _("made an account")),
    Action("change_account", _("changed an account")),
    Action("open_account_again", _("opened an account again")),
    Action("invite", _("invited")),
    Action("renew_credentials", _("stopped password and authenticator app")),
    Action("join", _("followed the invitation")),
    Action("join_refused", _("an invitation was refused"), effect=Effect.NONE),
    Action("change_password", _("set a password")),
    Action("change_second_factor", _("set up an authenticator app")),
    Action("open_case", _("opened a case"), _("helped at the counter"), Effect.ACCESS),
    Action("end_case", _("ended a case"), effect=Effect.NONE),
    Action("refused", _("was refused a page"), effect=Effect.NONE),
    subjects={"page": _("page")},
    reasons={
        "end_case": dict(AssistedSession.End.choices),
        "sign_out": {"idle": _("too long without use")},
        "lock_desk": {"idle": _("too long without use"), "button": _("by the button")},
        "sign_in_failed": PROOF_FAILURES,
        "join_refused": PROOF_FAILURES,
    },
    details={
        **{code: label for code, label in (*Duty.choices, *Role.choices)},
        **{field.name: field.verbose_name for field in User._meta.fields if field.name in RECORDED},
        "changed": _("changed"),
        "before": _("before"),
        "after": _("after"),
        "document": _("document"),
        "network": _("network, as a digest"),
        "method": _("method"),
        "kind": _("kind"),
        "subject": _("about"),
        "staff_account": _("account of staff"),
        "create": _("new account"),
        "renew": _("new password and authenticator app"),
        "close": _("close the account"),
        "open_again": _("open the account again"),
    },
)
