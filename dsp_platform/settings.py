"""All settings of the platform, read from environment variables.

A missing or malformed value does not stop the import: it is collected in ``CONFIGURATION_ERRORS``
and fails a system check (``dsp_platform/checks.py``), so that all mistakes are reported at once.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import dj_database_url
import pghistory
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvValidationError
from marshmallow.validate import OneOf, Range

from dsp_platform.background.schedule import (
    CELERY_BEAT_SCHEDULE,  # noqa: F401
    CELERY_TASK_QUEUES,  # noqa: F401
    CELERY_TASK_ROUTES,  # noqa: F401
    NOTIFIED_ONCE,  # noqa: F401
)
from dsp_platform.monitoring import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(eager=False)
CONFIGURATION_ERRORS: dict[str, list[str]] = {}

# --- What runs here -------------------------------------------------------------------------
# Defaults to "production", so that a forgotten variable makes nothing less secure. "demo" is `make run`: the
# demo phone exists and cookies work over plain HTTP. "test" is the test suite.
MODE = env.str("DSPP_MODE", "production", validate=OneOf(["production", "demo", "test"]))
PRODUCTION = MODE not in ("demo", "test")
DEMO = MODE == "demo"
DEBUG = False

SECRET_KEY = env.str("SECRET_KEY", "")
# Fernet keys, newest first: the first one encrypts, all of them decrypt.
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", []) or []
# Private keys (P-256, 32 bytes in Base64), newest first: what officials write offline is encrypted to it.
OFFLINE_KEYS: list[str] = env.list("OFFLINE_KEYS", []) or []
# Key of the digests for looking up documents and for deriving one-time codes.
DIGEST_KEY = env.str("DIGEST_KEY", "")
# Signs the exported heads of the audit's chains. Must not be known to the administrators of the database.
AUDIT_SIGNING_KEY = env.str("AUDIT_SIGNING_KEY", "") or ""

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"]) or []
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", []) or []

# --- Parts ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",
    "dsp_platform.apps.PlatformConfig",
    "dsp_platform.accounts.apps.AccountsConfig",
    "dsp_platform.offline.apps.OfflineConfig",
    "dsp_platform.uploads.apps.UploadsConfig",
    "dsp_platform.audit.apps.AuditConfig",
    "dsp_platform.casework.apps.CaseworkConfig",
    "dsp_platform.approval.apps.ApprovalConfig",
    "dsp_platform.working_days.apps.WorkingDaysConfig",
    "dsp_platform.notifications.apps.NotificationsConfig",
    "dsp_platform.jobs.apps.JobsConfig",
    "dsp_platform.exchange.apps.ExchangeConfig",
    "registry.apps.RegistryConfig",
    "applications.apps.ApplicationsConfig",
    "grievances.apps.GrievancesConfig",
    "dsp_platform.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # its widget templates, for TemplatesSetting
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django_otp",
    "pgtrigger",
    "pghistory",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "dsp_platform.web.middleware.MachinesByHttpsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dsp_platform.web.middleware.HeadMiddleware",
    "dsp_platform.web.middleware.NoStoreMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "dsp_platform.web.middleware.NoNulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dsp_platform.web.origin.OriginMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "dsp_platform.accounts.sessions.middleware.SessionLifeMiddleware",
    "dsp_platform.accounts.assisted_sessions.middleware.AssistedSessionMiddleware",
    "dsp_platform.accounts.access.refusals.RefusalMiddleware",
    "dsp_platform.accounts.sessions.lock_middleware.DeskLockMiddleware",
    "dsp_platform.offline.middleware.OfflineMiddleware",
    "dsp_platform.accounts.acting.middleware.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "dsp_platform.web.request_cache.RequestCacheMiddleware",
    "dsp_platform.web.public_pages.PublicPagesMiddleware",
    "dsp_platform.web.middleware.BusyMiddleware",
    "dsp_platform.offline.middleware.OnceMiddleware",
]
# Stored for visitors without a session; a change shows after this long. 0 stores nothing.
PUBLIC_PAGE_SECONDS = 0 if MODE == "test" else 30
# Of what is dear to count, whoever asks for the page.
PUBLIC_NUMBERS_SECONDS = 0 if MODE == "test" else 600
PUBLIC_PAGES = {  # with the parameters of their addresses that they look at: all others are left out
    **dict.fromkeys(
        ["registry:home", "registry:programme", "help:index", "help:page", "grievances:numbers"], ()
    ),
    "registry:programmes": ("situation",),
    "accounts:sign_in": ("next", "ended"),
}
_LOCAL = "django.core.cache.backends.locmem.LocMemCache"
_FEW_PAGES = {"MAX_ENTRIES": 256, "CULL_FREQUENCY": 256}  # when it is full, the least recently used page goes
CACHES = {
    "default": {"BACKEND": _LOCAL},
    "public_pages": {"BACKEND": _LOCAL, "LOCATION": "public_pages", "OPTIONS": _FEW_PAGES},
}

ROOT_URLCONF = "dsp_platform.urls"
WSGI_APPLICATION = "dsp_platform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dsp_platform.context.site",
                "dsp_platform.web.public_pages.token_context",
            ],
            "builtins": ["dsp_platform.accounts.templatetags.acting_tags"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data -----------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "")
# Role that owns the tables, for `manage.py migrate` only; see dsp_platform/database/roles.py.
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "") or ""


def _database(url: str) -> dict[str, Any]:
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url)) if url else {}
    except (ValueError, dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as error:
        CONFIGURATION_ERRORS["DATABASE_URL"] = [str(error)]
        config = {}
    config.setdefault("ENGINE", "django.db.backends.postgresql")
    config.setdefault("NAME", "dspp")
    options = config.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    # Releases the locks of a process that was suspended in a transaction. Jobs have longer: jobs/services.py.
    most = env.int("DATABASE_STATEMENT_SECONDS", 0, validate=Range(0, 3600)) or 0  # set by wsgi.py
    # Random reads cost little on solid-state disks; compiling costs more than a short query takes.
    planner = "-c random_page_cost=1.1 -c jit=off"
    options.setdefault(
        "options", f"{planner} -c idle_in_transaction_session_timeout=15s -c statement_timeout={most}s"
    )
    if MODE != "test":  # a pool would keep the test database open, which is dropped at the end
        options["pool"] = {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", 8) or 8,
            # Every thread has a connection, so waiting for one means that the database is down.
            "timeout": 3,
            # The waits between attempts double; they start again after so many seconds.
            "reconnect_timeout": 10,
        }
    config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": _database(DATABASE_URL or "")}

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0") or ""

# --- Languages ------------------------------------------------------------------------------
LANGUAGE_CODE = "km"
LANGUAGES = [("km", "ខ្មែរ"), ("en", "English")]
MODELTRANSLATION_DEFAULT_LANGUAGE = "km"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("km", "en")
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "frameworks"]
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = PRODUCTION
FORMAT_MODULE_PATH = ["dsp_platform.formats"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Phnom_Penh"

# Of events; those that they are searched by have one nevertheless (dsp_platform/database/history.py).
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# --- Signing in -----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "dsp_platform.accounts.sign_in.backends.StaffBackend",
    "dsp_platform.accounts.sign_in.backends.PhoneBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if MODE == "test":
    # Tests sign in hundreds of times; a deliberately slow hash would take most of their time.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "registry:me"
LOGOUT_REDIRECT_URL = "registry:home"
COUNTER_URL = "registry:counter"  # where officials without an open assisted session are redirected
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# SessionLifeMiddleware records activity once a minute; allauth would write on each request.
USERSESSIONS_TRACK_ACTIVITY = False
OTP_TOTP_ISSUER = "DSPP"

# Idle and absolute timeout of a session, by role. The desk of an official is locked by the first of them.
SESSION_LIFE = {
    "citizen": (timedelta(minutes=30), timedelta(hours=12)),
    "official": (timedelta(minutes=10), timedelta(hours=12)),
    "staff": (timedelta(minutes=30), timedelta(hours=12)),
}
ASSISTED_SESSION_LIFE = timedelta(minutes=30)

# --- Text messages --------------------------------------------------------------------------
SMS_PROVIDER = env.str("SMS_PROVIDER", "demo" if DEMO else "console") or "console"
# Takes over while the first is down. Settings of HTTP gateways: docs/guides/text-messages.md.
SMS_SECOND_PROVIDER = env.str("SMS_SECOND_PROVIDER", "") or ""
# How many may be sent: limits the cost of a flood.
SMS_BUDGET = {
    ("code", "hour"): env.int("SMS_CODE_PER_HOUR", 5_000),
    ("code", "day"): env.int("SMS_CODE_PER_DAY", 40_000),
    ("confirm", "hour"): env.int("SMS_CONFIRM_PER_HOUR", 1_000),
    ("confirm", "day"): env.int("SMS_CONFIRM_PER_DAY", 8_000),
    ("other", "hour"): env.int("SMS_OTHER_PER_HOUR", 10_000),
    ("other", "day"): env.int("SMS_OTHER_PER_DAY", 80_000),
}
# Percent of the codes that only known browsers and numbers with an account may use.
SMS_CODE_RESERVE = env.int("SMS_CODE_RESERVE", 40)
# How many codes one network (/24, /56) may cause, and for how many numbers without a confirmed code.
SMS_NETWORK_CODES = {
    "hour": env.int("SMS_NETWORK_PER_HOUR", 600),
    "day": env.int("SMS_NETWORK_PER_DAY", 3_000),
}
SMS_NETWORK_UNPROVED = {
    "hour": env.int("SMS_NETWORK_UNPROVED_PER_HOUR", 300),
    "day": env.int("SMS_NETWORK_UNPROVED_PER_DAY", 600),
}
MESSAGE_PHONE_DAYS = env.int("MESSAGE_PHONE_DAYS", 90) or 90
CONTACT_PHONE = env.str("CONTACT_PHONE", "") or ("023 000 000" if DEMO else "")
CONTACT_TELEGRAM = (env.str("CONTACT_TELEGRAM", "") or "").removeprefix("@")  # a user name
# How long somebody can object before their phone is replaced, and a reviewer's decision can be undone.
PHONE_REPLACEMENT_DAYS = env.int("PHONE_REPLACEMENT_DAYS", 7, validate=Range(1, 60)) or 7
DECISION_HOLD = timedelta(minutes=env.int("DSPP_DECISION_HOLD_MINUTES", 10, validate=Range(0, 1440)) or 0)
# Country calling codes of the numbers that may have an account and get messages.
PHONE_COUNTRY_CODES: list[str] = env.list("PHONE_COUNTRY_CODES", ["855"]) or []

# --- Delivery -------------------------------------------------------------------------------
# The operators' databases (OPERATOR_IDPOOR_DATABASE_URL etc.) are read when a delivery starts.
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = TIME_ZONE

# --- Delivery to the operators -----------------------------------------------------------------
# After so long another worker takes over the batch of a dead one; live workers renew their lease in time.
EXCHANGE_LEASE_SECONDS = env.int("EXCHANGE_LEASE_SECONDS", 60) or 60
EXCHANGE_ATTEMPT_MONTHS = env.int("EXCHANGE_ATTEMPT_MONTHS", 24, validate=Range(min=12)) or 24
# How long the content of a handled report is kept.
EXCHANGE_REPORT_MONTHS = env.int("EXCHANGE_REPORT_MONTHS", 12) or 12

# --- Monitoring: see docs/guides/operations.md ------------------------------------------------
EXCHANGE_ALERT_AFTER = timedelta(minutes=env.int("EXCHANGE_ALERT_AFTER", 15) or 15)
EXCHANGE_ALERT_HELD = env.int("EXCHANGE_ALERT_HELD", 10) or 10  # deliveries newly on hold within an hour
ALERT_WEBHOOK_URL = env.str("ALERT_WEBHOOK_URL", "") or ""
METRICS_TOKEN = env.str("METRICS_TOKEN", "") or ""
METRICS_COLLECTORS = [
    "dsp_platform.background.faults.collect",
    "dsp_platform.exchange.operations.metrics.collect",
    "dsp_platform.jobs.metrics.collect",
    "dsp_platform.notifications.metrics.collect",
    "grievances.routing.alarms.collect",
    "registry.duplicates.metrics.collect",
]

# --- Files ----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# --- Documents people send: see docs/guides/uploads.md ------------------------------------------
UPLOADS_FOLDER = env.str("UPLOADS_FOLDER", "" if PRODUCTION else str(BASE_DIR / ".local" / "uploads"))
ANTIVIRUS_URL = env.str("ANTIVIRUS_URL", "") or ""  # clamd://127.0.0.1:3310 or clamd:///run/clamd.sock
UPLOAD_MEGABYTES = 10  # of one file
UPLOAD_MEGAPIXELS = 64  # of one picture
UPLOAD_PAGES = 10  # of one PDF
UPLOAD_SIDE = 2000  # pixels along the longest side of a stored picture
UPLOAD_FILES = 10  # in one request; nginx: client_max_body_size 101m
UPLOAD_PAGES_A_DAY = 200  # of one citizen; a refused file counts as one page
UPLOAD_SECONDS_A_DAY = 300  # of processor time to read the files of one citizen
UPLOAD_OFFICIAL_TIMES = 10  # factor of the daily limits for officials, who send for others
IMPORT_MEGABYTES = 100  # of a file that a steward uploads for an import
# Below the language, the beginning of each page that takes files, and the setting with their size. All else
# takes forms only: the web server refuses what is larger before it is read.
FILE_PAGES = {
    "documents/": "UPLOAD_MEGABYTES",
    "grievances/files/": "UPLOAD_MEGABYTES",
    "apply/": "UPLOAD_MEGABYTES",
    "admin/registry/importrun/add/": "IMPORT_MEGABYTES",
}
UPLOADS_WAITING = 40  # files of one account that are not read yet
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # above UPLOAD_FILES, so that the handler can refuse each file by name
FILE_UPLOAD_HANDLERS = ["dsp_platform.uploads.handlers.LimitedHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Safety ---------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$", r"^metrics$", r"^text-messages/receipts/"]  # middleware.py
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_ENGINE = "dsp_platform.accounts.sessions.store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
MESSAGE_STORAGE = "dsp_platform.web.cookies.MessageStorage"
CSRF_FAILURE_VIEW = "dsp_platform.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        **{f"{one}-src": [SELF] for one in ("script", "style", "media", "font", "connect")},
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Logs: events and references, never names, numbers or addresses of people ----------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
LOGGING = logs.configuration(LOG_LEVEL or "INFO")

SITE_NAME = _("Digital Social Protection Platform")

try:
    env.seal()
except EnvValidationError as error:
    CONFIGURATION_ERRORS.update(cast(dict[str, list[str]], error.error_messages))
