"""What an operator's own grievance system may hold of complaints, and what it reports back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from dsp_platform.exchange.contract import Record, ReportHeld, Withdrawal, registered
from dsp_platform.exchange.models import Agreement, LedgerEntry, StatusReport
from dsp_platform.exchange.reports.services import handle_report
from dsp_platform.notifications.models import Message
from grievances import selectors, services
from grievances.categories import SENSITIVE
from grievances.delivery import reports
from grievances.delivery.reasons import GrievanceExplainer
from grievances.delivery.records import FIELDS, WORDS, GrievanceKind
from grievances.models import Grievance
from registry.consents.services import give_consent, withdraw_consent
from tests.applications.helpers import agreement, sign_in
from tests.grievances.test_services import handle as answered_by

pytestmark = pytest.mark.django_db
KIND = GrievanceKind()
TOLD = "ប្រាក់មិនមកដល់"


@pytest.fixture
def agreed(operators) -> Agreement:
    return agreement(operators["nssf"], "grievance", list(FIELDS))


@pytest.fixture
def by_law(agreed) -> Agreement:
    agreed.basis = Agreement.Basis.LAW
    return agreed


@pytest.fixture
def household(agreed, person, sokha):
    """It has agreed that NSSF gets its records."""
    home = person.memberships.get().household
    give_consent(
        household=home,
        given_by=person,
        operator_code="nssf",
        purpose="x",
        text="x",
        language="km",
        actor=sokha,
        assisted_session=None,
    )
    return home


@pytest.fixture
def complaint(tell, household, sokha, operators) -> Grievance:
    """By name, with the operator's team."""
    return tell(actor=sokha, category="payment", operator=operators["nssf"])


def only(agreed, grievance):
    (item,) = KIND.build(agreed, [grievance.pk])
    return item


def report(operators, grievance, status, number=1, *, operator="nssf", minutes=0, **values) -> StatusReport:
    return StatusReport.objects.create(
        operator=operators[operator],
        reference=f"G-{number}",
        kind="grievance",
        subject=grievance if isinstance(grievance, str) else grievance.reference,
        status=status,
        values=values,
        occurred_at=timezone.now() + timedelta(minutes=minutes),
    )


def handle(stored: StatusReport) -> None:
    with transaction.atomic():  # of the service that takes reports in
        reports.handle(stored)


def done(stored: StatusReport) -> None:
    handle(stored)
    stored.state = StatusReport.State.HANDLED
    stored.save()


# --- Out --------------------------------------------------------------------------------------


def test_it_is_registered_with_the_exchange():
    assert isinstance(registered.kinds["grievance"], GrievanceKind)
    assert registered.reports["grievance"].handle is reports.handle


def test_a_record_holds_the_fields_of_the_agreement_and_no_other(agreed, complaint, person):
    agreed.fields = ["reference", "spid", "grievance_category"]
    record = only(agreed, complaint)
    assert isinstance(record, Record)
    assert record.values == {
        "reference": complaint.reference, "spid": person.spid, "grievance_category": "payment",
    }  # fmt: skip
    assert record.consent_id is not None


def test_the_words_of_who_gave_a_name_with_what_was_added(agreed, complaint, sokha):
    services.add_words(grievance=complaint, actor=sokha, assisted_session=None, text="នៅតែមិនមក")
    assert only(agreed, complaint).values[WORDS] == f"{TOLD}\n\nនៅតែមិនមក"


def test_of_who_stayed_unnamed_neither_words_nor_anything_that_identifies(by_law, tell, sokha, operators):
    grievance = tell(actor=sokha, unnamed=True, operator=operators["nssf"], phone="+85512345678")
    values = only(by_law, grievance).values
    assert (values[WORDS], values["spid"], values["household_number"]) == (None, None, None)
    assert values["reference"] == grievance.reference


@pytest.mark.parametrize("channel", Grievance.TYPED_BY_OFFICIALS)
def test_of_a_caller_whom_nobody_has_checked_nothing_identifies(
    by_law, household, tell, person, commune_clerk, operators, channel
):
    grievance = tell(
        actor=commune_clerk, channel=channel, caller=person, unnamed=True, operator=operators["nssf"]
    )
    assert grievance.person == person
    values = only(by_law, grievance).values
    assert (values[WORDS], values["spid"], values["household_number"]) == (None, None, None)
    assert person.spid not in str(values)


