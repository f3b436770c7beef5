"""A person in words, from answers that are not stored yet."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import IdentityDocument

VIEW_REASONS = {
    "question": gettext_lazy("The person asked a question"),
    "correction": gettext_lazy("Something must be corrected"),
    "duplicate": gettext_lazy("The person may be registered twice"),
    "grievance": gettext_lazy("A complaint is being looked into"),
}
"""Why staff look at a record in the admin."""


def full_name(member: dict[str, Any]) -> str:
    return " ".join(filter(None, (member.get("family_name"), member.get("given_name"))))


def latin_name(member: dict[str, Any]) -> str:
    return " ".join(filter(None, (member.get("latin_family_name"), member.get("latin_given_name"))))


def document_words(member: dict[str, Any]) -> str:
    if member["document_type"] == NO_DOCUMENT:
        return _("None at hand")
    if member["document_type"] == SPID:
        return f"SPID {member['document_number']}"
    return f"{IdentityDocument.Type(member['document_type']).label} {member['document_number']}"


SPID = "spid"
"""In the place of a type of document: somebody registered before is named by their SPID."""
NO_DOCUMENT = "none"
