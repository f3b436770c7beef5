"""What applications register with the platform and the registry. Loaded once the apps are ready."""

from django.utils.translation import gettext_lazy as _

from applications import audit_actions as audit_actions
from applications import life_events, reports
from applications.answers.drafts import forget_drafts
from applications.documents import SUBJECTS
from applications.entitlement_reasons import ApplicationExplainer
from applications.merging import PARTS
from applications.models import Application, ApplicationDeadline
from applications.my_data import SECTION
from applications.offline_words import TITLES as OFFLINE_TITLES
from applications.offline_words import WORDS
from applications.records import ApplicationKind, announce_applications, announce_applications_of
from applications.selectors import APPLICANTS, waiting_in_words
from applications.sms_templates import TEXTS, TITLES
from applications.workflow import application_workflow
from dsp_platform.accounts.my_account.services import register_holder_change
from dsp_platform.casework.sweep import keep_time
from dsp_platform.exchange.contract import ReportKind, register_record_kind, register_report_kind
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template
from dsp_platform.offline.titles import register_titles
from dsp_platform.offline.typed import register_words
from dsp_platform.uploads.contract import register_subject
from registry.life_events.events import Domain, register_effects
from registry.merging.contract import register_part
from registry.my_data.sections import register_sections
from registry.persons.announcing import register_followers
from registry.programmes.consequences import register_waiting
from registry.records.entitled import register_applicants

register_record_kind(ApplicationKind(ApplicationExplainer()))
for subject in SUBJECTS:
    register_subject(subject)
register_report_kind(
    ReportKind(
        name="application",
        label=_("application"),
        handle=reports.handle,
        statuses=dict(Application.State.choices),
    )
)
register_applicants(APPLICANTS)
keep_time(Application, ApplicationDeadline, application_workflow)
register_followers(household=[announce_applications], person=[announce_applications_of])
register_waiting(waiting_in_words)
for name, render in TEXTS.items():
    register_sms_template(name, render, recipient=Recipient.ON_RECORD, title=TITLES.get(name))
register_sections(SECTION)
register_titles(OFFLINE_TITLES)
register_words(WORDS)
register_holder_change(forget_drafts)
register_effects(Domain.APPLICATIONS, life_events.EFFECTS)
register_part(*PARTS)
