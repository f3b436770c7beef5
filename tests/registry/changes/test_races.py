"""Races on real transactions: one head, one household for each person, one decision."""

from datetime import date

import pytest

from dsp_platform.casework.errors import Overtaken
from dsp_platform.exchange.models import LedgerEntry
from registry.changes.drafts import save_change_draft
from registry.changes.kinds import KINDS
from registry.errors import ChangeError
from registry.models import ChangeRequest, Membership, Person
from registry.persons import writer
from registry.persons.households import household_of, members_of
from registry.registration.services import register_household
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.changes.cast import BABY, about, ask, decide, heard
from tests.registry.registration.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerks(commune_clerk, second_clerk):
    return commune_clerk, second_clerk


def test_two_clicks_send_one_request(family, sokha):
    draft = save_change_draft(owner=sokha, assisted_session=None, kind="birth", answers=BABY)
    sent = at_once(*[lambda: ask(sokha, "birth", draft=draft, **BABY)] * 3)
    assert len({request.pk for request in sent}) == 1
    assert ChangeRequest.objects.count() == 1


def test_two_officials_decide_once(family, sokha, clerks):
    request = ask(sokha, "birth", **BABY)
    outcomes = at_once(*[lambda clerk=clerk: decide(request, clerk) for clerk in clerks])
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert Person.objects.filter(given_name="ថ្មី").count() == 1


def test_a_member_leaves_while_becoming_the_head(family, people, sokha, clerks):
    """Whichever is first, there is one head, and the other is refused."""
    son = people["ពិសិដ្ឋ"]
    related = {people["ស៊ុខា"].spid: "parent", people["បុប្ផា"].spid: "sibling"}
    head = ask(sokha, "head", head=about(son), relationships=related)
    gone = ask(sokha, "leaves", who=about(son), where={"where": "elsewhere"})
    outcomes = at_once(lambda: decide(head, clerks[0]), lambda: decide(gone, clerks[1]))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [isinstance(error, ChangeError | Overtaken) for error in refused] == [True]
    assert family.memberships.filter(relationship="head", ended_on=None).count() == 1


def test_two_households_that_swap_a_member(family, people, sokha, clerks, django_user_model):
    other = register_household(
        actor=clerks[0],
        details=household_details(
            person_details(given_name="ហេង"),
            child_details(given_name="រិទ្ធ", date_of_birth=date(2003, 3, 3)),
            village_code="01020102",
        ),
    )
    there = {one.person.given_name: one.person for one in members_of(other)}

    def joins(actor, household, person):
        request = ChangeRequest.objects.create(
            reference=f"C-{household.pk:04}-{person.pk:04}",
            kind="joins",
            household=household,
            village_id="01020101",
            asked_for=members_of(household)[0].person,
            asked_by=sokha,
            mover=person,
            old_village_id=person.village_id,
            confirmation="own",
            answers={
                "known": {"has_spid": "yes", "spid": person.spid},
                "birth": {"born": str(person.born)},
                "relationship": {"relationship": "other_relative"},
            },
        )
        return lambda: decide(request, actor)

    outcomes = at_once(joins(clerks[0], family, there["រិទ្ធ"]), joins(clerks[1], other, people["ពិសិដ្ឋ"]))
    assert all(isinstance(outcome, ChangeRequest) for outcome in outcomes), outcomes
    assert Membership.objects.filter(ended_on=None).count() == 5
    assert household_of(people["ពិសិដ្ឋ"]) == other


def test_killed_in_between_leaves_nothing(family, people, sokha, clerks, monkeypatch):
    before = list(LedgerEntry.objects.order_by("pk").values("subject_id", "wanted_version", "revision"))
    request = heard(ask(sokha, "death", who=about(people["ពិសិដ្ឋ"]), died={"died": "2026-11-02"}))

    def killed(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, "bump_person", killed)
    with pytest.raises(KeyboardInterrupt):
        decide(request, clerks[0])
    request.refresh_from_db()
    assert request.state == "waiting"
    assert Person.objects.filter(died_on=None).count() == 3
    after = list(LedgerEntry.objects.order_by("pk").values("subject_id", "wanted_version", "revision"))
    assert after == before


def test_operators_are_asked_once_for_one_change(family, people, sokha):
    LedgerEntry.objects.update(state="delivered", may_have_copy=True)
    before = {row.pk: row.wanted_version for row in LedgerEntry.objects.all()}
    ask(sokha, "address", address={"address": "ផ្ទះលេខ ៩"})
    after = {row.pk: row.wanted_version for row in LedgerEntry.objects.all()}
    assert {after[pk] - version for pk, version in before.items()} == {1}
    assert len(after) == len(before)
    assert "address" in KINDS
