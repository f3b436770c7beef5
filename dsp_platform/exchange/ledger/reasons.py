"""The short codes of deliveries and reports in words, and what a steward does about each.

Adapters, ledger and handlers of reports store these codes only, never a message of the operator's system,
which may quote personal data. An unknown code is shown as it is.
"""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label

CORRECT = _("Correct the record, or change the mapping in a new agreement. Then release it.")
MAPPING = _("Change the mapping in a new agreement. Then release it.")
TABLES = _(
    "The operator's tables and the mapping must fit again: change one of them. It then goes on by itself."
)
ASK = _("Ask the operator what it does not accept. Then release it.")
ITSELF = _("Nothing: it is tried again by itself.")
THEIRS = _("Tell the operator to put its system right. Delivery then goes on by itself.")
OURS = _("Tell those who run the platform: a setting is missing or wrong.")
REPORT = _("Clear it up with the operator, then have the report handled again.")
DEFECT = _("Tell those who run the platform: the log says where it happened. Then release it.")
NOTHING = _("Nothing.")


class Words(NamedTuple):
    text: Label
    advice: Label = ""


REASONS = {
    "operator_waits": Words(_("The operator is left alone for a while after failures."), ITSELF),
    "not_active": Words(_("The operator is not active."), NOTHING),
    # One record.
    "wrong_type": Words(_("A value is of another type than the operator's column."), CORRECT),
    "value_too_long": Words(_("A value is longer than the operator's column."), CORRECT),
    "number_out_of_range": Words(_("A number is too large for the operator's column."), CORRECT),
    "bad_date": Words(_("The operator's column does not take this date."), CORRECT),
    "bad_character": Words(_("The operator's database does not take one of the characters."), CORRECT),
    "bad_value": Words(_("The operator's database does not take one of the values."), CORRECT),
    "value_missing": Words(_("The operator's table demands a value that is not there."), CORRECT),
    "check_failed": Words(_("A check of the operator's table did not pass."), CORRECT),
    "duplicate": Words(_("The operator already has this number in another record."), ASK),
    "constraint": Words(_("A rule of the operator's table did not pass."), ASK),
    "refused_by_operator": Words(_("The operator's system refused this record."), ASK),
    "ignored_by_operator": Words(_("The operator's database took it and kept nothing."), ASK),
    "refused_by_xroad": Words(_("CamDX does not take this message."), ASK),
    "message_too_large": Words(_("The message is too large for the operator's system."), ASK),
    "operator_error": Words(_("The operator's system broke down over it."), ASK),
    "no_code": Words(_("The mapping has no code of the operator for a word."), MAPPING),
    "cannot_encode": Words(_("A value cannot be written as the mapping asks."), MAPPING),
    "cannot_build": Words(_("The record could not be put together."), DEFECT),
    "no_agreement": Words(_("There is no agreement under which it could be sent."), NOTHING),
    "crashed": Words(_("The delivery broke down on our side."), DEFECT),
    "parent_missing": Words(_("The operator does not have the record yet that this one belongs to."), ITSELF),
    "no_answer": Words(_("No answer came for this record: it may have arrived."), ITSELF),
    "withdrawn": Words(_("The operator was told to delete it, and did."), NOTHING),
    "not_concerned": Words(_("The operator may not have it, and never got it."), NOTHING),
    # The operator as a whole.
    "unreachable": Words(_("The operator's system cannot be reached."), THEIRS),
    "network": Words(_("The network between the security servers failed."), ITSELF),
    "time_out": Words(_("The operator's system took too long to answer."), ITSELF),
    "busy": Words(_("The operator's system is busy."), ITSELF),
    "maintenance": Words(_("The operator's system is closed for maintenance."), ITSELF),
    "too_many_connections": Words(_("The operator's database has no free connection."), THEIRS),
    "out_of_resources": Words(_("The operator's database has no memory or space left."), THEIRS),
    "disk_full": Words(_("The disk of the operator's database is full."), THEIRS),
    "read_only": Words(_("The operator's database can only be read at present."), THEIRS),
    "missing_database": Words(_("The operator's database does not exist."), THEIRS),
    "missing_table": Words(_("A table of the mapping does not exist at the operator."), TABLES),
    "missing_column": Words(_("A column of the mapping does not exist at the operator."), TABLES),
    "generated_column": Words(_("The operator's database fills a column of the mapping itself."), TABLES),
    "not_supported": Words(_("The operator's database cannot do this."), THEIRS),
    "no_unique_index": Words(_("The key column at the operator lacks a unique index."), THEIRS),
    "not_allowed": Words(_("The operator has not allowed the platform to do this."), THEIRS),
    "wrong_password": Words(_("The operator's database does not accept our password."), OURS),
    "database_error": Words(_("The operator's database reported another error."), THEIRS),
    "bad_mapping": Words(_("The mapping does not fit the operator's tables."), TABLES),
    "not_configured": Words(_("How the operator is reached is not set."), OURS),
    "bad_address": Words(_("The operator's address in CamDX cannot be read."), OURS),
    "bad_key_file": Words(_("A file with a key or certificate of ours cannot be read."), OURS),
    "bad_certificate": Words(_("A certificate is wrong or out of date."), OURS),
    "no_tls": Words(_("The connection cannot be encrypted."), OURS),
    "security_server": Words(_("A security server of CamDX failed."), ITSELF),
    "security_server_setup": Words(_("A security server of CamDX is not set up."), OURS),
    "access_denied": Words(_("CamDX does not allow us this service of the operator."), THEIRS),
    "unknown_member": Words(_("CamDX does not know the member of this address."), OURS),
    "unknown_service": Words(_("CamDX does not know the service of this address."), OURS),
    "bad_signature": Words(_("A signature was not accepted."), OURS),
    "cannot_sign": Words(_("The security server cannot sign."), OURS),
    "redirected": Words(_("The operator's system is at another address now."), OURS),
    "unexpected_answer": Words(_("The operator's answer cannot be understood."), THEIRS),
    "version_refused": Words(_("The operator does not speak this version of DCI."), THEIRS),
    "unknown_sender": Words(_("The operator does not know us as a sender."), THEIRS),
    "unknown_receiver": Words(_("The operator does not see itself as the receiver."), OURS),
    "encryption_refused": Words(_("The operator does not accept the message as it is encrypted."), THEIRS),
    # Reports of the operator.
    "unknown_status": Words(_("The report uses a status that the mapping does not know."), REPORT),
    "unknown_kind": Words(_("It is of a kind that the platform does not know."), REPORT),
    "no_subject": Words(_("The report does not say whom it is about."), REPORT),
    "cannot_be_stored": Words(_("Something in the report cannot be stored. It is left out."), REPORT),
    "no_handler": Words(_("The platform does not handle reports of this kind."), REPORT),
    "handler_failed": Words(_("Handling the report broke down several times."), DEFECT),
    "unknown_subject": Words(_("Nobody with this number is registered."), REPORT),
    "unknown_household": Words(_("No household with this number is registered."), REPORT),
    "unknown_programme": Words(_("The report names a programme that does not exist."), REPORT),
    "not_this_operator": Words(_("Another operator decides on this."), REPORT),
    "with_another_team": Words(_("The grievance is with another team now."), REPORT),
    "no_words": Words(_("The question or the answer has no words for the person."), REPORT),
    "not_its_programme": Words(_("The programme belongs to another operator."), REPORT),
    "not_enrolled": Words(_("The person is not enrolled in this programme."), REPORT),
    "person_died": Words(_("This person has died."), REPORT),
    "nobody_left": Words(_("The household has no members any more."), REPORT),
    "already_decided": Words(_("It is already decided otherwise."), REPORT),
    "number_of_another": Words(_("The number belongs to somebody else."), REPORT),
    "invalid_number": Words(_("The number in the report is not valid."), REPORT),
    "invalid_date": Words(_("The date in the report is not valid."), REPORT),
    "no_zone": Words(_("The time in the report does not say its time zone, nor does the mapping."), TABLES),
    "invalid_amount": Words(_("The amount in the report is not valid."), REPORT),
}

OUTCOMES = {
    "delivered": _("delivered"),
    "refused": _("refused"),
    "invalid": _("not valid at the operator"),
    "unknown": _("unknown"),
}


def _found(code: str) -> tuple[Words | None, str]:
    """A code may carry a detail after a colon: ``no_code:sex``."""
    name, _colon, detail = code.partition(":")
    return REASONS.get(name), detail


def in_words(code: str) -> str:
    words, detail = _found(code)
    if words is None:
        return code
    return f"{words.text} ({detail})" if detail else str(words.text)


def advice(code: str) -> str:
    words, _detail = _found(code)
    return str(words.advice) if words else ""


def outcome_in_words(code: str) -> str:
    return str(OUTCOMES.get(code, code))
