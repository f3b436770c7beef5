"""Each cell of the table of life events: what a domain does when something happens to Maly or her home."""

from itertools import product

import pytest

from dsp_platform.approval.services import approve
from dsp_platform.notifications.models import Message
from grievances.models import Grievance
from registry.changes.selectors import may_answer_for_mover
from registry.deaths.approvals import propose_undo
from registry.life_events.events import EFFECTS, Domain, EventKind
from registry.models import ChangeRequest, Enrolment, Person, PhoneReplacement
from tests.registry.cast import HEAD_PHONE, MALY_PHONE
from tests.registry.changes.cast import about, ask, entry, joining
from tests.registry.life_events.cells import (
    COVERED,
    again,
    cell,
    home_now,
    news,
    operators_told,
    requests,
    texts,
    things,
)
from tests.registry.life_events.conftest import DIED_ON, KEPT, leave_for_own, move_home
from tests.registry.life_events.test_effects_on_households import TAKEN_BACK

pytestmark = pytest.mark.django_db
E, D = EventKind, Domain
SOKHA_PHONE, OTHER_PHONE = "+85512345678", "+85516999777"
TOLD_OF_LEAVING = {
    ("change_approve", MALY_PHONE),
    ("details_changed", HEAD_PHONE),
    ("change_about_ended", MALY_PHONE),
    ("change_ended", MALY_PHONE),
    ("change_ended", HEAD_PHONE),
}
STAY = [one for one in product(E, KEPT) if EFFECTS[one].act is None and one != TAKEN_BACK]


@pytest.fixture
def asked_for_elsewhere(world, sokha):
    """Sokha asks that Maly move in."""
    return ask(sokha, "joins", **joining(world["maly"]))


# --- what stays


@pytest.mark.parametrize(("kind", "domain"), STAY, ids=lambda one: one.name.lower())
def test_what_no_effect_is_declared_for_stays(kind, domain, request):
    world = request.getfixturevalue(kind.name.lower())
    now = [row for row in things(domain) if domain != D.CONSENTS or row[0] == world["home"].pk]
    before = [row for row in world["before"][domain] if domain != D.CONSENTS or row[0] == world["home"].pk]
    mine = {name.reference for name in (world["own"], world["birth"])}
    if domain == D.CHANGES:
        now, before = ([row for row in rows if row[0] in mine] for rows in (now, before))
    assert before
    assert [row for row in now if row in before] == before


# --- a death


@cell(E.DIED, D.APPLICATIONS)
def test_the_applications_of_the_dead_are_closed_and_the_head_is_told(died):
    assert again(died["application"]).events.last().step == "close"
    assert texts("application_closed") == {HEAD_PHONE}


@cell(E.DIED, D.GRIEVANCES)
def test_the_grievances_of_the_dead_pass_to_the_head(died, heng):
    grievance = Grievance.objects.get(pk=died["grievance"].pk)
    assert (grievance.person, grievance.phone, grievance.is_open) == (heng.person, HEAD_PHONE, True)
    assert texts("grievance_changed") == {HEAD_PHONE}


@cell(E.DIED, D.ENROLMENTS)
def test_the_enrolments_of_the_dead_end_on_that_day(died):
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.until) == ("ended", DIED_ON)


@cell(E.DIED, D.CHANGES)
def test_what_the_dead_asked_ends_and_what_names_them(died):
    steps = {"own": "asker_died", "birth of hers": "asker_died", "about her": "member_left", "birth": "ask"}
    assert requests(died) == steps


@cell(E.DIED, D.ACCESS)
def test_the_dead_have_no_account_and_get_no_other_phone(died):
    assert Person.objects.get(pk=died["maly"].pk).account is None
    assert PhoneReplacement.objects.get().cause == "gone"


@cell(E.DIED, D.MESSAGES)
def test_no_text_message_goes_to_the_dead(died):
    assert again(died["message"]).reason == "no_recipient"
    assert not Message.objects.filter(phone=MALY_PHONE, state="due").exclude(template="household_asked")
    told = ("application_closed", "grievance_changed", "change_approve", "change_ended")
    assert news(died) == {(one, HEAD_PHONE) for one in told}