def test_an_unnamed_one_rests_on_no_consent(agreed, household, tell, sokha, operators):
    grievance = tell(actor=sokha, unnamed=True, operator=operators["nssf"])
    assert KIND.concerned(agreed, [grievance.pk]) == set()


@pytest.mark.parametrize("category", SENSITIVE)
def test_a_sensitive_one_is_never_sent(by_law, tell, sokha, operators, category):
    grievance = tell(actor=sokha, category=category, operator=operators["nssf"])
    # Also where it were with the operator's team.
    Grievance.objects.filter(pk=grievance.pk).update(team=tell(operator=operators["nssf"]).team)
    assert KIND.concerned(by_law, [grievance.pk]) == set()
    assert grievance.pk not in dict(KIND.population(0, 10))
    assert GrievanceExplainer().find(grievance.reference) is None


def test_one_with_another_team_is_not_sent(by_law, tell, operators, steward):
    elsewhere = tell(operator=operators["family_package"])
    assert KIND.concerned(by_law, [elsewhere.pk]) == set()
    passed_up = tell(operator=operators["nssf"])
    assert KIND.concerned(by_law, [passed_up.pk]) == {passed_up.pk}
    answered_by(passed_up, steward, step="pass_up")
    passed_up.refresh_from_db()
    assert only(by_law, passed_up) == Withdrawal(passed_up.pk, passed_up.version, passed_up.reference)


def test_an_agreement_by_a_rule_gets_none(by_law, complaint):
    by_law.concerns = Agreement.Concerns.RULE
    assert KIND.concerned(by_law, [complaint.pk]) == set()


def test_it_is_due_when_it_is_reported_and_again_with_each_step(complaint, steward):
    entry = LedgerEntry.objects.get(kind="grievance", subject_id=complaint.pk)
    assert (entry.state, entry.operator_id) == ("due", "nssf")
    LedgerEntry.objects.update(state="delivered")
    answered_by(complaint, steward)
    entry.refresh_from_db()
    assert entry.state == "due"


def test_nothing_is_due_where_no_agreement_is(tell, operators):
    tell(operator=operators["nssf"])
    assert not LedgerEntry.objects.filter(kind="grievance").exists()


def test_consent_taken_back_takes_it_back(agreed, complaint, household, sokha):
    LedgerEntry.objects.update(state="delivered")
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)
    assert isinstance(only(agreed, complaint), Withdrawal)
    assert LedgerEntry.objects.get(kind="grievance").state == "due"


@pytest.mark.parametrize("language", ["en", "km"])
def test_why_it_is_sent_in_words(agreed, complaint, language):
    with translation.override(language):
        first, consent = GrievanceExplainer().why(agreed, complaint.pk)
    assert (first.speaks_for, consent.speaks_for) == (True, True)
    assert first.text.isascii() == (language == "en")


def test_the_reporter_reads_that_the_operator_has_a_copy(complaint, sokha):
    LedgerEntry.objects.filter(kind="grievance").update(state="delivered")
    page = sign_in(sokha).get("/en/my/data/").content.decode()
    assert complaint.reference in page


# --- Back -------------------------------------------------------------------------------------


def test_answered_in_the_operators_own_system(complaint, operators, sokha):
    done(report(operators, complaint, "resolved", note="ប្រាក់ត្រូវបានផ្ញើ"))
    complaint.refresh_from_db()
    event = complaint.events.last()
    assert (complaint.state, complaint.answered_by) == ("resolved", None)
    assert complaint.answered_at is not None
    assert (event.source, event.actor, event.note) == ("operator", None, "ប្រាក់ត្រូវបានផ្ញើ")
    page = sign_in(sokha).get(f"/km/grievances/{complaint.reference}/").content.decode()
    assert "ប្រាក់ត្រូវបានផ្ញើ" in page


@pytest.mark.parametrize("language", ["en", "km"])
def test_staff_read_that_it_was_the_system(complaint, operators, nssf_reviewer, language):
    done(report(operators, complaint, "in_review"))
    page = sign_in(nssf_reviewer).get(f"/{language}/admin/grievances/grievance/{complaint.pk}/change/")
    by = {"en": "the operator's own system", "km": "ប្រព័ន្ធផ្ទាល់របស់ប្រតិបត្តិករ"}[language]
    assert page.context["events"][0].by == by


