"""The table of fields. Records of operators, "my data", reviews and changes name their keys."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.facts.circumstances import DIFFICULTIES
from registry.facts.table import FACTS
from registry.fields.field import Field, as_area, as_birth, as_spid
from registry.models import Household, IdentityDocument, Membership, Person

PERSON = (
    Field("spid", _("SPID"), words=as_spid),
    Field("family_name", _("Surname")),
    Field("given_name", _("Given name")),
    Field("full_name", _("Full name"), short=_("Name")),
    Field("latin_family_name", _("Surname in Latin letters")),
    Field("latin_given_name", _("Given name in Latin letters")),
    Field("latin_name", _("Name in Latin letters")),
    Field("sex", FACTS["sex"].label, choices=dict(Person.Sex.choices)),
    Field("date_of_birth", _("Date of birth"), words=as_birth),
    Field(
        "birth_precision",
        _("How exactly the date of birth is known"),
        choices=dict(Person.Precision.choices),
    ),
    Field("year_of_birth", _("Year of birth")),
    Field("phone", _("Phone number")),
    Field(
        "relationship",
        _("Relationship to the head of household"),
        short=_("Relationship to the head"),
        choices=dict(Membership.Relationship.choices),
    ),
    Field("is_head", FACTS["is_head"].label),
    Field("disability", FACTS["disability"].label, short=_("Disability")),
    Field("pregnant", FACTS["pregnant"].label, short=_("Pregnant")),
    Field("studying", FACTS["studying"].label, short=_("Goes to school")),
    Field("working", FACTS["working"].label, short=_("Works")),
    *(Field(one.name, one.label, choices=one.labels) for one in DIFFICULTIES),
    Field("disability_level", _("Disability identified"), choices=dict(Person.DisabilityLevel.choices)),
    Field(
        "document_type",
        _("Kind of identity document"),
        short=_("Document"),
        choices=dict(IdentityDocument.Type.choices),
    ),
    Field("document_number", _("Number of the identity document"), short=_("Document number")),
    Field(
        "verification",
        _("Who checked the details"),
        short=_("Checked"),
        choices=dict(Person.Verification.choices),
    ),
    Field("language", _("Language"), choices={"km": _("Khmer"), "en": _("English")}),
    Field("died_on", _("Date of death")),
    Field("registered_at", _("Registered on")),
)
HOUSEHOLD = (
    Field("household_number", _("Household number"), short=_("Household")),
    Field("village", _("Village")),
    Field("village_code", _("Village"), words=as_area),
    Field("commune_code", _("Commune or sangkat"), words=as_area),
    Field("address", _("House and street"), short=_("Address")),
    Field("poverty_level", FACTS["poverty_level"].label, choices=dict(Household.PovertyLevel.choices)),
    Field("poverty_level_valid_to", _("Poverty level valid to")),
    Field("member_count", FACTS["household_size"].label, short=_("Members")),
    Field("members", _("Members")),
    Field("head_spid", _("SPID of the head of household"), short=_("SPID of the head"), words=as_spid),
    Field("head_name", _("Name of the head of household"), short=_("Head of household")),
    Field("payee_spid", _("SPID of the person who receives the money"), words=as_spid),
    Field("payee_name", _("Name of the person who receives the money")),
)
MY_DATA = (
    Field("name", _("Name")),
    Field("number", _("Number")),
    Field("type", _("Kind")),
    Field("kind", _("Kind")),
    Field("since", _("Since")),
    Field("until", _("Until")),
    Field("from", _("From")),
    Field("at", _("When")),
    Field("recorded_at", _("Recorded on")),
    Field("operator", _("Operator")),
    Field("operator_name", _("Operator")),
    Field("operator_reference", _("Operator's number")),
    Field("programme", _("Programme")),
    Field("programme_name", _("Programme")),
    Field("purpose", _("Purpose")),
    Field("given_at", _("Given on")),
    Field("given_by", _("Given by")),
    Field("how", _("How")),
    Field("witness", _("Witness")),
    Field("withdrawn_at", _("Taken back on")),
    Field("state", _("State")),
    Field("payments", _("Payments")),
    Field("amount_riel", _("Amount in riel")),
    Field("paid_on", _("Paid on")),
    Field("reference", _("Reference")),
    Field("asked_at", _("Asked on")),
    Field("decided_at", _("Decided on")),
    Field("submitted_at", _("Day of the application")),
    Field("events", _("What happened")),
    Field("step", _("Step")),
    Field("note", _("Note")),
    Field("sent_documents", _("Documents sent")),
    Field("document", _("Document")),
    Field("pages", _("Pages")),
    Field("file", _("File")),
    Field("about", _("About")),
    Field("status", _("Status")),
    Field("as_of", _("Version of")),
    Field("deletion_requested_at", _("Deletion requested on")),
    Field("deletion_confirmed_at", _("Deletion confirmed on")),
    Field("fields", _("Fields")),
    Field("basis", _("Legal basis")),
    Field("law", _("Law")),
    Field("by", _("By")),
    Field("reason", _("Reason")),
    Field("official", _("Official")),
    Field("office", _("Office")),
    Field("actions", _("What was done")),
)
ROWS = (*PERSON, *HOUSEHOLD, *MY_DATA)
FIELDS = {field.key: field for field in ROWS}


def labels(*keys: str) -> dict[str, Label]:
    return {key: FIELDS[key].label for key in keys}


YES_OR_NO = ("is_head", "disability", "pregnant", "studying", "working")
DAYS = ("date_of_birth", "died_on", "registered_at", "poverty_level_valid_to")


def words(*keys: str) -> dict[str, Mapping[str, Label]]:
    """Of those that have one of a few values: the label of each."""
    named = {key: FIELDS[key].choices for key in keys if key in FIELDS}
    chosen = {key: choices for key, choices in named.items() if choices}
    return chosen | {key: {"false": _("no"), "true": _("yes")} for key in keys if key in YES_OR_NO}
