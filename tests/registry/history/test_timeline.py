"""What changed when, why, by whom and by which door; what was known on a day."""

from datetime import date, timedelta

import pgtrigger
import pytest
from django.utils import timezone, translation

from dsp_platform.database.history import history_of
from dsp_platform.database.history_context import history_facts
from dsp_platform.khmer.dates import PartialDate
from registry.history import events, timeline
from registry.history.timeline import known_on, page_of, rows_of_household, rows_of_person
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import IdentityDocument, Person
from registry.persons.reported import set_disability_level, set_poverty_level
from registry.persons.writer import PersonWriter
from tests.registry.changes.cast import about, ask
from tests.registry.merging.conftest import other_maly
from tests.roles import as_owner

__all__ = ["other_maly"]

KINDS = (events.PERSON, events.DOCUMENT, events.MEMBERSHIP, events.HOUSEHOLD, events.CONSENT)
RENAMED = {"family_name": "សុខ", "given_name": "សុភា", "latin_family_name": "Sok", "latin_given_name": "Sophea"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def head(family):
    return family.memberships.get(relationship="head").person


def days_ago(days: int) -> None:
    """What was recorded in this test so far was recorded then: a test is one transaction."""
    now, then = timezone.now(), timezone.now() - timedelta(days=days)
    with as_owner(), pgtrigger.ignore():
        for kind in KINDS:
            recent = history_of(kind.model).filter(pgh_created_at__gt=now - timedelta(hours=20))
            recent.update(pgh_created_at=then)


def lines(entries):
    return [
        f"{part.title}|{change.label}: {change.old} > {change.new}"
        for entry in entries
        for part in entry.parts
        for change in part.changes
    ]


def test_a_registration_is_the_first_entry_and_says_who_and_by_which_door(family, head, sokha):
    (entry,), following = page_of(rows_of_person(head))
    assert (entry.why, entry.door, entry.who) == ("Registration", "online", "Citizen")
    assert f"|Given name:  > {head.given_name}" in lines([entry])
    assert following is None


@pytest.mark.parametrize(("language", "words"), [("en", "Consent given: "), ("km", "បានផ្តល់ការយល់ព្រម៖ ")])
def test_a_consent_is_said_to_be_given(family, head, language, words):
    with translation.override(language):
        (entry,), _following = page_of(rows_of_household(family))
        given = [part.title for part in entry.parts if head.name in part.title and words in part.title]
    assert len(given) == family.consents.count()


def test_a_change_says_what_stood_before_and_by_which_request(family, head, sokha):
    days_ago(3)
    request = ask(sokha, "phone", who=about(head), phone={"phone": "+85516999222"})
    newest = page_of(rows_of_person(head))[0][0]
    assert (newest.why, newest.request) == ("A change was asked for", request.reference)
    assert lines([newest]) == [f"|Phone number: {head.phone} > +85516999222"]


def test_a_date_known_to_the_year_is_not_written_as_a_day(head):
    with PersonWriter() as write:
        write.update_person(head, born=PartialDate(date(1984, 1, 1), "year"))
    assert "|Date of birth: 14/04/1984 > 1984" in lines(page_of(rows_of_person(head))[0])


def test_a_report_of_an_operator_is_its_door(family):
    days_ago(3)
    with history_facts(operator="idpoor"):
        set_poverty_level(household=family, level="level1", valid_to=date(2029, 5, 31))
    newest = page_of(rows_of_household(family))[0][0]
    assert (newest.why, newest.who) == ("Assessment of poverty", "")
    assert newest.door == "by a report of Ministry of Planning"
    assert "|Poverty level valid to:  > 31/05/2029" in lines([newest])


def test_a_new_version_for_operators_alone_is_no_entry(family, head):
    days_ago(3)
    with PersonWriter() as write:
        write.update_household(family, address="ផ្ទះលេខ ៩")
    assert len(page_of(rows_of_person(head))[0]) == 1


def test_a_replaced_document_is_masked_in_both(head):
    with PersonWriter() as write:
        write.replace_document(head, "identity_card", "010203045")
    days_ago(3)
    with PersonWriter() as write:
        write.replace_document(head, "identity_card", "010203999")
    newest = page_of(rows_of_person(head))[0][0]
    numbers = {(change.old, change.new) for part in newest.parts for change in part.changes}
    assert numbers == {("•••• 3045", ""), ("", "•••• 3999")}


def test_the_person_reads_the_office_and_no_name_of_staff(head, steward, commune_clerk, assisted_session):
    days_ago(3)
    with timeline_of(commune_clerk):
        set_disability_level(person=head, level="mild")
    own = page_of(rows_of_person(head), reader=head)[0][0]
    staff = page_of(rows_of_person(head))[0][0]
    assert (own.door, own.who) == ("at the counter", "Commune official, Banteay Neang")
    assert staff.who == f"{commune_clerk.staff_name}, Commune official, Banteay Neang"


def timeline_of(actor):
    return history_facts(actor=actor.pk)


def test_the_person_reads_their_earlier_phone_masked(head):
    with PersonWriter() as write:
        write.update_person(head, phone="+85516000777")
    days_ago(3)
    with PersonWriter() as write:
        write.update_person(head, phone="+85516000888")
    newest = page_of(rows_of_person(head), reader=head)[0][0]
    assert lines([newest]) == ["|Phone number: •••• 0777 > •••• 0888"]


def test_what_was_known_on_a_day_is_what_stood_at_its_end(family, head):
    days_ago(9)
    with PersonWriter() as write:
        write.update_person(head, **RENAMED)
    days_ago(3)
    with PersonWriter() as write:
        write.update_person(head, given_name="សុផល")
    today = timezone.localdate()

    def name_on(day: date) -> list[str]:
        known = known_on(rows_of_person(head), day)
        return [value.new for one in known for value in one.values if value.label == "Given name"]

    assert name_on(today - timedelta(days=12)) == []
    assert name_on(today - timedelta(days=8)) == ["ស៊ុខា"]
    assert name_on(today - timedelta(days=3)) == ["សុភា"]
    assert name_on(today) == ["សុផល"]


def test_a_document_removed_by_then_is_not_known_on_that_day(head):
    with PersonWriter() as write:
        write.replace_document(head, "nssf", "12345678")
    days_ago(5)
    IdentityDocument.objects.filter(person=head).delete()
    today = timezone.localdate()

    def documents_on(day: date) -> list[str]:
        return [one.title for one in known_on(rows_of_person(head), day) if "card" in one.title]

    assert documents_on(today - timedelta(days=4)) == ["NSSF membership card"]
    assert documents_on(today) == []


def test_pages_follow_each_other_without_a_gap(head, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE", 2)
    for days in range(9, 4, -1):
        days_ago(days)
        with PersonWriter() as write:
            write.update_person(head, given_name=f"សុភា{'ក' * days}")
    first, following = page_of(rows_of_person(head))
    second, after = page_of(rows_of_person(head), before=following)
    third, last = page_of(rows_of_person(head), before=after)
    assert [len(first), len(second), len(third)] == [2, 2, 2]
    assert last is None
    assert len(set(lines(first + second))) == 4


def test_a_page_ends_where_not_all_was_read(head, monkeypatch):
    monkeypatch.setattr(timeline, "MOST", 2)
    for days in range(9, 4, -1):
        days_ago(days)
        with PersonWriter() as write:
            write.update_person(head, given_name=f"សុភា{'ក' * days}")
    seen, before = [], None
    while True:
        entries, before = page_of(rows_of_person(head), before=before)
        seen += lines(entries)
        if before is None:
            break
    assert len([line for line in seen if line.startswith("|Given name:")]) == 6


def test_the_household_tells_who_came(family, sokha):
    entries, _following = page_of(rows_of_household(family))
    titles = {part.title for entry in entries for part in entry.parts}
    members = {one.person.name for one in family.memberships.select_related("person")}
    assert {f"{family.number}, {name}" for name in members} <= titles


def test_every_page_takes_a_bounded_number_of_queries(family, head, django_assert_max_num_queries):
    rows = rows_of_person(head) + rows_of_household(family)
    with django_assert_max_num_queries(12):
        page_of(rows)
    assert Person.objects.count() > 1


def test_a_merge_names_both_numbers_and_so_does_its_undoing(maly, other_maly, steward, second_steward):
    two = {"actor": steward, "approved_by": second_steward}
    done = merge(kept=maly, merged=other_maly, **two)
    unmerge(merge=done, **two)
    entries, _following = page_of(rows_of_person(maly))  # of one moment, in any order
    told = {str(entry.why) for entry in entries}
    numbers = f"SPID {other_maly.spid_grouped} and SPID {maly.spid_grouped}"
    assert f"Two records became one: {numbers}" in told
    assert f"One record became two again: {numbers}" in told