@cell(E.DIED, D.DELIVERY)
def test_operators_are_told_of_a_death(died):
    assert "idpoor" in operators_told("person", died["maly"].pk)
    assert entry("person", died["maly"].pk).agreement is None


# --- a death is undone


@cell(E.DEATH_UNDONE, D.CHANGES)
def test_what_says_who_leads_the_others_ends_for_they_are_one_more(died, heng, rith, steward, second_steward):
    where = {"where": "elsewhere"}
    leaves = ask(heng, "leaves", right=True, who=about(heng.person), where=where, head=about(rith))
    proposal = propose_undo(person=again(died["maly"]), actor=steward, reason="She lives.")
    approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert leaves.events.order_by("pk").last().step == "other_members"
    assert requests(died)["birth"] == "ask"


@cell(E.DEATH_UNDONE, D.MESSAGES)
def test_the_number_on_record_and_the_head_are_told_that_the_record_is_open_again(death_undone):
    assert texts("death_undone") == {MALY_PHONE, HEAD_PHONE}


@cell(E.DEATH_UNDONE, D.DELIVERY)
def test_operators_are_sent_the_record_again(death_undone):
    assert "idpoor" in operators_told("person", death_undone["maly"].pk)
    assert entry("person", death_undone["maly"].pk).agreement is not None
    assert operators_told("household", death_undone["home"].pk) == {"idpoor"}


# --- leaving


@cell(E.LEFT_FOR_OWN, D.CHANGES)
def test_a_correction_of_their_own_goes_along(left_for_own):
    steps = {"own": "follow", "birth of hers": "asker_left", "about her": "member_left", "birth": "ask"}
    assert requests(left_for_own) == steps
    own = again(left_for_own["own"])
    assert (own.household, own.village_id) == (home_now(left_for_own), "01020101")
    assert texts("change_about_ended") == {MALY_PHONE}
    assert HEAD_PHONE in texts("change_ended")


@cell(E.LEFT_FOR_OWN, D.CONSENTS)
def test_consents_that_they_gave_go_along(left_for_own):
    now = home_now(left_for_own).consents.filter(withdrawn_at=None)
    assert set(now.values_list("operator_code", flat=True)) == {"", "nssf", "idpoor"}


@cell(E.LEFT_FOR_OWN, D.MESSAGES)
def test_text_messages_go_to_who_founded_a_household(left_for_own):
    assert again(left_for_own["message"]).state == "due"
    assert news(left_for_own) == TOLD_OF_LEAVING


@cell(E.LEFT_FOR_OWN, D.DELIVERY)
def test_operators_are_told_of_both_households(left_for_own):
    for home in (left_for_own["home"], home_now(left_for_own)):
        assert operators_told("household", home.pk) == {"idpoor"}


@cell(E.LEFT_ELSEWHERE, D.CHANGES)
def test_without_another_household_all_that_they_asked_ends(left_elsewhere):
    steps = {"own": "asker_left", "birth of hers": "asker_left", "about her": "member_left", "birth": "ask"}
    assert requests(left_elsewhere) == steps


@cell(E.LEFT_ELSEWHERE, D.MESSAGES)
def test_text_messages_go_to_who_left(left_elsewhere):
    assert again(left_elsewhere["message"]).state == "due"
    assert news(left_elsewhere) == TOLD_OF_LEAVING


@cell(E.LEFT_ELSEWHERE, D.DELIVERY)
def test_operators_are_told_of_who_left(left_elsewhere):
    assert entry("person", left_elsewhere["maly"].pk).agreement is None
    assert operators_told("household", left_elsewhere["home"].pk) == {"idpoor"}


@cell(E.JOINED, D.CHANGES)
def test_a_correction_goes_on_in_the_household_they_joined(joined, family_of_one):
    own = again(joined["own"])
    assert (own.is_open, own.household, own.village_id) == (True, family_of_one, family_of_one.village_id)
    assert requests(joined)["about her"] == "member_left"