def test_a_question_is_asked_and_the_answer_goes_back(agreed, complaint, operators, sokha):
    done(report(operators, complaint, "more_asked", note="តើខែណា?"))
    complaint.refresh_from_db()
    assert complaint.state == "more_asked"
    LedgerEntry.objects.update(state="delivered")
    services.add_words(grievance=complaint, actor=sokha, assisted_session=None, text="ខែតុលា")
    assert LedgerEntry.objects.get(kind="grievance").state == "due"
    assert "ខែតុលា" in only(agreed, complaint).values[WORDS]


def test_how_far_it_is_takes_it_up_as_well(complaint, operators):
    done(report(operators, complaint, "informed", note="យើងកំពុងសួរធនាគារ"))
    assert [event.step for event in complaint.events.all()] == ["report", "take_up", "inform"]


def test_the_same_again_changes_nothing(complaint, operators):
    for number in range(3):
        done(report(operators, complaint, "resolved", number, minutes=number, note="រួច"))
    assert complaint.events.filter(step="resolve").count() == 1


def test_a_late_report_changes_nothing(complaint, operators):
    done(report(operators, complaint, "resolved", 2, minutes=2, note="រួច"))
    done(report(operators, complaint, "more_asked", 1, minutes=1, note="?"))
    complaint.refresh_from_db()
    assert complaint.state == "resolved"


def test_a_report_from_before_it_was_opened_again_changes_nothing(complaint, operators, sokha):
    done(report(operators, complaint, "resolved", 1, minutes=-2, note="រួច"))
    services.add_words(grievance=complaint, actor=sokha, assisted_session=None, text="មិនទាន់ទេ")
    done(report(operators, complaint, "dismissed", 2, minutes=-1, note="ចប់"))
    complaint.refresh_from_db()
    assert complaint.state == "reported"


def test_an_answer_also_answers_its_repeats(complaint, tell, operators, steward):
    repeat = tell(category="payment", operator=operators["nssf"])
    answered_by(repeat, steward, step="mark_repeat", repeat_of=complaint.reference, note="")
    done(report(operators, complaint, "resolved", note="រួច"))
    repeat.refresh_from_db()
    assert (repeat.state, repeat.events.last().source) == ("resolved", "operator")


@pytest.mark.parametrize("status", ["resolved", "dismissed", "more_asked", "informed"])
def test_without_words_for_the_person_it_is_held(complaint, operators, status):
    stored = report(operators, complaint, status)
    handle_report(stored.pk)
    stored.refresh_from_db()
    assert (stored.state, stored.reason) == ("held", "no_words")
    assert complaint.events.count() == 1


@pytest.mark.parametrize(
    ("subject", "status", "operator", "reason"),
    [
        ("G-0000-0000", "resolved", "nssf", "unknown_subject"),
        ("nonsense", "resolved", "nssf", "unknown_subject"),
        ("", "resolved", "family_package", "with_another_team"),
        ("", "approved", "nssf", "unknown_status"),
    ],
)
def test_what_cannot_be_handled_is_held(complaint, operators, subject, status, operator, reason):
    stored = report(operators, subject or complaint.reference, status, operator=operator, note="x")
    with pytest.raises(ReportHeld, match=reason):
        handle(stored)


@pytest.mark.parametrize("category", SENSITIVE)
def test_of_a_sensitive_one_nobody_reports_anything(tell, operators, category):
    grievance = tell(category=category, operator=operators["nssf"])
    with pytest.raises(ReportHeld, match="unknown_subject"):
        handle(report(operators, grievance, "resolved", note="x"))


def test_a_contradiction_is_for_a_person(complaint, operators):
    done(report(operators, complaint, "resolved", 1, note="រួច"))
    with pytest.raises(ReportHeld, match="already_decided"):
        handle(report(operators, complaint, "dismissed", 2, minutes=1, note="ចប់"))


def test_the_person_gets_a_text(tell, operators):
    grievance = tell(operator=operators["nssf"], phone="+85512000111")
    services.confirm_phone(grievance=grievance, phone=grievance.phone)
    handle_report(report(operators, grievance, "resolved", note="រួច").pk)
    assert Message.objects.filter(template="grievance_changed").count() == 1


def test_its_staff_see_it_in_the_admin_all_the_same(complaint, nssf_reviewer):
    assert complaint in selectors.queue_of(nssf_reviewer)
