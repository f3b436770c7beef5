"""What an error of an operator's PostgreSQL means: one record is bad, or the operator as a whole must wait.

Codes: PostgreSQL documentation, appendix A. Only our own short codes leave this module: the database's own
message may quote personal data.
"""

import psycopg
from psycopg import errors

# One record: (status, reason).
OF_RECORD = {
    "": ("refused", "ignored_by_operator"),
    "22001": ("invalid", "value_too_long"),
    "22003": ("invalid", "number_out_of_range"),
    "22007": ("invalid", "bad_date"),
    "22008": ("invalid", "bad_date"),
    "22021": ("invalid", "bad_character"),
    "22P02": ("invalid", "wrong_type"),
    "22P04": ("invalid", "wrong_type"),
    "22P05": ("invalid", "bad_character"),
    "23502": ("invalid", "value_missing"),
    "23503": ("unknown", "parent_missing"),
    "23505": ("refused", "duplicate"),
    "23514": ("invalid", "check_failed"),
    "23P01": ("refused", "duplicate"),
    "42501": ("refused", "not_allowed"),
    "54000": ("invalid", "value_too_long"),
}
CLASS_OF_RECORD = {"22": ("invalid", "bad_value"), "23": ("refused", "constraint")}
# A trigger of the operator may raise any code, also unknown ones.
RAISED = ("refused", "refused_by_operator")

# The operator as a whole.
OF_OPERATOR = {
    "0A000": "not_supported",
    "25006": "read_only",
    "28000": "wrong_password",
    "28P01": "wrong_password",
    "3D000": "missing_database",
    "3F000": "missing_table",
    "42P01": "missing_table",
    "42703": "missing_column",
    "42P10": "no_unique_index",
    "428C9": "generated_column",
    "42501": "not_allowed",
    "53100": "disk_full",
    "53300": "too_many_connections",
    "55000": "not_supported",
    "55P03": "busy",
    "40P01": "busy",
    "40001": "busy",
    "57014": "time_out",
}
CLASS_OF_OPERATOR = {
    "08": "unreachable",
    "0A": "not_supported",
    "25": "database_error",
    "28": "wrong_password",
    "40": "busy",
    "42": "bad_mapping",
    "53": "out_of_resources",
    "55": "database_error",
    "57": "unreachable",
    "58": "database_error",
    "F0": "database_error",
    "XX": "database_error",
}
WORTH_REPEATING = (errors.SerializationFailure, errors.DeadlockDetected)

# While a connection is being made libpq gives words and no code; these are PostgreSQL's own.
WORDS_AT_CONNECT = [
    ("password authentication failed", "wrong_password"),
    ("no password supplied", "wrong_password"),
    ("not permitted to log in", "wrong_password"),
    ("no pg_hba.conf entry", "wrong_password"),
    ("too many clients", "too_many_connections"),
    ("too many connections", "too_many_connections"),
    ("remaining connection slots", "too_many_connections"),
    ("timeout", "time_out"),
    ("certificate", "bad_certificate"),
    ("SSL", "no_tls"),
]


class CutOff(psycopg.OperationalError):
    """We disconnected, because no answer came."""


def concerns_operator(error: psycopg.Error) -> bool:
    """Otherwise it concerns one of the records that were sent."""
    code = error.sqlstate
    if code is None:
        # The driver itself could not write a value, e.g. a zero byte in a text.
        return not isinstance(error, psycopg.DataError)
    if code == "42501" and error.diag.source_function == "ExecWithCheckOptions":
        return False  # Row level security. Its message depends on the server's language.
    return code[:2] in CLASS_OF_OPERATOR


def is_uncertain(error: psycopg.Error) -> bool:
    """Whether the COMMIT took effect cannot be known after this error."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57"))


def refusal(code: str) -> tuple[str, str]:
    """(status, reason) of one record."""
    return OF_RECORD.get(code) or CLASS_OF_RECORD.get(code[:2], RAISED)


def operator_reason(error: psycopg.Error) -> str:
    if isinstance(error, CutOff):
        return "time_out"
    code = error.sqlstate
    if code is None:
        return "bad_mapping" if isinstance(error, psycopg.ProgrammingError) else "unreachable"
    return OF_OPERATOR.get(code) or CLASS_OF_OPERATOR.get(code[:2], "database_error")


def connect_reason(error: psycopg.Error) -> str:
    if error.sqlstate:
        return operator_reason(error)
    if isinstance(error, errors.ConnectionTimeout):
        return "time_out"
    words = str(error)
    if 'database "' in words and "does not exist" in words:
        return "missing_database"
    if 'role "' in words and "does not exist" in words:
        return "wrong_password"
    return next((reason for part, reason in WORDS_AT_CONNECT if part in words), "unreachable")
