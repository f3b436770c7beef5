"""Who decides a change: once, and never a change they entered themselves."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.casework.errors import NoteMissing, Overtaken
from dsp_platform.notifications.models import Message
from registry.changes import evidence, selectors, services
from registry.changes.drafts import save_change_draft
from registry.errors import AlreadyAsked, ChangeError
from registry.models import ChangeRequest, Person
from tests.registry.changes.cast import BABY, NAME, about, ask, decide, heard

pytestmark = pytest.mark.django_db


def test_twins_are_two_requests_and_everything_else_is_one(people, sokha):
    ask(sokha, "birth", **BABY)
    ask(sokha, "birth", **BABY)
    wrong = {"who": about(people["បុប្ផា"]), "sex": {"sex": "male"}}
    ask(sokha, "sex", **wrong)
    with pytest.raises(AlreadyAsked):
        ask(sokha, "sex", **wrong)


def test_a_steward_decides_what_a_single_official_entered(family, people, commune_clerk, steward):
    assisted_session = AssistedSession.objects.create(
        official=commune_clerk, subject_id=people["ស៊ុខា"].pk, reason="check", consent_text="read out"
    )
    request = ask(commune_clerk, "payee", assisted_session=assisted_session, payee=about(people["ពិសិដ្ឋ"]))
    assert request in selectors.changes_to_decide(steward)
    heard(request)
    decide(request, steward)
    family.refresh_from_db()
    assert family.payee == people["ពិសិដ្ឋ"]


def test_the_database_refuses_the_same_person_twice(family, sokha, commune_clerk):
    request = ask(sokha, "birth", **BABY)
    rows = ChangeRequest.objects.filter(pk=request.pk)
    for wrong in ({"decided_by": sokha}, {"state": "applied"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_nobody_decides_outside_their_area(sokha, family, other_clerk, nssf_reviewer, steward):
    request = ask(sokha, "birth", **BABY)
    for stranger in (other_clerk, nssf_reviewer, steward, sokha):
        assert request not in selectors.changes_to_decide(stranger)
        assert selectors.change_to_decide(stranger, request.reference) is None
        with pytest.raises(PermissionDenied):
            decide(request, stranger)


def test_a_second_decision_is_told_and_a_double_click_is_not(sokha, family, commune_clerk, second_clerk):
    request = ask(sokha, "birth", **BABY)
    decide(request, commune_clerk)
    with pytest.raises(Overtaken):
        decide(request, second_clerk, "refuse", "x")
    decide(request, commune_clerk)
    assert Person.objects.filter(given_name="ថ្មី").count() == 1
    assert request.events.count() == 2


def test_refusing_and_asking_for_more_need_a_note(sokha, family, commune_clerk):
    request = ask(sokha, "birth", **BABY)
    for decision in ("refuse", "ask_more"):
        with pytest.raises(NoteMissing):
            decide(request, commune_clerk, decision)
    more = decide(request, commune_clerk, "ask_more", "សូមយកសំបុត្រកំណើតមក")
    assert more.state == "more_asked"
    assert decide(more, commune_clerk).state == "applied"


def test_a_request_is_taken_back_by_whom_it_was_asked_for(sokha, family, people, commune_clerk):
    request = ask(sokha, "birth", **BABY)
    assisted_session = AssistedSession.objects.create(
        official=commune_clerk, subject_id=people["ពិសិដ្ឋ"].pk, reason="check", consent_text="read out"
    )
    with pytest.raises(PermissionDenied):
        services.withdraw_change(request=request, actor=commune_clerk, assisted_session=assisted_session)
    assert services.withdraw_change(request=request, actor=sokha, assisted_session=None).state == "withdrawn"
    with pytest.raises(Overtaken):
        decide(request, commune_clerk)


def test_a_draft_is_sent_once(sokha, family):
    draft = save_change_draft(owner=sokha, assisted_session=None, kind="birth", answers=BABY)
    first = ask(sokha, "birth", draft=draft, **BABY)
    assert ask(sokha, "birth", draft=draft, **BABY) == first
    assert ChangeRequest.objects.count() == 1


def test_an_answer_that_is_missing_is_not_sent(sokha, family):
    with pytest.raises(ChangeError):
        ask(sokha, "birth", name=NAME)


def test_a_document_that_could_not_be_read_is_told_once_a_day_while_the_request_is_open(
    sokha, family, commune_clerk
):
    request = ask(sokha, "birth", **BABY)
    for _file in range(2):
        evidence.SUBJECT.refused(str(request.pk))
    written = Message.objects.filter(template="change_unreadable", subject_id=request.pk)
    assert [message.params for message in written] == [{"reference": request.reference}]
    written.delete()
    decide(request, commune_clerk)
    evidence.SUBJECT.refused(str(request.pk))
    assert not written.exists()
