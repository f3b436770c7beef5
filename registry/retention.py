"""How long the registry keeps what is about people."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.background.retention import Rule, register_rules, without_personal_data
from registry.appointments import services as appointments
from registry.changes import drafts as change_drafts
from registry.claims import services as claims
from registry.consents import sheets
from registry.imports.runs import retention as import_retention
from registry.persons import lookups
from registry.registration import drafts
from registry.village_days import services as village_days

register_rules(
    Rule(
        code="registry",
        models=(
            "registry.Person",
            "registry.IdentityDocument",
            "registry.Household",
            "registry.Membership",
            "registry.RareFact",
        ),
        what=_("persons, households and documents, also of those who died or left"),
        why=_("the Social Protection Registry is kept by law; supports of the past rest on it"),
    ),
    Rule(
        code="supports",
        models=("registry.Enrolment", "registry.Payment"),
        what=_("enrolments and payments"),
        why=_("they prove what was paid to whom"),
    ),
    Rule(
        code="consents",
        models=("registry.Consent", "registry.MoverConfirmation"),
        what=_("consents, also those taken back"),
        why=_("they prove on what a delivery rested"),
    ),
    Rule(
        code="consent-sheets",
        models=("registry.ConsentSheet",),
        what=_("photos of signed sheets whose case ended without a person; others are kept with the consent"),
        after=sheets.KEPT_OF_NOBODY,
        since=_("after the case ended"),
        why=_("a case that was broken off can be gone on with"),
        purge=sheets.purge_sheets,
        clock={"registry.ConsentSheet": "assisted_session__ended_at"},
    ),
    Rule(
        code="changes",
        models=("registry.ChangeRequest", "registry.ChangeEvent"),
        what=_("requests for a change, also refused ones"),
        why=_("people see what became of them and can complain"),
    ),
    Rule(
        code="keys",
        models=(
            "registry.KeySetup",
            "registry.LostNumber",
            "registry.OfficialRequest",
            "registry.PhoneReplacement",
        ),
        what=_("who set up a phone or an account, and numbers and devices reported as lost"),
        why=_("they show misuse, and bar a lost number"),
    ),
    Rule(
        code="duplicates",
        models=(
            "registry.AwaitingMatch",
            "registry.DuplicateCase",
            "registry.DuplicateCaseEvent",
            "registry.Merge",
        ),
        what=_("records that may be of one person, and what was decided"),
        why=_("a decided pair does not come back, and two records that became one can be parted again"),
    ),
    Rule(
        code="conflicts",
        models=("registry.SourceConflict",),
        what=_("what an import source said against the record"),
        why=_("a value that was not taken does not come back with the next file"),
    ),
    Rule(
        code="imports",
        models=("registry.ImportRun", "registry.SourceRecord"),
        what=_("which file was imported by whom, and by which number a source knows a person"),
        why=_("it proves that two people decided, and the same file changes nothing when it comes again"),
    ),
    Rule(
        code="staged-rows",
        models=("registry.StagedRow", "registry.StagedPair"),
        what=_("the rows of an imported file, its headings and its name"),
        after=import_retention.KEPT,
        since=_("after the import has ended; 60 days after the last step of one that did not end"),
        why=_("refused rows are corrected, and an import can be undone"),
        purge=import_retention.purge,
        clock={"registry.StagedRow": "run__uploaded_at"},
    ),
    Rule(
        code="drafts",
        models=("registry.Draft",),
        what=_("registrations that were not sent"),
        after=drafts.KEPT,
        since=_("after the last answer"),
        why=_("people can go on later"),
        purge=drafts.purge_drafts,
        clock={"registry.Draft": "saved_at"},
    ),
    Rule(
        code="change-drafts",
        models=("registry.ChangeDraft",),
        what=_("changes that were not sent"),
        after=change_drafts.KEPT,
        since=_("after the last answer"),
        why=_("people can go on later"),
        purge=change_drafts.purge_change_drafts,
        clock={"registry.ChangeDraft": "saved_at"},
    ),
    Rule(
        code="claims",
        models=("registry.Claim",),
        what=_("attempts to open a registration with an account"),
        after=claims.KEPT,
        why=_("they count towards the limit of attempts"),
        purge=claims.purge_claims,
        clock={"registry.Claim": "created_at"},
    ),
    Rule(
        code="appointments",
        models=("registry.Appointment",),
        what=_("who was asked to come back to the counter, and why"),
        after=appointments.KEPT,
        since=_("after the day for which they were asked"),
        why=_("the office and the person see what is expected, and what was agreed"),
        purge=appointments.purge_appointments,
        clock={"registry.Appointment": "day"},
    ),
    Rule(
        code="village-days",
        models=("registry.VillageDay", "registry.VillageDay_officials", "registry.HouseholdVisit"),
        what=_("which households were visited on a village day, by whom, and what was noted"),
        after=village_days.KEPT,
        since=_("after the day"),
        why=_("those that were not visited for long are chosen by it"),
        purge=village_days.purge_village_days,
        clock={"registry.VillageDay": "day", "registry.HouseholdVisit": "village_day__day"},
    ),
    Rule(
        code="look-ups",
        models=("registry.Lookup",),
        what=_("searches that may disclose who is registered"),
        after=lookups.DAY,
        why=_("they count towards the limit of a day"),
        purge=lookups.purge,
        clock={"registry.Lookup": "at"},
    ),
)
without_personal_data(
    "registry.Area",
    "registry.Benefit",
    "registry.CoverageCount",
    "registry.ImportSource",
    "registry.LifeSituation",
    "registry.Programme",
    "registry.ProgrammeSituation",
    "registry.ProgrammeQuestion",
    "registry.QuestionsVersion",
    "registry.RuleVersion",
)
