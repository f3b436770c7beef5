"""What the platform and the other domains are told about the registry. Loaded once the apps are ready."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.acting.form_token import register_subjects
from dsp_platform.accounts.my_account.services import register_holder_change
from dsp_platform.accounts.my_account.unused import register_trace
from dsp_platform.accounts.staff.scopes import register_scope
from dsp_platform.accounts.staff.services import register_office_follower
from dsp_platform.accounts.staff.spid import register_spid_lookup
from dsp_platform.exchange.contract import register_record_kind, register_report_kind, register_rule_reader
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template
from dsp_platform.offline.contract import register_late_answer, register_pack
from dsp_platform.offline.reasons import register_reasons
from dsp_platform.offline.shell import register_shell
from dsp_platform.offline.titles import register_titles
from dsp_platform.offline.typed import register_words
from dsp_platform.uploads.contract import register_subject
from registry import audit_actions as audit_actions
from registry.areas.labels import area_paths
from registry.areas.search_fields import offices_found_by
from registry.areas.selectors import is_area_of_officials
from registry.beneficiaries import life_events as events_of_enrolments
from registry.beneficiaries.sms_templates import level_expired
from registry.changes import evidence
from registry.changes import life_events as events_of_changes
from registry.changes import merging as merging_of_changes
from registry.changes import sms_templates as change_templates
from registry.claims.sms_templates import claim_code, claimed, claimed_beside
from registry.consents import life_events as events_of_consents
from registry.consents import photos
from registry.consents.sms_templates import withdrawn as consent_withdrawn
from registry.counter import subject as counter_subject
from registry.duplicates import merging as merging_of_duplicates
from registry.duplicates.workflow import Follower, register_follower
from registry.imports.runs import approvals as approvals
from registry.imports.writing.placing import announced_placing, place_when_decided
from registry.life_events.events import Domain, register_effects
from registry.merging import parts as merging_parts
from registry.merging.contract import register_part
from registry.merging.sms_templates import consents_ended, merged, parted
from registry.models import Claim, Draft, Lookup
from registry.models.draft import is_empty
from registry.my_data.registered_sections import SECTIONS
from registry.my_data.sections import register_sections
from registry.officials.services import end_where_moved
from registry.offline.page import pack
from registry.offline.reasons import WHY
from registry.offline.words import TITLES as OFFLINE_TITLES
from registry.offline.words import WORDS
from registry.persons.conflicts import living_spid
from registry.phones import life_events as events_of_phones
from registry.phones import sms_templates as phone_templates
from registry.provenance.job import register_jobs
from registry.records import life_events as events_of_records
from registry.records.entitlement_reasons import HouseholdExplainer, PersonExplainer
from registry.records.households import HouseholdKind
from registry.records.persons import PersonKind
from registry.records.reports import REPORTS
from registry.records.rules import RuleReader
from registry.registration.drafts import forget_drafts
from registry.registration.late_answers import late_answer
from registry.registration.sms_templates import registered, registered_by_office

# Who registers a household may have typed anybody's number for its members: only the code goes there.
register_sms_template(
    "claim_code",
    claim_code,
    recipient=Recipient.TYPED,
    title=_("Code to open a registration"),
    is_code=True,
)
for name, render in change_templates.TEXTS.items():
    register_sms_template(name, render, recipient=Recipient.ON_RECORD, title=change_templates.TITLE)
for name, render, title in (
    ("registered_by_office", registered_by_office, _("You are registered")),
    ("details_changed", change_templates.details_changed, _("Your registration was changed")),
    (
        "registration_taken_back",
        change_templates.registration_taken_back,
        _("Your registration was taken back"),
    ),
    ("change_about_ended", change_templates.about_ended, _("A change of your record was not made")),
    ("household_asked", change_templates.household_asked, _("A change of your household is asked for")),
    ("move_asked", change_templates.move_asked, _("Somebody asks that you change household")),
    ("replacement_asked", phone_templates.replacement_asked, _("Another phone is asked for")),
    ("replacement_stopped", phone_templates.replacement_stopped, _("Your phone number stays")),
    ("replacement_ended", phone_templates.replacement_ended, _("Another phone was not put in place")),
    ("account_asked", phone_templates.account_asked, _("An account is asked for")),
    ("account_beside", phone_templates.account_beside, _("Somebody of your household gets an account")),
    ("account_ended", phone_templates.account_ended, _("An account was not opened")),
    ("consent_withdraw", consent_withdrawn, _("A consent was taken back")),
    ("claimed", claimed, _("Your record was joined to an account")),
    ("claimed_beside", claimed_beside, _("Somebody of your household got an account")),
    ("level_expired", level_expired, _("The assessment of your household has run out")),
    ("death_undone", phone_templates.death_undone, _("A record is open again")),
    ("records_merged", merged, _("Two records of you are one")),
    ("records_merged_consents", consents_ended, _("Two records of you are one")),
    ("records_parted", parted, _("Your record is one of its own again")),
    ("number_lost", phone_templates.number_lost, _("Your number is reported as lost")),
):
    register_sms_template(name, render, recipient=Recipient.ON_RECORD, title=title)

register_sms_template("registered", registered, recipient=Recipient.PROVED, title=_("You are registered"))
register_sms_template(
    "account_open",
    phone_templates.account_open,
    recipient=Recipient.PROVED,
    title=_("Your account is open"),
)
register_sms_template(
    "replacement_waits",
    phone_templates.replacement_waits,
    recipient=Recipient.PROVED,
    title=_("Your new phone number waits"),
)
register_subject(evidence.SUBJECT)
register_subject(photos.SUBJECT)
register_late_answer(late_answer)
register_pack(pack)
register_reasons(WHY)
register_titles(OFFLINE_TITLES)
register_words(WORDS)
register_shell(page="registry:offline_household", files=["roster.css", "roster.js", "offline/household.js"])
register_subjects(
    subject=counter_subject.subject,
    describe=counter_subject.describe,
    elsewhere=counter_subject.elsewhere,
    why_gone=counter_subject.why_gone,
)
register_spid_lookup(living_spid)
register_office_follower(end_where_moved)
register_scope("area_code", is_area_of_officials, offices_found_by, area_paths)
register_trace(Claim)
register_trace(Lookup)
register_trace(Draft, only_if=is_empty)
register_holder_change(forget_drafts)

register_record_kind(PersonKind(PersonExplainer()))
register_record_kind(HouseholdKind(HouseholdExplainer()))
for kind in REPORTS:
    register_report_kind(kind)
register_rule_reader(RuleReader())
register_jobs()
register_sections(*SECTIONS)
for domain, effects in (
    (Domain.ENROLMENTS, events_of_enrolments.EFFECTS),
    (Domain.CHANGES, events_of_changes.EFFECTS),
    (Domain.CONSENTS, events_of_consents.EFFECTS),
    (Domain.ACCESS, events_of_phones.EFFECTS),
    (Domain.MESSAGES, events_of_phones.MESSAGES),
    (Domain.DELIVERY, events_of_records.EFFECTS),
):
    register_effects(domain, effects)
register_follower(Follower(place_when_decided, announced_placing))
register_part(*merging_parts.PARTS, merging_of_duplicates.PART, merging_of_changes.PART)
