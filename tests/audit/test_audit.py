import pytest

from dsp_platform.audit import selectors, services
from dsp_platform.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


def record_access(actor, subject_id=17, action="view"):
    services.record(
        actor=actor, action=action, subject_kind="person", subject_id=subject_id, reason="at the counter"
    )


def test_a_person_reads_who_looked_newest_first(commune_clerk, nssf_reviewer):
    record_access(commune_clerk)
    record_access(nssf_reviewer)
    assert [event.actor for event in selectors.access_log("person", 17)] == [nssf_reviewer, commune_clerk]


def test_accesses_to_others_and_other_actions_are_not_listed(commune_clerk):
    record_access(commune_clerk, subject_id=18)
    record_access(commune_clerk, action="search")
    assert not selectors.access_log("person", 17)


def test_an_act_of_the_platform_itself_has_no_actor():
    record_access(None)
    assert AuditEvent.objects.get().actor is None
