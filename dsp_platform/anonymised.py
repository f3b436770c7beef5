"""What becomes of the platform's tables in a copy for training."""

from dsp_platform.database.anonymising import empty, keep, replace

empty(
    "account.EmailAddress",
    "account.EmailConfirmation",
    "accounts.AssistedSession",
    "accounts.Invitation",
    "accounts.Passkey",
    "accounts.PhoneChallenge",
    "accounts.PhoneEvent",
    "accounts.SignInFailure",
    "accounts.TOTPDevice",
    "admin.LogEntry",
    "approval.Proposal",
    "audit.AuditEvent",
    "audit.ChainHead",
    "casework.WorkItemNote",
    "exchange.Attempt",
    "exchange.Incident",
    "exchange.Lease",
    "exchange.LedgerEntry",
    "exchange.OperatorLease",
    "exchange.Outstanding",
    "exchange.StatusReport",
    "jobs.Job",
    "notifications.Budget",
    "notifications.CircuitBreaker",
    "notifications.DemoMessage",
    "notifications.Message",
    "notifications.RateCounter",
    "offline.OfflineItem",
    "sessions.Session",
    "uploads.Page",
    "uploads.Upload",
    "uploads.UploadDay",
    "usersessions.UserSession",
)
keep("accounts.User", "area_code", "operator_code", "language")
replace(
    "accounts.User",
    username="CASE WHEN username IS NOT NULL THEN 'staff-' || {id} END",
    full_name="CASE WHEN full_name = '' THEN '' ELSE 'Staff ' || {id} END",
    password="'!' || md5(%(key)s || {id})",  # noqa: S106  # an expression: no password fits
    spid="''",
)
# What stands in these was approved for everybody to read.
keep("auth.Permission", "name", "codename")
keep("auth.Group", "name")
keep("contenttypes.ContentType", "app_label", "model")
keep("exchange.Operator", "code", "name", "name_km", "name_en", "system", "system_km", "system_en")
keep("exchange.Operator", "adapter", "status_mapping")
replace("exchange.Operator", address="'{{}}'", last_error="''", pull_error="''")
keep("working_days.DecreedDay", "rule", "decree")
keep("exchange.Agreement", "kind", "fields", "mapping", "rule", "legal_reference")
keep("exchange.Agreement", "purpose", "purpose_km", "purpose_en")
# Who changed what why, without the addresses of pages and the references of requests.
replace(
    "pghistory.Context",
    metadata="""(
        SELECT coalesce(jsonb_object_agg(one, metadata -> one), '{{}}')
        FROM unnest(ARRAY['why', 'actor', 'user', 'operator']) AS one
        WHERE metadata ? one AND (one <> 'why' OR metadata ->> one ~ '^[a-z_]+$')
    )""",
)
keep("pghistory.Events", *("pgh_slug", "pgh_model", "pgh_label", "pgh_data", "pgh_diff", "pgh_context"))
keep("pghistory.Events", "pgh_obj_model", "pgh_obj_id")