@cell(E.JOINED, D.MESSAGES)
def test_text_messages_go_to_who_joined_another_household(joined):
    assert again(joined["message"]).state == "due"
    assert news(joined) == {
        ("move_asked", MALY_PHONE),
        ("change_approve", SOKHA_PHONE),
        ("details_changed", MALY_PHONE),
        ("details_changed", HEAD_PHONE),
        ("change_about_ended", MALY_PHONE),
        ("change_ended", MALY_PHONE),
        ("change_ended", HEAD_PHONE),
    }


@cell(E.JOINED, D.DELIVERY)
def test_operators_are_told_that_consents_of_the_new_household_hold(joined):
    assert entry("person", joined["maly"].pk).agreement is None  # it has consented to none
    assert operators_told("household", joined["home"].pk) == {"idpoor"}


# --- the household moves


@cell(E.MOVED, D.CHANGES)
def test_what_waits_follows_the_household(moved):
    waiting = ChangeRequest.objects.filter(household=moved["home"], state="waiting")
    assert set(waiting.values_list("village", flat=True)) == {"01020101"}
    assert set(requests(moved).values()) == {"follow"}


@cell(E.MOVED, D.MESSAGES)
def test_text_messages_go_to_the_same_numbers_after_a_move(moved):
    assert again(moved["message"]).state == "due"
    assert news(moved) == {
        ("household_asked", MALY_PHONE),
        ("change_approve", HEAD_PHONE),
        ("details_changed", MALY_PHONE),
    }


@cell(E.MOVED, D.DELIVERY)
def test_operators_are_told_of_a_move(moved):
    assert operators_told("household", moved["home"].pk) == {"idpoor"}
    assert "idpoor" in operators_told("person", moved["maly"].pk)


# --- another household asked to take her in


def test_the_commune_where_they_founded_a_household_is_heard(asked_for_elsewhere, world, other_clerk):
    assert may_answer_for_mover(other_clerk, asked_for_elsewhere)
    leave_for_own(world, other_clerk)
    waits = again(asked_for_elsewhere)
    assert (waits.is_open, waits.old_village_id) == (True, "01020101")
    assert not may_answer_for_mover(other_clerk, waits)


def test_the_commune_to_which_their_household_moved_is_heard(
    asked_for_elsewhere, heng, commune_clerk, other_clerk
):
    move_home(heng, commune_clerk)
    waits = again(asked_for_elsewhere)
    assert (waits.is_open, waits.old_village_id) == (True, "01020101")
    assert not may_answer_for_mover(other_clerk, waits)


# --- two records of one person


@cell(E.MERGED, D.APPLICATIONS)
def test_applications_pass_to_the_record_that_remains(merged):
    assert again(merged["application"]).person == merged["into"]


@cell(E.MERGED, D.GRIEVANCES)
def test_grievances_pass_to_the_record_that_remains(merged):
    assert Grievance.objects.get().person == merged["into"]


@cell(E.MERGED, D.ENROLMENTS)
def test_enrolments_pass_to_the_record_that_remains(merged):
    assert (Enrolment.objects.get().person, Enrolment.objects.get().state) == (merged["into"], "active")


@cell(E.MERGED, D.CHANGES)
def test_what_was_asked_by_the_merged_record_ends(merged):
    steps = {"own": "merged", "birth of hers": "merged", "about her": "merged", "birth": "ask"}
    assert requests(merged) == steps


@cell(E.MERGED, D.ACCESS)
def test_the_account_passes_to_the_record_that_remains(merged):
    assert Person.objects.get(pk=merged["into"].pk).account.phone == MALY_PHONE
    assert PhoneReplacement.objects.get().cause == "gone"


@cell(E.MERGED, D.MESSAGES)
def test_text_messages_of_a_merged_record_are_sent(merged):
    assert again(merged["message"]).state == "due"
    assert news(merged) == {
        ("change_ended", MALY_PHONE),
        ("change_ended", HEAD_PHONE),
        ("replacement_ended", MALY_PHONE),
        ("replacement_ended", OTHER_PHONE),
    }


@cell(E.MERGED, D.DELIVERY)
def test_operators_are_told_of_a_merged_record(merged):
    assert entry("person", merged["maly"].pk).agreement is None


# --- all of them


def test_every_cell_has_a_test():
    assert set(EFFECTS) == set(product(E, D))
    assert COVERED | set(STAY) == set(EFFECTS)
    assert not COVERED & set(STAY)
