"""What the platform and the registry are told about applications. Loaded once the apps are ready."""

from applications import reports
from applications.records import ApplicationKind
from applications.selectors import applicants
from applications.texts import TEXTS
from dsp_platform.exchange.contract import register_handler, register_kind
from dsp_platform.notifications.services import register_text
from registry.records import register_applicants

register_kind(ApplicationKind())
register_handler("application", reports.handle)
register_applicants(applicants)
for name, render in TEXTS.items():
    register_text(name, render)
