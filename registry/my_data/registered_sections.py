"""The registry's sections and the labels of their codes."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import (
    ASSISTED_SESSION,
    Effect,
    my_data_labels,
    reasons_of,
)
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import Agreement
from dsp_platform.notifications.models import Message
from dsp_platform.uploads.models import Upload
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest, Consent, Enrolment, IdentityDocument
from registry.my_data import registry_sections
from registry.my_data.sections import Labels, MyDataSection
from registry.plausibility.wizard import CONFIRMED

STATUSES = {
    "has": _("has it"),
    "updating": _("has an older version"),
    "waiting": _("will receive it"),
    "stuck": _("could not be sent"),
    "deleting": _("told to delete it"),
    "deleted": _("has deleted it"),
}


def _of_copies() -> Mapping[str, Labels]:
    kinds = registered.kinds.values()
    return {
        "kind": {kind.name: kind.my_data_name for kind in kinds},
        "status": STATUSES,
        "basis": dict(Agreement.Basis.choices),
        "fields": {field: label for kind in kinds for field, label in kind.labels.items()},
    }


SECTIONS = (
    MyDataSection(
        name="person",
        title=_("The person"),
        build=registry_sections.person,
        subjects={"person": registry_sections.person_subjects},
    ),
    MyDataSection(
        name="circumstances",
        title=_("Health and daily life"),
        build=registry_sections.circumstances,
    ),
    MyDataSection(
        name="documents",
        title=_("Documents"),
        build=registry_sections.documents,
        values=lambda: {"type": dict(IdentityDocument.Type.choices)},
    ),
    MyDataSection(
        name="household",
        title=_("Household"),
        build=registry_sections.household,
        subjects={"household": registry_sections.household_subjects},
    ),
    MyDataSection(
        name="memberships",
        title=_("Households over time"),
        build=registry_sections.memberships,
    ),
    MyDataSection(
        name="rare_facts",
        title=CONFIRMED,
        build=registry_sections.rare_facts,
        labels={"said": _("What was said")},
    ),
    MyDataSection(
        name="consents",
        title=_("Consents"),
        build=registry_sections.consents,
        labels={"text_digest": _("Digest of the text"), "sheet": _("Consent sheet")},
        values=lambda: {"how": dict(Consent.Channel.choices)},
    ),
    MyDataSection(
        name="enrolments",
        title=_("Support and payments"),
        build=registry_sections.enrolments,
        values=lambda: {"state": dict(Enrolment.State.choices)},
        affected=registry_sections.programmes_affected,
    ),
    MyDataSection(
        name="change_requests",
        title=_("Changes asked for"),
        build=registry_sections.change_requests,
        listed_less_to_kin_of=lambda about: [about.person],
        values=lambda: {
            "kind": {kind.code: kind.title for kind in KINDS.values()},
            "state": dict(ChangeRequest.State.choices),
            "file": dict(Upload.State.choices),
        },
    ),
    MyDataSection(
        name="messages",
        title=_("Text messages"),
        build=registry_sections.messages,
        values=lambda: {"state": dict(Message.State.choices)},
    ),
    MyDataSection(
        name="operators_copies",
        title=_("Copies at operators"),
        build=registry_sections.copies,
        values=_of_copies,
    ),
    MyDataSection(
        name="access_log",
        title=_("Who looked at the data"),
        build=registry_sections.access_log,
        values=lambda: {"how": my_data_labels(Effect.ACCESS)},
    ),
    MyDataSection(
        name="help_at_the_counter",
        title=_("Help at the counter"),
        build=registry_sections.help_given,
        values=lambda: {
            "reason": reasons_of(ASSISTED_SESSION),
            "actions": my_data_labels(Effect.CHANGE) | my_data_labels(Effect.NONE),
        },
    ),
)
