"""How long the platform keeps what is about people. The domains add their own rules."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.codes import retention as codes
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.background.retention import Rule, register_rules, without_personal_data
from dsp_platform.exchange.ledger import retention as exchange
from dsp_platform.exchange.ledger.retention import INCIDENTS, MONTH
from dsp_platform.notifications import rate_limits
from dsp_platform.notifications import retention as messages
from dsp_platform.offline import services as offline
from dsp_platform.uploads import limits
from dsp_platform.uploads import services as uploads
from dsp_platform.uploads.services import REFUSED_RETENTION

register_rules(
    Rule(
        code="internal-notes",
        models=("casework.WorkItemNote",),
        what=_("internal notes of those who decide applications and answer grievances"),
        why=_("they go with the decision, for whoever looks at it again"),
    ),
    Rule(
        code="codes",
        models=("accounts.PhoneChallenge", "accounts.PhoneEvent"),
        what=_("codes that were sent to phones, and when"),
        after=codes.RETENTION,
        since=_("after the code expired"),
        why=_("they count towards the limits of a day"),
        purge=codes.purge,
        clock={"accounts.PhoneChallenge": "expires_at", "accounts.PhoneEvent": "at"},
    ),
    Rule(
        code="failed-sign-ins",
        models=("accounts.SignInFailure",),
        what=_("wrong passwords of staff"),
        after=throttle.MEMORY,
        why=_("they make the next attempt wait"),
        purge=throttle.purge,
        clock={"accounts.SignInFailure": "at"},
    ),
    Rule(
        code="sessions",
        models=("sessions.Session", "usersessions.UserSession"),
        what=_("sessions of browsers"),
        after=timedelta(0),
        since=_("until the session expires, or is ended"),
        why=_("people see and end them in their account"),
        purge=sessions.delete_expired,
        clock={"sessions.Session": "expire_date"},
    ),
    Rule(
        code="accounts",
        models=(
            "accounts.User",
            "accounts.Passkey",
            "accounts.TOTPDevice",
            "accounts.Invitation",
            "account.EmailAddress",
            "account.EmailConfirmation",
        ),
        what=_("accounts and how they sign in"),
        why=_("the audit names who acted; a closed account of a citizen loses its phone number at once"),
    ),
    Rule(
        code="cases",
        models=("accounts.AssistedSession",),
        what=_("cases at the counter"),
        why=_("people can see who helped them and what was read out to them"),
    ),
    Rule(
        code="offline-items",
        models=("offline.OfflineItem",),
        what=_("what officials wrote offline, and that it was applied"),
        after=offline.RETENTION,
        why=_("it is applied once, and what could not be applied waits for the official"),
        purge=offline.purge,
        clock={"offline.OfflineItem": "received_at"},
    ),
    Rule(
        code="documents",
        models=("uploads.Upload", "uploads.Page"),
        what=_("photos of documents that were refused as files; others are kept with their request"),
        after=REFUSED_RETENTION,
        why=_("whoever sent it sees why it was refused"),
        purge=uploads.purge,
        clock={"uploads.Upload": "created_at"},
    ),
    Rule(
        code="sent-files",
        models=("uploads.UploadDay",),
        what=_("how many files an account sent in a day"),
        after=limits.RETENTION,
        why=_("they count towards the limit of a day"),
        purge=limits.purge,
        clock={"uploads.UploadDay": "day"},
    ),
    Rule(
        code="messages",
        models=("notifications.Message", "notifications.DemoMessage"),
        what=_("the phone number of a text message; the message is kept without it"),
        after=timedelta(days=settings.MESSAGE_PHONE_DAYS),
        why=_("people see what was written to them, and stewards why it did not arrive"),
        purge=messages.forget_phones,
        clock={"notifications.Message": "created_at", "notifications.DemoMessage": "received_at"},
        empties={"notifications.Message": "phone"},
    ),
    Rule(
        code="message-counters",
        models=("notifications.RateCounter",),
        what=_("how many codes a network asked for"),
        after=rate_limits.RETENTION,
        why=_("they count towards the limits of a network"),
        purge=rate_limits.purge,
        clock={"notifications.RateCounter": "starts_at"},
    ),
    Rule(
        code="proposals",
        models=("approval.Proposal",),
        what=_("what two people proposed and approved"),
        why=_("it is the proof that two people decided"),
    ),
    Rule(
        code="audit",
        models=("audit.AuditEvent",),
        what=_("who did what, and who looked at whom"),
        why=_("people can see who looked at their data; the log is a chain from which nothing can be taken"),
    ),
    Rule(
        code="attempts",
        models=("exchange.Attempt",),
        what=_("attempts to deliver a record to an operator"),
        after=MONTH * settings.EXCHANGE_ATTEMPT_MONTHS,
        why=_("they prove what an operator was sent, without its values"),
        purge=exchange.drop_old_attempts,
        clock={"exchange.Attempt": "at"},
    ),
    Rule(
        code="reports",
        models=("exchange.StatusReport",),
        what=_("the values of a report of an operator; its reference and status are kept"),
        after=MONTH * settings.EXCHANGE_REPORT_MONTHS,
        since=_("after it was handled"),
        why=_("a report that is disputed can be read"),
        purge=exchange.clear_all_old_values,
        clock={"exchange.StatusReport": "handled_at"},
        empties={"exchange.StatusReport": "values"},
    ),
    Rule(
        code="ledger",
        models=("exchange.LedgerEntry", "exchange.Outstanding", "exchange.Lease"),
        what=_("which operator has which version of a record"),
        why=_("people see who holds a copy, and an operator is told when it must delete it"),
    ),
    Rule(
        code="incidents",
        models=("exchange.Incident",),
        what=_("interruptions of an operator"),
        after=INCIDENTS,
        since=_("after it ended"),
        why=_("they show how reliable an operator is"),
        purge=exchange.delete_old_incidents,
        clock={"exchange.Incident": "ended_at"},
    ),
    Rule(
        code="admin-log",
        models=("admin.LogEntry",),
        what=_("what staff changed in the administration"),
        why=_("it belongs to the audit"),
    ),
    Rule(
        code="history",
        models=("pghistory.Context",),
        what=_("the history of each record: what stood in it, and who changed it why"),
        why=_("people and stewards can see what was known on a day; a support may be disputed years later"),
    ),
)
without_personal_data(
    "accounts.User_groups",
    "accounts.User_user_permissions",
    "audit.ChainHead",
    "auth.Group",
    "auth.Group_permissions",
    "auth.Permission",
    "contenttypes.ContentType",
    "exchange.Agreement",
    "exchange.Operator",
    "exchange.OperatorLease",
    "jobs.Job",
    "notifications.Budget",
    "notifications.CircuitBreaker",
    "pghistory.Events",
    "working_days.DecreedDay",
)
