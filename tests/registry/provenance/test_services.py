"""What a source says against the record is noted once, and does not come back once it is decided."""

import pytest

from registry.models import SourceConflict
from registry.provenance.services import Difference, end_conflicts, note_conflicts

State = SourceConflict.State


@pytest.fixture
def head(family):
    return family.memberships.get(relationship="head").person


@pytest.fixture
def note(head):
    def note(in_source="Sokhar", column="latin_given_name"):
        return note_conflicts(
            source="nssf-members", differences=[Difference(head.pk, column, "Sokha", in_source)]
        )

    return note


def states():
    return list(SourceConflict.objects.order_by("pk").values_list("state", flat=True))


def test_a_conflict_is_noted_once_however_often_the_file_comes(note):
    assert [note(), note()] == [1, 0]
    found = SourceConflict.objects.get()
    assert (found.in_source, found.state) == ("Sokhar", State.OPEN)


def test_a_new_value_of_the_source_ends_the_conflict_about_its_earlier_one(note):
    note()
    assert note("Sokhara") == 1
    assert states() == [State.ENDED, State.OPEN]


def test_what_was_kept_does_not_come_back_with_the_next_file(note, sokha):
    note()
    SourceConflict.objects.update(state=State.KEPT, decided_by=sokha, decided_at="2026-11-30T00:00Z")
    assert note() == 0
    assert states() == [State.KEPT]


def test_what_was_taken_and_changed_since_then_is_a_conflict_again(note, sokha):
    note()
    SourceConflict.objects.update(state=State.TAKEN, decided_by=sokha, decided_at="2026-11-30T00:00Z")
    assert note() == 1
    assert states() == [State.OPEN]


def test_a_conflict_ends_where_both_say_the_same(note, head):
    note()
    assert end_conflicts(source="nssf-members", agreeing=[(head.pk, "sex")]) == 0
    assert end_conflicts(source="nssf-members", agreeing=[(head.pk, "latin_given_name")]) == 1
    assert states() == [State.ENDED]


def test_a_column_that_no_source_may_contradict_is_refused(note):
    with pytest.raises(ValueError, match="account"):
        note(column="account")
