"""What an error of an operator's PostgreSQL means: this record is bad, or the operator as a whole.

Codes: PostgreSQL documentation, appendix A. Only our own short words leave this module: the database's
own message may quote personal data.
"""

import psycopg

# This record, and no other: (status, reason).
OF_RECORD = {
    "22001": ("invalid", "value_too_long"),
    "22003": ("invalid", "number_out_of_range"),
    "22007": ("invalid", "bad_date"),
    "22008": ("invalid", "bad_date"),
    "22021": ("invalid", "bad_character"),
    "22P02": ("invalid", "wrong_type"),
    "22P04": ("invalid", "wrong_type"),
    "23502": ("invalid", "value_missing"),
    "23503": ("unknown", "parent_missing"),
    "23505": ("refused", "duplicate"),
    "23514": ("invalid", "check_failed"),
    "21000": ("refused", "duplicate"),
    "P0001": ("refused", "refused_by_operator"),
}
CLASS_OF_RECORD = {
    "22": ("invalid", "bad_value"),
    "23": ("refused", "constraint"),
    "P0": ("refused", "refused_by_operator"),
}

# The operator as a whole.
OF_OPERATOR = {
    "28000": "wrong_password",
    "28P01": "wrong_password",
    "3D000": "missing_database",
    "3F000": "missing_table",
    "42P01": "missing_table",
    "42703": "missing_column",
    "42P10": "no_unique_index",
    "42501": "not_allowed",
    "25006": "read_only",
    "53100": "disk_full",
    "53300": "too_many_connections",
    "55P03": "busy",
    "40P01": "busy",
    "40001": "busy",
    "57014": "time_out",
}
CLASS_OF_OPERATOR = {"08": "unreachable", "53": "out_of_resources", "57": "unreachable", "42": "bad_mapping"}

# While a connection is being made libpq gives words and no code; these are PostgreSQL's own.
WORDS_AT_CONNECT = [
    ("password authentication failed", "wrong_password"),
    ("no password supplied", "wrong_password"),
    ("no pg_hba.conf entry", "wrong_password"),
    ("too many clients", "too_many_connections"),
    ("too many connections", "too_many_connections"),
    ("timeout", "time_out"),
    ("certificate", "bad_certificate"),
    ("SSL", "no_tls"),
]


def record_refusal(error: psycopg.Error) -> tuple[str, str] | None:
    """(status, reason) if the error is about one record; None if it is about the operator."""
    code = error.sqlstate
    if code is None:
        # The driver itself could not write the value, e.g. a zero byte in a text.
        return ("invalid", "bad_character") if isinstance(error, psycopg.DataError) else None
    return OF_RECORD.get(code) or CLASS_OF_RECORD.get(code[:2])


def operator_reason(error: psycopg.Error) -> str:
    code = error.sqlstate
    if code is None:
        return "unreachable"
    return OF_OPERATOR.get(code) or CLASS_OF_OPERATOR.get(code[:2], "database_error")


def connect_reason(error: psycopg.Error) -> str:
    if error.sqlstate:
        return operator_reason(error)
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return "time_out"
    words = str(error)
    if 'database "' in words and "does not exist" in words:
        return "missing_database"
    if 'role "' in words and "does not exist" in words:
        return "wrong_password"
    return next((reason for part, reason in WORDS_AT_CONNECT if part in words), "unreachable")
