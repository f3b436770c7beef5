"""The stewards' desk: a list without names, a pair side by side, decided by keyboard, without JavaScript."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from registry.duplicates.pairs import note_pairs
from registry.duplicates.services import versions_of
from registry.models import DuplicateCase, Enrolment, Household, Merge, Person
from tests.registry.duplicates.cast import case_of, decide, match
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


def address(name: str, *pk: int, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"admin:registry_duplicatecase_{name}", args=pk)


def sent(case: DuplicateCase, step: str, **changes: object) -> dict[str, object]:
    case.refresh_from_db()
    return {"step": step, "version": case.version, "versions": versions_of(case), "note": "", **changes}


def page_of(client, case: DuplicateCase, language: str = "en") -> str:
    answer = client.get(address("change", case.pk, language=language))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def desk(steward):
    return browser(steward)


@LANGUAGES
def test_the_list_names_nobody(case, first, desk, language):
    page = desk.get(address("changelist", language=language)).content.decode()
    assert case.reference in page
    assert first.village.name in page or language == "en"
    assert not {first.given_name, first.spid, first.latin_given_name} & set(re.split(r"[<>\s]", page))


def test_each_value_of_the_list_says_what_it_is_where_no_header_stands_above_it(case, desk):
    page = desk.get(address("changelist")).content.decode()
    labels = re.findall(r'<td data-label="([^"]+)"', page)
    assert labels == ["Weight", "Evidence", "Village", "State", "Found", "Assigned to"]


@LANGUAGES
def test_a_pair_is_shown_side_by_side(case, first, second, desk, language):
    page = page_of(desk, case, language)
    for one in (first, second):
        assert one.spid_grouped in page
        assert one.family_name in page
    assert "≠" in page


def test_of_each_household_it_is_shown_what_it_has(case, home, elsewhere, desk):
    """In the table, and where it is chosen which one remains."""
    Household.objects.filter(pk=elsewhere.pk).update(poverty_level="level1", poverty_valid_to="2029-12-31")
    page = page_of(desk, case)
    rows = re.findall(r'<tr class="differs">(.*?)</tr>', page, re.DOTALL)
    assert any("poor level 1, valid to" in row for row in rows)
    labels = " ".join(re.findall(r"<label[^>]*>(.*?)</label>", page, re.DOTALL))
    assert f"{elsewhere.number}: ចាន់ ស៊ុខា; poor level 1, valid to" in labels
    assert f"{home.number}: សុខ ស៊ុខា, សុខ បុប្ផា; no poverty level" in labels


def test_what_differs_is_said_in_words(case, desk):
    rows = re.findall(r'<tr class="differs">(.*?)</tr>', page_of(desk, case), re.DOTALL)
    assert any("Full name" in row and "differs" in row for row in rows)


def test_what_is_assumed_before_comparing_stands_first(case, desk):
    evidence = page_of(desk, case).split("<h2>Evidence</h2>")[1].split("</table>")[0]
    cells = re.findall(r"<td>(-?[0-9.]+)</td>", evidence)
    assert cells == ["-3.5", "14.1", "7.6", "-4.2", "14.0"]


def test_it_is_decided_by_keyboard(case, desk):
    page = page_of(desk, case)
    keys = {
        key: value
        for tag in re.findall(r"<input[^>]*>", page)
        if (key := "".join(re.findall(r'accesskey="(.)"', tag)))
        for value in re.findall(r'value="([^"]*)"', tag)
    }
    assert keys == {"1": "same", "2": "different", "3": "ask", "0": "Save the decision"}


@pytest.mark.parametrize("by", ["spid", "reference"])
def test_a_case_is_found_by_its_reference_or_a_number(case, first, home, second, desk, by):
    other = case_of(second, home.memberships.get(relationship="child").person)
    query = {"spid": first.spid_grouped, "reference": case.reference}[by]
    page = desk.post(address("changelist"), {"q": query}).content.decode()
    assert case.reference in page
    assert other.reference not in page


def test_a_decided_case_leads_to_the_merge(case, first, steward, desk):
    decide(case, "same", steward, kept=first.pk)
    assert reverse("admin:registry_merge_change", args=[Merge.objects.get().pk]).split("/", 2)[2] in page_of(
        desk, case
    )


def test_after_a_decision_the_next_one_comes(case, first, home, second, desk):
    daughter = home.memberships.get(relationship="child").person
    after = case_of(second, daughter)
    answer = desk.post(address("decide", case.pk), sent(case, "different"))
    assert answer["Location"] == address("change", after.pk)
    answer = desk.post(address("decide", after.pk), sent(after, "different"))
    assert answer["Location"] == address("changelist")


def test_a_page_without_what_is_chosen_by_default_decides_by_the_rule(case, first, second, desk):
    desk.post(address("decide", case.pk), sent(case, "same", kept=str(first.pk)))
    second.refresh_from_db()
    assert second.merged_into == first


@pytest.fixture
def enrolled(case, first, second, family_package):
    for one in (first, second):
        Enrolment.objects.create(person=one, programme=family_package, since="2026-01-01")
    return case


def test_a_merge_that_takes_two_people_waits_for_the_second(
    enrolled, first, second, desk, steward, second_steward
):
    missing = desk.post(address("decide", enrolled.pk), sent(enrolled, "same", kept=str(first.pk)))
    assert "Write why: whoever approves it reads it." in missing.content.decode()
    why = sent(enrolled, "same", kept=str(first.pk), note="One card, one mother.")
    told = desk.post(address("decide", enrolled.pk), why, follow=True).content.decode()
    assert "It waits for a second person." in told
    page = page_of(desk, enrolled)
    assert "waiting for a second steward" in page
    assert (
        reverse("admin:approval_proposal_change", args=[Proposal.objects.get().pk]).split("/", 2)[2] in page
    )
    desk.post(address("decide", enrolled.pk), sent(enrolled, "different"))
    enrolled.refresh_from_db()
    assert enrolled.state == "waiting"
    proposal = Proposal.objects.get()
    approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    enrolled.refresh_from_db()
    second.refresh_from_db()
    assert (enrolled.state, second.merged_into) == ("same", first)


def test_that_the_note_is_needed_is_said_before(enrolled, desk):
    page = page_of(desk, enrolled)
    assert "Note: needed if you merge them" in page
    assert "because it concerns: enrolment" in page


def test_where_one_steward_suffices_no_note_is_asked_for(case, second, desk):
    Person.objects.filter(pk=second.pk).update(phone="")
    assert "Note: needed" not in page_of(desk, case)


def test_a_refused_merge_is_to_be_decided_again(enrolled, first, desk, steward, second_steward):
    desk.post(address("decide", enrolled.pk), sent(enrolled, "same", kept=str(first.pk), note="One mother."))
    approval.refuse(proposal=Proposal.objects.get(), actor=second_steward, note="Two cousins.")
    decision = page_of(desk, enrolled).split("<h2>Decision</h2>")[1].split("</form>")[0]
    assert "A second person refused it" in decision
    assert "Two cousins." in decision
    desk.post(address("decide", enrolled.pk), sent(enrolled, "different"))
    enrolled.refresh_from_db()
    assert enrolled.state == "different"


def test_a_stale_page_says_who_was_first(case, desk, second_steward):
    stale = sent(case, "same")
    decide(case, "different", second_steward)
    page = desk.post(address("decide", case.pk), stale, follow=True).content.decode()
    assert "Nothing was saved" in page
    assert not Person.objects.exclude(merged_into=None).exists()


def test_a_page_that_comparing_records_made_stale_says_so(case, first, second, desk):
    stale = sent(case, "same")
    note_pairs({first.pk: [match(second, weight=20.0)]})
    page = desk.post(address("decide", case.pk), stale, follow=True).content.decode()
    assert "compared anew” by the registry" in page


def test_both_persons_read_that_a_steward_looked(case, first, second, home, desk):
    page_of(desk, case)
    looks = AuditEvent.objects.filter(action="view", subject_kind="person", reason="duplicate")
    members = set(home.memberships.values_list("person", flat=True))
    assert set(looks.values_list("subject_id", flat=True)) == members | {second.pk}


def test_a_relative_reads_no_more_than_the_reference(case, home, first, steward, desk):
    daughter = home.memberships.get(relationship="child").person
    with as_owner():
        type(steward).objects.filter(pk=steward.pk).update(spid=daughter.spid)
    assert first.spid_grouped not in page_of(desk, case)
    listed = desk.get(address("changelist")).content.decode()
    assert case.reference in listed
    assert first.village.name not in listed


def test_reviewers_and_auditors_see_no_desk(case, nssf_reviewer, auditor):
    for user in (nssf_reviewer, auditor):
        client = browser(user)
        assert client.get(address("changelist")).status_code == 403
        assert client.get(address("change", case.pk)).status_code == 403
        assert client.post(address("decide", case.pk), sent(case, "different")).status_code in (403, 404)
    case.refresh_from_db()
    assert case.state == "waiting"


def test_what_stood_there_before_is_shown(case, second, desk):
    Person.objects.filter(pk=second.pk).update(family_name="ហេង")
    page = page_of(desk, case)
    assert "before" in page
    assert "ចាន់ ស៊ុខា" in page
