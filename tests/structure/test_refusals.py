"""When staff try a page or a step that is not theirs, the audit records it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dsp_platform.audit.models import AuditEvent
from tests.refused import handlers, recorders
from tests.structure.test_access import addresses

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["official", "assisted_session", "reviewer", "steward"])
def test_every_page_that_is_refused_to_staff_is_noted(browsers, house, who):
    client, refused = browsers[who], 0
    for name, path in addresses(house).items():
        noted = AuditEvent.objects.filter(action="refused").count()
        if client.get(path).status_code == 403:
            refused += 1
            assert AuditEvent.objects.filter(action="refused").count() == noted + 1, name
            assert AuditEvent.objects.filter(action="refused").latest("pk").actor is not None
    assert refused or who in ("official", "assisted_session")


def test_a_page_that_is_refused_to_a_citizen_or_a_stranger_is_not(browsers, house):
    for who in ("anonymous", "citizen"):
        for path in addresses(house).values():
            browsers[who].get(path)
    assert not AuditEvent.objects.filter(action="refused").exists()


def test_a_page_that_is_refused_again_within_a_minute_is_noted_once(browsers, house):
    """Repeated requests would flood the audit. A POST is a different action than a GET."""
    client, page = browsers["reviewer"], "/km/admin/audit/auditevent/"
    for _time in range(3):
        assert client.get(page).status_code == client.post(page).status_code == 403
        assert client.put(page).status_code == client.generic("REPORT", page).status_code == 403
    noted = AuditEvent.objects.filter(action="refused")
    assert sorted(event.details["method"] for event in noted) == ["", "GET", "POST"]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.get(page)
    assert noted.all().count() == 4


def test_a_step_that_is_refused_in_the_admin_is_noted(browsers, house):
    row = house.application
    answers = {"decision": "refuse", "reason": "", "note": "", "version": row.version}
    browsers["reviewer"].post(f"/km/admin/applications/application/{row.pk}/decide/", answers)
    event = AuditEvent.objects.get(action="step_refused")
    assert (event.actor.username, event.subject_kind, event.subject_id) == (
        "reviewer.nssf",
        "application",
        row.pk,
    )


def test_every_handler_of_a_refused_step_has_it_recorded():
    """Whoever adds a page that shows one has it recorded, by ``casework.refusals``."""
    found = list(handlers())
    assert [(file, name) for file, name, node in found if not list(recorders(node))] == []
    assert len(found) > 12
