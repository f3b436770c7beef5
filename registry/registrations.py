"""What the platform and the other domains are told about the registry. Loaded once the apps are ready."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.acting.form_token import register_subjects
from dsp_platform.accounts.my_account.services import register_hand_over
from dsp_platform.accounts.my_account.unused import register_empty, register_traces
from dsp_platform.accounts.staff.own_person import register_person_finder
from dsp_platform.accounts.staff.scopes import register_scope
from dsp_platform.exchange.contract import (
    register_explainer,
    register_handler,
    register_kind,
    register_labels,
    register_names,
    register_rule_check,
    register_rule_reader,
    register_statuses,
)
from dsp_platform.notifications.services import Recipient, register_text
from dsp_platform.uploads.contract import register_subject
from registry import audit_words as audit_words
from registry.areas.selectors import is_area_of_officials
from registry.changes import evidence
from registry.changes import sms_templates as change_texts
from registry.claims.sms_templates import claim_code, claimed, claimed_beside
from registry.counter import subject as acting
from registry.models import Claim, Draft, Lookup
from registry.models.draft import is_empty
from registry.my_data import labels as data_words
from registry.my_data import registry_sections as own
from registry.my_data import sections as chapters
from registry.persons.conflicts import living_spid
from registry.phones import sms_templates as texts
from registry.records import entitlement_reasons as explain
from registry.records import labels
from registry.records.entitled import check_rule
from registry.records.households import HouseholdKind
from registry.records.persons import PersonKind
from registry.records.reports import (
    handle_disability,
    handle_enrolment,
    handle_membership,
    handle_payment,
    handle_poverty_level,
)
from registry.records.rules import RuleReader
from registry.registration.drafts import forget_drafts

# Who registers a household may have typed anybody's number for its members: only the code goes there.
register_text(
    "claim_code",
    claim_code,
    recipient=Recipient.TYPED,
    title=_("Code to open a registration"),
    is_code=True,
)
for name, render in change_texts.TEXTS.items():
    register_text(name, render, recipient=Recipient.ON_RECORD, title=change_texts.TITLE)
for name, render, title in (
    ("details_changed", change_texts.details_changed, _("Your registration was changed")),
    ("household_asked", change_texts.household_asked, _("A change of your household is asked for")),
    ("move_asked", change_texts.move_asked, _("Somebody asks that you change household")),
    ("replacement_asked", texts.replacement_asked, _("Another phone is asked for")),
    ("replacement_stopped", texts.replacement_stopped, _("Your phone number stays")),
    ("replacement_ended", texts.replacement_ended, _("Another phone was not put in place")),
    ("account_asked", texts.account_asked, _("An account is asked for")),
    ("account_beside", texts.account_beside, _("Somebody of your household gets an account")),
    ("account_ended", texts.account_ended, _("An account was not opened")),
    ("claimed", claimed, _("Your record was joined to an account")),
    ("claimed_beside", claimed_beside, _("Somebody of your household got an account")),
    ("number_lost", texts.number_lost, _("Your number is reported as lost")),
):
    register_text(name, render, recipient=Recipient.ON_RECORD, title=title)

register_text(
    "account_open",
    texts.account_open,
    recipient=Recipient.PROVED,
    title=_("Your account is open"),
)
register_text(
    "replacement_waits",
    texts.replacement_waits,
    recipient=Recipient.PROVED,
    title=_("Your new phone number waits"),
)
register_subject(evidence.SUBJECT)
register_subjects(subject=acting.subject, describe=acting.describe)
register_person_finder(living_spid)
register_scope("area_code", is_area_of_officials)
register_traces(Claim, Lookup)
register_empty(Draft, is_empty)
register_hand_over(forget_drafts)

register_kind(PersonKind())
register_kind(HouseholdKind())
register_rule_check(check_rule)
register_rule_reader(RuleReader())
register_handler("poverty_level", handle_poverty_level)
register_handler("enrolment", handle_enrolment)
register_handler("membership", handle_membership)
register_handler("disability", handle_disability)
register_handler("payment", handle_payment)
register_names(labels.KINDS)
for kind, statuses in labels.STATUSES.items():
    register_statuses(kind, statuses)
register_labels("person", labels.PERSON)
register_labels("household", labels.HOUSEHOLD)
register_explainer("person", explain.PersonExplainer())
register_explainer("household", explain.HouseholdExplainer())

chapters.register_chapter("person", _("The person"), own.person)
chapters.register_chapter("circumstances", _("Health and daily life"), own.circumstances)
chapters.register_chapter("documents", _("Documents"), own.documents)
chapters.register_chapter("household", _("Household"), own.household)
chapters.register_chapter("memberships", _("Households over time"), own.memberships)
chapters.register_chapter("consents", _("Consents"), own.consents)
chapters.register_chapter("enrolments", _("Support and payments"), own.enrolments)
chapters.register_chapter("change_requests", _("Changes asked for"), own.change_requests)
chapters.register_chapter("messages", _("Text messages"), own.messages)
chapters.register_chapter("operators_copies", _("Copies at operators"), own.copies)
chapters.register_chapter("looks", _("Who looked at the data"), own.looks)
chapters.register_chapter("help_at_the_counter", _("Help at the counter"), own.help_given)
chapters.register_subjects("person", own.person_subjects)
chapters.register_subjects("household", own.household_subjects)
chapters.register_effects(own.programmes_touched)
chapters.register_words(data_words.LABELS, data_words.VALUES)
