"""What the platform and the registry are told about applications. Loaded once the apps are ready."""

from django.utils.translation import gettext_lazy as _

from applications import audit_words as audit_words
from applications import chapters, reports
from applications.documents import SUBJECTS
from applications.explain import ApplicationExplainer
from applications.models import Application
from applications.records import ApplicationKind, announce_applications, announce_applications_of
from applications.selectors import applicants, waiting_in_words
from applications.services import close_of_the_dead
from applications.texts import TEXTS, TITLES
from dsp_platform.exchange.contract import (
    register_explainer,
    register_handler,
    register_kind,
    register_labels,
    register_names,
    register_statuses,
)
from dsp_platform.notifications.services import Recipient, register_text
from dsp_platform.uploads.contract import register_subject
from registry.persons.household_services import register_follower, register_person_follower
from registry.programmes.labels import register_waiting
from registry.records.entitled import register_applicants

register_kind(ApplicationKind())
for subject in SUBJECTS:
    register_subject(subject)
register_handler("application", reports.handle)
register_applicants(applicants)
register_follower(announce_applications)
register_person_follower(announce_applications_of)
register_person_follower(close_of_the_dead)
register_waiting(waiting_in_words)
for name, render in TEXTS.items():
    register_text(name, render, recipient=Recipient.ON_RECORD, title=TITLES.get(name))
register_names({"application": _("application")})
register_statuses("application", dict(Application.State.choices))
register_labels("application", chapters.LABELS)
register_explainer("application", ApplicationExplainer())
chapters.wire()
