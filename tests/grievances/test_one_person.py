"""Nobody who may be one person with who decided answers what is said against it, nor decides it anew."""

import pytest

from applications.deciders import application_deciders
from applications.models import Application
from applications.who_may import who_may_decide
from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import MayBeOnePerson
from grievances.deciders import grievance_deciders
from grievances.models import Grievance
from grievances.who_may import who_may_answer
from tests.applications.test_following import decide
from tests.grievances.test_appeals import answer, appeal, application, programme
from tests.grievances.test_services import handle

__all__ = ["application", "programme"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ghost(steward) -> User:
    return User.objects.create_staff(
        username="ghost", password="x", role="reviewer", operator_code="nssf", full_name="G",
        invited_by=steward,
    )  # fmt: skip


@pytest.fixture
def appealed(application, ghost, sokha) -> Grievance:
    decide(application, ghost)
    return appeal(application, sokha)


def test_who_invited_the_decider_does_not_answer_the_appeal(appealed, steward, second_steward):
    with pytest.raises(MayBeOnePerson):
        answer(appealed, steward, "uphold")
    everything = Grievance.objects.all()
    assert not grievance_deciders.to_be_decided(everything, steward).exists()
    assert grievance_deciders.to_be_decided(everything, second_steward).exists()
    assert steward not in who_may_answer(appealed, appealed.team)
    assert answer(appealed, second_steward, "uphold").state == "upheld"


def test_nor_a_report_that_is_linked_to_it(tell, application, ghost, sokha, steward, second_steward):
    decide(application, ghost)
    told = tell(actor=sokha, application=application, category="decision")
    with pytest.raises(MayBeOnePerson):
        handle(told, steward)
    assert handle(told, second_steward).state == "resolved"


def test_nor_does_whoever_the_decider_invited_decide_it_anew(
    appealed, application, ghost, second_steward, nssf_reviewer
):
    answer(appealed, second_steward, "overturn")
    application.refresh_from_db()
    invited = User.objects.create_staff(
        username="ghost.2", password="x", role="reviewer", operator_code="nssf", full_name="H",
        invited_by=ghost,
    )  # fmt: skip
    assert isinstance(application_deciders.why_barred(invited, application), MayBeOnePerson)
    everything = Application.objects.all()
    assert not application_deciders.to_be_decided(everything, invited).exists()
    assert application_deciders.to_be_decided(everything, nssf_reviewer).exists()
    assert {*who_may_decide(application)} == {nssf_reviewer}
