from django.db import transaction
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.uploads import services as uploads
from dsp_platform.uploads.models import Upload
from grievances.actors import named_actor, traceable_session
from grievances.attachments.subject import GRIEVANCE
from grievances.models import Grievance
from grievances.workflow import grievance_workflow
from registry.persons.conflicts import refuse_relatives


def attach(
    *,
    grievance: Grievance,
    actor: User | None,
    assisted_session: AssistedSession | None,
    name: str,
    content: bytes,
) -> Upload:
    """By whoever has proved to be the reporter. The same file sent twice is one.

    Call it outside of a transaction. Raises ``UploadRefused``; ``InConflict`` for an official related to the
    reporter or the applicant.
    """
    applicant = grievance.application.person if grievance.application else None
    refuse_relatives(actor, assisted_session, grievance.person, applicant)
    named, session = named_actor(grievance, actor), traceable_session(grievance, assisted_session)
    upload = uploads.add(
        actor=named,
        assisted_session=session,
        kind=GRIEVANCE,
        key=str(grievance.pk),
        title=_("File"),
        name=name,
        content=content,
        proved=True,
    )
    audit.record(
        actor=named,
        action="attach",
        subject_kind="grievance",
        subject_id=grievance.pk,
        assisted_session_id=session.pk if session else None,
    )
    with transaction.atomic():
        grievance_workflow.tell_added(grievance, actor)
    return upload
