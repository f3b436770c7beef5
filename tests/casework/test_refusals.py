import contextlib

import pytest
from django.db import transaction
from django.test import RequestFactory

from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import AlreadyDecided, InConflict, Overtaken
from dsp_platform.casework.refusals import refusals_recorded

pytestmark = pytest.mark.django_db


def refuse(user, error: Exception) -> None:
    request = RequestFactory().post("/")
    request.user = user
    with contextlib.suppress(type(error)), refusals_recorded(request, "grievance", 7), transaction.atomic():
        AuditEvent.objects.create(actor=user, action="resolve", subject_kind="grievance")
        raise error


def test_the_record_stays_though_the_step_is_rolled_back(nssf_reviewer):
    refuse(nssf_reviewer, InConflict("x"))
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.reason) == (nssf_reviewer, "step_refused", "InConflict")
    assert (event.subject_kind, event.subject_id, event.assisted_session_id) == ("grievance", 7, None)


def test_not_of_a_citizen_nor_where_somebody_was_first(sokha, nssf_reviewer):
    refuse(sokha, InConflict("x"))
    for error in (Overtaken, AlreadyDecided):
        refuse(nssf_reviewer, error("x"))
    assert not AuditEvent.objects.exists()
