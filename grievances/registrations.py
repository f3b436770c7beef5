"""What grievances register with the platform and the registry. Loaded once the apps are ready."""

from dsp_platform.casework.sweep import keep_time
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template
from dsp_platform.uploads.contract import register_subject
from grievances import audit_actions as audit_actions
from grievances import life_events
from grievances.attachments.subject import SUBJECT
from grievances.merging import PART
from grievances.models import Grievance, GrievanceDeadline
from grievances.my_data import SECTION
from grievances.sms_templates import TEXTS, TITLES
from grievances.workflow import grievance_workflow
from registry.life_events.events import Domain, register_effects
from registry.merging.contract import register_part
from registry.my_data.sections import register_sections

keep_time(Grievance, GrievanceDeadline, grievance_workflow)
for name, render in TEXTS.items():
    register_sms_template(name, render, recipient=Recipient.PROVED, title=TITLES.get(name))
register_sections(SECTION)
register_effects(Domain.GRIEVANCES, life_events.EFFECTS)
register_part(PART)
register_subject(SUBJECT)
