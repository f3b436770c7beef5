"""What grievances register with the platform and the registry. Loaded once the apps are ready."""

from django.utils.translation import gettext_lazy as _

from applications.documents import APPLICATION
from dsp_platform.casework.sweep import keep_time
from dsp_platform.exchange.contract import ReportKind, register_record_kind, register_report_kind
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template
from dsp_platform.offline.titles import register_titles
from dsp_platform.offline.typed import register_words
from dsp_platform.uploads.contract import register_reader, register_subject
from grievances import audit_actions as audit_actions
from grievances import life_events, workflow
from grievances.attachments.subject import SUBJECT
from grievances.delivery import reports
from grievances.delivery.reasons import GrievanceExplainer
from grievances.delivery.records import GrievanceKind, announce_grievances, announce_grievances_of
from grievances.linked import reads_documents
from grievances.merging import PART
from grievances.models import Grievance, GrievanceDeadline
from grievances.my_data import SECTION
from grievances.offline_words import TITLES as OFFLINE_TITLES
from grievances.offline_words import WORDS
from grievances.sending import escalate
from grievances.sms_templates import TEXTS, TITLES
from grievances.workflow import grievance_workflow
from registry.life_events.events import Domain, register_effects
from registry.merging.contract import register_part
from registry.my_data.sections import register_sections
from registry.persons.announcing import register_followers

register_record_kind(GrievanceKind(GrievanceExplainer()))
register_report_kind(
    ReportKind(
        name="grievance",
        label=_("grievance"),
        handle=reports.handle,
        statuses={name: workflow.STEPS[step].title for name, step in reports.STEP_OF_STATUS.items()},
    )
)
register_followers(household=[announce_grievances], person=[announce_grievances_of])
keep_time(Grievance, GrievanceDeadline, grievance_workflow, escalate)
for name, render in TEXTS.items():
    register_sms_template(name, render, recipient=Recipient.PROVED, title=TITLES.get(name))
register_sections(SECTION)
register_effects(Domain.GRIEVANCES, life_events.EFFECTS)
register_part(PART)
register_subject(SUBJECT)
register_reader(APPLICATION, reads_documents)
register_titles(OFFLINE_TITLES)
register_words(WORDS)
