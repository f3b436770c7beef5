from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import Case, Role, User
from dsp_platform.accounts.staff.services import SCOPE
from dsp_platform.audit.words import register_words

# What is noted of a change of an account.
KEPT = ("role", *SCOPE)

register_words(
    actions={
        "sign_in": _("signed in"),
        "sign_out": _("signed out"),
        "sign_in_failed": _("a sign-in failed"),
        "sign_in_budget_spent": _("too many sign-ins failed: no password was looked at any more"),
        "end_all_sessions": _("ended all sessions"),
        "add_passkey": _("added a passkey"),
        "remove_passkey": _("removed a passkey"),
        "remove_passkeys": _("all passkeys of an account were removed"),
        "change_phone": _("changed the own phone number"),
        "replace_phone": _("replaced the phone number of an account"),
        "hand_over": _("an account became a person's, or is theirs no more"),
        "close_unused_account": _("closed an account that held nothing: its number has another use"),
        "create_account": _("made an account"),
        "change_account": _("changed an account"),
        "open_account_again": _("opened an account again"),
        "invite": _("invited"),
        "renew_credentials": _("stopped password and authenticator app"),
        "join": _("followed the invitation"),
        "join_refused": _("an invitation was refused"),
        "change_password": _("set a password"),
        "change_second_factor": _("set up an authenticator app"),
        "open_case": _("opened a case"),
        "end_case": _("ended a case"),
        "refused": _("was refused a page"),
        "step_refused": _("was refused a step"),
    },
    subjects={"page": _("page")},
    reasons={
        **{f"end_case:{code}": label for code, label in Case.End.choices},
        "sign_out:idle": _("too long without use"),
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
        # Errors of a step, as their classes are called.
        "StepNotAllowed": _("the step was not possible any more"),
        "NoteMissing": _("no note was written"),
        "NotYours": _("it was their own"),
        "InConflict": _("it was of their own household or kin"),
        "AlreadyChanged": _("somebody else was first"),
    },
    details={
        **{code: label for code, label in Role.choices},
        **{field.name: field.verbose_name for field in User._meta.fields if field.name in KEPT},
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
