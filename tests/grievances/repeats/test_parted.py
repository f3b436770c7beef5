"""Reports that are answered together are parted, once one answer fits both no more."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, transaction

from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.sweep import sweep
from grievances import services
from grievances.categories import SENSITIVE
from grievances.models import Grievance, GrievanceDeadline
from grievances.workflow import APPEAL, HANDLER, STEPS, STEWARD
from tests.applications.helpers import sign_in
from tests.grievances.repeats.test_repeats import mark, take
from tests.grievances.test_pages import follow, url
from tests.roles import as_owner

WORDS = "យើងបានផ្លាស់ទីជនរងគ្រោះ"
CHOSEN = [
    (step.name, category)
    for step in STEPS.values()
    if step.side in (HANDLER, STEWARD) and step.only != APPEAL and "reported" in step.before
    for category in (step.reasons or [""])
]


@pytest.fixture
def pair(tell, operators, nssf_reviewer):
    """The second one repeats the first."""
    first = tell(operator=operators["nssf"], text="ដើម")
    second = tell(operator=operators["nssf"], text="ម្ដងទៀត")
    mark(second, first, nssf_reviewer)
    second.refresh_from_db()
    return first, second


def test_what_became_sensitive_is_answered_for_nobody_else(pair, nssf_reviewer, steward, client):
    first, second = pair
    take(first, "recategorise", nssf_reviewer, category="abuse", note="x")
    take(first, "resolve", steward, note=WORDS)
    second.refresh_from_db()
    assert (second.state, second.repeat_of, second.events.last().step) == ("reported", None, "part")
    follow(client, second)
    assert WORDS not in client.get(url("grievance", second.reference)).content.decode()
    page = sign_in(nssf_reviewer).get(f"/en/admin/grievances/grievance/{second.pk}/change/").content.decode()
    assert second.reference in page
    assert first.reference not in page


def test_it_is_parted_too_where_its_team_stays_the_same(tell, steward):
    """With the secretariat, to which it goes as a sensitive one as well."""
    first, second = tell(category="other"), tell(category="other")
    mark(second, first, steward)
    take(first, "recategorise", steward, category="abuse", note="x")
    second.refresh_from_db()
    assert (second.team, second.repeat_of) == (first.team, None)


def test_a_repeat_that_became_sensitive_is_not_closed_by_the_operator(pair, nssf_reviewer, steward):
    first, second = pair
    take(second, "recategorise", nssf_reviewer, category="abuse", note="x")
    take(first, "dismiss", nssf_reviewer, note="ចប់")
    second.refresh_from_db()
    assert (second.state, second.repeat_of) == ("reported", None)
    assert take(second, "resolve", steward, note=WORDS).state == "resolved"


def test_an_answered_one_is_parted_too_and_told_nothing(pair, nssf_reviewer, steward):
    first, second = pair
    take(first, "resolve", nssf_reviewer, note="x")
    services.add_words(grievance=first, actor=None, assisted_session=None, text="នៅតែ")
    take(first, "recategorise", steward, category="abuse", note="x")
    second.refresh_from_db()
    assert (second.state, second.repeat_of, second.events.last().step) == ("resolved", None, "resolve")


def test_the_database_joins_no_sensitive_one(pair):
    with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
        Grievance.objects.filter(pk=pair[1].pk).update(category="abuse", told_in_secret="pin")


def test_the_same_form_sent_twice_parts_once(pair, nssf_reviewer, operators, steward):
    second = pair[1]
    for _time in range(2):
        services.handle_grievance(
            grievance=second,
            step="pass_on",
            actor=steward,
            expected_version=second.version,
            operator=operators["family_package"],
        )
    assert [one.step for one in second.events.all()] == ["report", "mark_repeat", "part", "pass_on"]


@pytest.mark.parametrize("language", ["en", "km"])
def test_whoever_has_its_page_open_is_told_that_it_was_parted(pair, nssf_reviewer, language):
    first, second = pair
    take(first, "recategorise", nssf_reviewer, category="abuse", note="x")
    sent = {"step": "resolve", "note": WORDS, "version": second.version}
    address = f"/{language}/admin/grievances/grievance/{second.pk}/handle/"
    page = sign_in(nssf_reviewer).post(address, sent, follow=True).content.decode()
    assert {"en": "a step of the other report", "km": "ជំហាននៃរបាយការណ៍មួយទៀត"}[language] in page


@pytest.mark.parametrize("which", [0, 1])
def test_the_clock_parts_them_too(pair, which):
    GrievanceDeadline.objects.filter(item=pair[which]).update(escalate_at="2026-01-01T00:00Z")
    sweep()
    for one in pair:
        one.refresh_from_db()
    assert [one.team.is_default for one in pair] == [which == 0, which == 1]
    assert pair[1].repeat_of is None


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(("step", "category"), CHOSEN)
def test_whatever_the_step_a_pair_is_of_one_team_and_harmless(
    pair, tell, operators, steward, which, step, category
):
    another = tell(operator=operators["nssf"])
    with suppress(StepRefused):
        take(
            pair[which],
            step,
            steward,
            note="x",
            category=category,
            operator=operators["family_package"],
            repeat_of=another.reference,
        )
    first, second = [Grievance.objects.get(pk=one.pk) for one in pair]
    if second.repeat_of == first:
        assert (first.team, first.operator) == (second.team, second.operator)
        assert not {first.category, second.category} & set(SENSITIVE)


def test_nobody_closes_what_they_typed_themselves(tell, operators, nssf_reviewer, steward):
    typed = tell(actor=steward, operator=operators["nssf"], channel="phone")
    other = tell(operator=operators["nssf"])
    mark(typed, other, nssf_reviewer)
    take(other, "dismiss", steward, note="ចប់")
    typed.refresh_from_db()
    assert (typed.state, typed.repeat_of) == ("reported", None)
    assert take(typed, "resolve", nssf_reviewer, note=WORDS).state == "resolved"


def test_nobody_closes_what_another_operator_answers(tell, operators, nssf_reviewer, steward):
    others = tell(operator=operators["family_package"])
    own = tell(operator=operators["nssf"])
    mark(others, own, steward)
    take(own, "resolve", nssf_reviewer, note=WORDS)
    others.refresh_from_db()
    assert (others.state, others.repeat_of) == ("reported", None)
