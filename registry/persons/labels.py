"""A person in words, from answers that are not stored yet."""

from typing import Any

from django.utils.translation import gettext as _

from registry.models import IdentityDocument


def full_name(member: dict[str, Any]) -> str:
    return " ".join(filter(None, (member.get("family_name"), member.get("given_name"))))


def latin_name(member: dict[str, Any]) -> str:
    return " ".join(filter(None, (member.get("latin_family_name"), member.get("latin_given_name"))))


def document_words(member: dict[str, Any]) -> str:
    if member["document_type"] == NO_DOCUMENT:
        return _("I have none with me")
    return f"{IdentityDocument.Type(member['document_type']).label} {member['document_number']}"


NO_DOCUMENT = "none"
