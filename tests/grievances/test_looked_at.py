"""Who looked at a report stands in the person's access log, unless that tells of it to whom it must not."""

import pytest

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from dsp_platform.audit.selectors import access_log
from grievances.categories import SENSITIVE
from grievances.models import Grievance
from tests.applications.helpers import sign_in
from tests.grievances.routing.test_routing import Kind, team
from tests.grievances.test_pages import follow, url

COMMUNE = "010201"
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
SAID = {"km": "ដើម្បីឆ្លើយបណ្ដឹងតវ៉ា", "en": "To answer a grievance"}


@pytest.fixture(params=[*SENSITIVE, "about an office"])
def secret(request, tell, sokha, person, areas):
    if request.param == "about an office":
        return tell(actor=sokha, category="other", office=areas[COMMUNE])
    return tell(actor=sokha, category=request.param)


@pytest.fixture
def harmless(tell, sokha, person, areas, commune_clerk):
    """With a team of the commune."""
    team(Kind.COMMUNE, commune_clerk, area=areas[COMMUNE])
    return tell(actor=sokha, category="other", area=areas[COMMUNE])


def is_logged(person):
    return access_log("person", person.pk).exists()


def read_by_steward(steward, told):
    """The page, the list and the file of what it lists."""
    browser = sign_in(steward)
    assert browser.get(f"/en/admin/grievances/grievance/{told.pk}/change/").status_code == 200
    assert browser.get("/en/admin/grievances/grievance/").status_code == 200
    answer = browser.post("/en/admin/grievances/grievance/export/", {"reason": "report"})
    assert answer.status_code == 200


def test_a_secret_one_is_in_no_log_but_its_own(secret, person, steward, other_clerk):
    read_by_steward(steward, secret)
    follow(sign_in(other_clerk), secret)
    assert not is_logged(person)
    looks = AuditEvent.objects.filter(subject_kind="grievance", subject_id=secret.pk)
    assert {steward, other_clerk} <= {one.actor for one in looks.filter(action="view")}
    assert not looks.exclude(assisted_session_id=None).exists()


@LANGUAGES
def test_neither_the_case_nor_the_shared_phone_learns_of_it(
    secret, person, sokha, steward, commune_clerk, language
):
    read_by_steward(steward, secret)
    open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="check", consent_text="read out"
    )
    for reader in (sokha, commune_clerk):
        page = sign_in(reader).get(f"/{language}/my/data/access-log/").content.decode()
        assert SAID[language] not in page
        assert steward.full_name not in page


@LANGUAGES
def test_of_any_other_the_person_reads_who_looked(harmless, person, sokha, steward, language):
    read_by_steward(steward, harmless)
    page = sign_in(sokha).get(f"/{language}/my/data/access-log/").content.decode()
    assert SAID[language] in page


def test_also_who_looked_at_the_desk(harmless, person, commune_clerk):
    assert sign_in(commune_clerk).get(url("desk_grievance", harmless.reference)).status_code == 200
    assert is_logged(person)


def test_what_becomes_secret_is_logged_no_more(harmless, person, steward):
    Grievance.objects.update(category="abuse", told_in_secret="pin")
    read_by_steward(steward, harmless)
    assert not is_logged(person)


@pytest.mark.parametrize("channel", ["phone", "paper"])
def test_a_call_is_in_no_log_of_who_is_said_to_have_called(
    tell, person, sokha, steward, commune_clerk, other_clerk, channel
):
    """Nobody proved who it was; whoever shares the phone would learn of it."""
    told = tell(actor=commune_clerk, channel=channel, caller=person, phone="+85512888777", unnamed=True)
    read_by_steward(steward, told)
    follow(sign_in(other_clerk), told)
    assert not is_logged(person)
    assert SAID["en"] not in sign_in(sokha).get("/en/my/data/access-log/").content.decode()
