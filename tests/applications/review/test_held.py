"""A reviewer's decision before it leaves."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from applications import errors, services
from applications.letter import letter_of
from applications.models import Application, ApplicationEvent, HeldDecision
from applications.review import held
from applications.review.selectors import awaiting_second, with_held
from applications.review.told import in_short
from applications.selectors import last_decision
from dsp_platform.audit.models import AuditEvent
from dsp_platform.background.workers import faults
from dsp_platform.casework.errors import NoteMissing, NotYours, Overtaken
from dsp_platform.casework.notes import notes_of
from dsp_platform.notifications.models import Message
from registry.models import Consent, Person, Programme
from registry.programmes.changes import propose_programme_change
from tests.applications.helpers import let_leave
from tests.roles import as_owner


def hold(application, actor, decision="approve", **sent):
    return held.hold(
        application=application, decision=decision, actor=actor, expected_version=application.version, **sent
    )


@pytest.fixture
def approved(application, nssf_reviewer):
    return hold(application, nssf_reviewer)


@as_owner()  # two stewards otherwise
def asks_second(programme, **values):
    type(programme).objects.filter(pk=programme.pk).update(**values)
    programme.refresh_from_db()


def test_until_it_leaves_the_application_is_as_it_was(approved, application):
    application.refresh_from_db()
    assert (application.state, application.version) == ("submitted", 1)
    assert not application.events.filter(step="approve").exists()
    assert not Message.objects.filter(template="application_approve").exists()
    assert not application.person.enrolments.exists()
    assert timedelta(minutes=9) < approved.carry_out_at - timezone.now() <= timedelta(minutes=10)


def test_before_its_time_the_sweep_leaves_it(approved, application):
    assert held.carry_out_due() == 0
    application.refresh_from_db()
    assert application.state == "submitted"


def test_when_its_time_has_come_it_is_carried_out_once(approved, application, nssf_reviewer):
    assert let_leave() == 1
    assert let_leave() == 0
    application.refresh_from_db()
    assert (application.state, application.decided_by) == ("approved", nssf_reviewer)
    assert application.events.filter(step="approve").count() == 1
    assert application.person.enrolments.get().state == "active"


def test_words_in_both_languages_reach_the_applicant(application, nssf_reviewer):
    hold(application, nssf_reviewer, "refuse", reason="documents", note="ខ្វះឯកសារ", note_translated="No card")
    let_leave()
    event = ApplicationEvent.objects.get(step="refuse")
    assert (event.words("km"), event.words("en")) == ("ខ្វះឯកសារ", "No card")


def test_words_in_one_language_are_read_in_both(application, nssf_reviewer):
    hold(application, nssf_reviewer, "refuse", reason="documents", note="ខ្វះឯកសារ")
    let_leave()
    assert ApplicationEvent.objects.get(step="refuse").words("en") == "ខ្វះឯកសារ"


@pytest.mark.parametrize("decision", ["refuse", "ask_more"])
def test_words_are_owed_in_the_language_of_the_applicant(application, nssf_reviewer, decision):
    with pytest.raises(NoteMissing):
        hold(application, nssf_reviewer, decision, reason="documents", note_translated="only English")


def test_sent_twice_it_is_one_decision(approved, application, nssf_reviewer):
    assert hold(application, nssf_reviewer) == approved
    assert HeldDecision.objects.count() == 1


def test_the_second_reviewer_is_told_who_decided(approved, application, second_nssf_reviewer):
    with pytest.raises(errors.HeldAlready) as told:
        hold(application, second_nssf_reviewer, "refuse", reason="documents", note="ទេ")
    assert approved.decided_by.full_name in str(told.value)


def test_a_review_is_not_started_beside_a_held_decision(approved, application, second_nssf_reviewer):
    with pytest.raises(Overtaken):
        held.take_at_once(
            application=application, decision="take_up", actor=second_nssf_reviewer, expected_version=1
        )


@pytest.mark.parametrize("who", ["nssf_reviewer", "second_nssf_reviewer"])
def test_it_is_undone_by_whoever_decided_or_a_colleague(approved, application, who, request):
    actor = request.getfixturevalue(who)
    held.undo(held=approved, actor=actor)
    held.undo(held=approved, actor=actor)
    assert let_leave() == 0
    application.refresh_from_db()
    assert application.state == "submitted"
    assert AuditEvent.objects.filter(action="undo_decision", actor=actor).count() == 1


def test_a_stranger_does_not_undo(approved, family_package_reviewer):
    with pytest.raises(PermissionDenied):
        held.undo(held=approved, actor=family_package_reviewer)


def test_what_has_left_is_not_undone(approved, nssf_reviewer):
    let_leave()
    with pytest.raises(errors.HoldEnded):
        held.undo(held=approved, actor=nssf_reviewer)


def test_after_undoing_it_is_decided_anew(approved, application, second_nssf_reviewer, nssf_reviewer):
    held.undo(held=approved, actor=nssf_reviewer)
    hold(application, second_nssf_reviewer, "refuse", reason="documents", note="ទេ")
    let_leave()
    application.refresh_from_db()
    assert (application.state, application.decided_by) == ("refused", second_nssf_reviewer)


def withdrawn(application, sokha, _reviewer):
    services.withdraw(application=application, actor=sokha, assisted_session=None)
    return "AlreadyDecided"


def dead(application, _sokha, _reviewer):
    Person.objects.filter(pk=application.person_id).update(died_on=date(2026, 11, 1))
    with transaction.atomic():
        services.close(Application.objects.filter(pk=application.pk), "close")
    return "AlreadyDecided"


def changed(application, _sokha, _reviewer):
    Application.objects.filter(pk=application.pk).update(version=2)
    return "Overtaken"


def moved_on(_application, _sokha, reviewer):
    reviewer.operator_code = "family_package"
    reviewer.save()
    return "PermissionDenied"


@pytest.mark.parametrize("meanwhile", [withdrawn, dead, changed, moved_on])
def test_what_changed_meanwhile_cancels_it(approved, application, sokha, nssf_reviewer, meanwhile):
    why = meanwhile(application, sokha, nssf_reviewer)
    assert let_leave() == 1
    approved.refresh_from_db()
    assert (approved.state, approved.end_reason) == ("cancelled", why)
    assert not application.events.filter(step="approve").exists()
    assert not application.person.enrolments.exists()


@pytest.mark.parametrize("error", [IntegrityError, KeyError])
def test_one_that_fails_stops_no_other(
    approved, application, other_citizen, programme, nssf_reviewer, household, monkeypatch, error
):
    """Even where one run takes no more than one."""
    monkeypatch.setattr(held, "AT_ONCE", 1)
    second = services.submit_application(
        actor=other_citizen, assisted_session=None, person=other_citizen.person, programme=programme,
        consent=True,
    )  # fmt: skip
    hold(second, nssf_reviewer)
    decide = services.decide

    def failing(**sent):
        if sent["application"].pk == application.pk:
            raise error
        return decide(**sent)

    monkeypatch.setattr(services, "decide", failing)
    before = faults().get("applications.carry_out", 0)
    assert let_leave() == 1
    second.refresh_from_db()
    approved.refresh_from_db()
    assert (second.state, approved.state) == ("approved", "held")
    assert faults()["applications.carry_out"] == before + 1


def test_where_nothing_is_held_it_leaves_at_once(application, nssf_reviewer, settings):
    settings.DECISION_HOLD = timedelta(0)
    assert hold(application, nssf_reviewer).state == "done"
    application.refresh_from_db()
    assert application.state == "approved"


class TestSecondReviewer:
    @pytest.fixture
    def drawn(self, application, programme, nssf_reviewer):
        asks_second(programme, second_review_share=100)
        application.programme.refresh_from_db()
        return hold(application, nssf_reviewer)

    def test_it_waits_for_another_one(self, drawn, application):
        assert (drawn.second, drawn.carry_out_at) == ("share", None)
        assert let_leave() == 0

    def test_it_leaves_once_another_one_agreed(self, drawn, application, second_nssf_reviewer):
        agreed = held.agree(held=drawn, actor=second_nssf_reviewer)
        assert agreed.carry_out_at > timezone.now()
        let_leave()
        application.refresh_from_db()
        assert application.state == "approved"

    def test_whoever_decided_does_not_agree(self, drawn, nssf_reviewer):
        with pytest.raises(errors.SecondIsAnother):
            held.agree(held=drawn, actor=nssf_reviewer)

    def test_whoever_filed_it_does_not_agree(self, drawn, application, second_nssf_reviewer):
        Application.objects.filter(pk=application.pk).update(submitted_by=second_nssf_reviewer)
        with pytest.raises(NotYours):
            held.agree(held=drawn, actor=second_nssf_reviewer)

    def test_it_is_sent_back_with_an_internal_note(self, drawn, application, second_nssf_reviewer):
        with pytest.raises(NoteMissing):
            held.send_back(held=drawn, actor=second_nssf_reviewer, note=" ")
        held.send_back(held=drawn, actor=second_nssf_reviewer, note="Look at the age.")
        assert [note.text for note in notes_of(application)] == ["Look at the age."]
        drawn.refresh_from_db()
        assert drawn.state == "returned"

    @pytest.mark.parametrize(
        ("amount", "decision", "asked"),
        [
            (5, "approve", "amount"),
            (49_999, "approve", "amount"),
            (50_000, "approve", ""),
            (500_000, "approve", ""),
            (5, "refuse", ""),
        ],
    )
    def test_above_an_amount_approvals_wait(
        self, application, programme, nssf_reviewer, amount, decision, asked
    ):
        with as_owner():
            programme.benefits.create(label_km="ប្រាក់", amount=50_000, valid_from=date(2026, 1, 1))
        asks_second(programme, second_review_above=amount)
        application.programme.refresh_from_db()
        found = hold(application, nssf_reviewer, decision, reason="documents", note="ពាក្យ")
        assert found.second == asked

    def test_the_draw_is_the_same_after_undoing(self, application, programme, nssf_reviewer):
        asks_second(programme, second_review_share=50)
        application.programme.refresh_from_db()
        drawn = set()
        for _time in range(5):
            one = hold(application, nssf_reviewer)
            drawn.add(one.second)
            held.undo(held=one, actor=nssf_reviewer)
        assert len(drawn) == 1

    @pytest.mark.parametrize(
        "broken", [{"agreed_by": "decided_by"}, {"agreed_by": "filed_by"}, {"state": "done"}]
    )
    def test_the_database_refuses_one_person_for_both(self, drawn, broken):
        values = {
            name: getattr(drawn, value) if name == "agreed_by" else value for name, value in broken.items()
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            HeldDecision.objects.filter(pk=drawn.pk).update(**values)

    def test_one_that_was_drawn_and_undone_stays_with_the_second(
        self, drawn, application, nssf_reviewer, second_nssf_reviewer
    ):
        held.undo(held=drawn, actor=nssf_reviewer)
        everything = Application.objects.all()
        assert list(awaiting_second(everything)) == [application]
        [row] = with_held(everything)
        with translation.override("en"):
            assert "undone by" in in_short(row.held_now[0])
        hold(application, second_nssf_reviewer, "refuse", reason="documents", note="ទេ")
        assert [one.decision for one in with_held(everything).get().held_now] == ["refuse"]

    def test_the_database_holds_one_decision_an_application(self, drawn, second_nssf_reviewer):
        drawn.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            drawn.save(force_insert=True)

    def test_what_a_programme_asks_takes_two_stewards(self, programme, steward, second_steward):
        proposal = propose_programme_change(
            programme=programme, actor=steward, second_review_share=10, reason="pilot"
        )
        programme.refresh_from_db()
        assert (programme.second_review_share, proposal.payload["second_review_share"]) == (0, 10)


class TestReferral:
    def test_the_applicant_is_told_which_programme_and_nothing_leaves(
        self, application, nssf_reviewer, other_programme
    ):
        hold(application, nssf_reviewer, "refer", referred_to=other_programme)
        let_leave()
        application.refresh_from_db()
        assert (application.state, application.referred_to) == ("refused", other_programme)
        letter = letter_of(application)
        assert letter is not None
        assert letter.referred_to == other_programme
        assert Message.objects.filter(template="application_refer").count() == 1
        assert not Application.objects.filter(programme=other_programme).exists()
        assert not Consent.objects.filter(operator_code=other_programme.operator_id).exists()

    @pytest.mark.parametrize("which", ["own", "closed", "none"])
    def test_only_to_what_takes_applications_elsewhere(
        self, application, nssf_reviewer, programme, other_programme, which
    ):
        with as_owner():
            Programme.objects.filter(pk=other_programme.pk).update(state="closed")
        wanted = {"own": programme, "closed": Programme.objects.get(pk=other_programme.pk), "none": None}
        with pytest.raises(errors.NoReferral):
            hold(application, nssf_reviewer, "refer", referred_to=wanted[which])

    def test_it_may_be_appealed_as_a_refusal(self, application, nssf_reviewer, other_programme):
        hold(application, nssf_reviewer, "refer", referred_to=other_programme)
        let_leave()
        decision = last_decision(application)
        assert decision is not None
        assert decision.step == "refer"
