"""What the keys and codes of the registry's chapters are called on the readable page."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.models import Agreement
from dsp_platform.notifications.models import Message
from registry.models import ChangeRequest, Consent, Enrolment, Household, IdentityDocument, Membership, Person
from registry.persons.audit_actions import ACTS, REASONS, STAFF_REASONS
from registry.persons.circumstances import DIFFICULTIES, DIFFICULTY_LABELS
from registry.records import labels

Words = dict[Any, str | Promise]

LABELS: dict[str, str | Promise] = {
    **labels.PERSON,
    "latin_family_name": _("Surname in Latin letters"),
    "latin_given_name": _("Given name in Latin letters"),
    "date_of_birth_known_to_the": _("How exactly the date of birth is known"),
    "language": _("Language"),
    "checked_by": _("Who checked the details"),
    "registered_at": _("Registered on"),
    **DIFFICULTY_LABELS,
    "disability_level": _("Disability identified"),
    "type": _("Kind"),
    "number": _("Number"),
    "told_at": _("Told on"),
    "address": _("House and street"),
    "village": _("Village"),
    "poverty_level_valid_to": _("Poverty level valid to"),
    "members": _("Members"),
    "name": _("Name"),
    "since": _("Since"),
    "until": _("Until"),
    "operator": _("Operator"),
    "operator_name": _("Operator"),
    "purpose": _("Purpose"),
    "given_at": _("Given on"),
    "given_by": _("Given by"),
    "how": _("How"),
    "witness": _("Witness"),
    "withdrawn_at": _("Taken back on"),
    "programme": _("Programme"),
    "programme_name": _("Programme"),
    "state": _("State"),
    "operator_reference": _("Operator's number"),
    "payments": _("Payments"),
    "amount_riel": _("Amount in riel"),
    "paid_on": _("Paid on"),
    "reference": _("Reference"),
    "kind": _("Kind"),
    "asked_at": _("Asked on"),
    "decided_at": _("Decided on"),
    "at": _("When"),
    "about": _("About"),
    "status": _("Status"),
    "as_of": _("Version of"),
    "told_to_delete_at": _("Told to delete on"),
    "deletion_confirmed_at": _("Deletion confirmed on"),
    "receipt": _("Receipt"),
    "fields": _("Fields"),
    "basis": _("Legal basis"),
    "law": _("Law"),
    "by": _("By"),
    "reason": _("Reason"),
    "from": _("From"),
    "official": _("Official"),
    "office": _("Office"),
    "acts": _("What was done"),
}
VALUES: dict[str, Words] = {
    "sex": dict(Person.Sex.choices),
    "date_of_birth_known_to_the": dict(Person.Precision.choices),
    "language": {"km": _("Khmer"), "en": _("English")},
    "checked_by": dict(Person.Verification.choices),
    **{name: dict(Person.Difficulty.choices) for name in DIFFICULTIES},
    "disability_level": dict(Person.DisabilityLevel.choices),
    "type": dict(IdentityDocument.Type.choices),
    "relationship": dict(Membership.Relationship.choices),
    "poverty_level": dict(Household.PovertyLevel.choices),
    "how": {
        **dict(Consent.Channel.choices),
        "view": _("opened the record"),
        "open_case": _("helped at the counter"),
        "print": _("printed it"),
        "export": _("took a copy"),
        "listed": _("appeared in a search list"),
    },
    "state": {
        **dict(Enrolment.State.choices),
        **dict(ChangeRequest.State.choices),
        **dict(Message.State.choices),
    },
    "kind": {"person": _("Details of a person"), "household": _("Details of the household")},
    "status": {
        "has": _("has it"),
        "updating": _("has an older version"),
        "waiting": _("will receive it"),
        "stuck": _("could not be sent"),
        "deleting": _("told to delete it"),
        "deleted": _("has deleted it"),
    },
    "basis": dict(Agreement.Basis.choices),
    "fields": {**labels.HOUSEHOLD, **labels.PERSON},
    "acts": dict(ACTS),
    "reason": {
        **dict(REASONS),
        **STAFF_REASONS,
    },
}
